import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("catalog", "0015_kinds")]
    operations = [
        migrations.CreateModel(
            name="Podcast",
            fields=[
                (
                    "resource_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="catalog.resource",
                    ),
                ),
                ("host", models.CharField(max_length=80)),
            ],
            bases=("catalog.resource",),
        ),
    ]
