from django.db import migrations

import catalog.models.base


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_synonyms")]
    operations = [
        migrations.AddField(
            model_name="resource",
            name="only_for",
            field=catalog.models.base.ProtectedManyToManyField(
                blank=True,
                help_text="Who may take part, where others are shut out: labor sponsors only is for sponsors, and only for union members. Empty where it is open to all; plans respect it.",
                related_name="limited_resources",
                to="catalog.audience",
                verbose_name="only for",
            ),
        ),
    ]
