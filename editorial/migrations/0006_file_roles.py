from django.db import migrations

from editorial.roles import grant

BOTH = ["view_job", "change_job"]


def add_to_roles(apps, schema_editor):
    grant(apps, schema_editor, "catalog", {"Editors": BOTH, "Publishers": BOTH})


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_rendition_names"), ("editorial", "0005_demo_criteria")]
    operations = [migrations.RunPython(add_to_roles, migrations.RunPython.noop)]
