from django.db import migrations


def keep_limits(apps, schema_editor):
    """What was for its audiences only is only for them still; editors may name a narrower limit."""
    using = schema_editor.connection.alias
    resources = apps.get_model("catalog", "Resource").objects.using(using)
    for resource in resources.filter(audience_only=True):
        resource.only_for.set(resource.audiences.all())


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_only_for")]
    operations = [migrations.RunPython(keep_limits, migrations.RunPython.noop)]
