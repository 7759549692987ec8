from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_limits_kept")]
    operations = [migrations.RemoveField(model_name="resource", name="audience_only")]
