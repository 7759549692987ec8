from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_first_versions")]

    operations = [
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=("tool", "name"),
                name="rendition_name_once_per_tool",
                violation_error_message="Another file of this tool has this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="rendition_has_name"
            ),
        ),
    ]
