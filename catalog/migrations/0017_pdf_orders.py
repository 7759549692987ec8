import json
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_orders(apps, schema_editor):
    """An order of a large PDF was a job with a file "name/path" and a file on one machine.

    The address of an order leads on to the address that was ordered. The jobs go: a reader who
    still waits for one orders it again with that.
    """
    jobs = apps.get_model("catalog", "Job").objects.filter(task="print")
    orders = apps.get_model("catalog", "PdfOrder").objects
    for file in jobs.values_list("file", flat=True):
        name = file.partition("/")[0]
        path = Path(settings.PDF_ROOT, "order", f"{name}.json")
        if path.exists():
            order = json.loads(path.read_bytes())
            facts = {"address": order["address"], "title": order["title"], "public": b""}
            orders.get_or_create(name=name, defaults=facts)
    jobs.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0016_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="PdfOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                ("address", models.TextField()),
                ("title", models.TextField()),
                ("public", models.BinaryField()),
                ("key", models.CharField(blank=True, max_length=64)),
                ("made_by", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name": "PDF order", "verbose_name_plural": "PDF orders"},
        ),
        migrations.AddField(
            model_name="job",
            name="order",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="catalog.pdforder",
            ),
        ),
        migrations.RunPython(keep_orders, migrations.RunPython.noop),
    ]
