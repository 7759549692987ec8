"""Kinds are registered by their apps: the field reads its choices there, and the database no longer
lists them."""

from django.db import migrations, models

import catalog.kinds.registry


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_lengths")]

    operations = [
        migrations.RemoveConstraint(model_name="resource", name="resource_kind_known"),
        migrations.AlterField(
            model_name="resource",
            name="kind",
            field=models.CharField(
                choices=catalog.kinds.registry.choices,
                editable=False,
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
