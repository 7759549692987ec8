from django.db import migrations

SYNONYMS = [
    ("UBT", "unit-based team"),
    ("LMP", "Labor Management Partnership"),
    ("LMPO", "LMP Orientation"),
    ("LMPO", "Labor Management Partnership Orientation"),
    ("IBPS", "interest-based problem solving"),
    ("CDM", "consensus decision making"),
    ("RIM", "Rapid Improvement Model"),
    ("RIM+", "Rapid Improvement Model plus"),
    ("PDSA", "plan do study act"),
    ("UPR", "union partnership representative"),
    ("colead", "co-lead"),
    ("training", "course"),
    ("class", "course"),
    ("film", "video"),
    ("PowerPoint", "slides"),
    ("PowerPoint", "PPT"),
    ("deck", "slides"),
    ("handout", "tipsheet"),
    ("flyer", "poster"),
    ("sponsorship", "sponsor"),
]


def make(apps, schema_editor):
    synonym = apps.get_model("catalog", "Synonym")
    for term, meaning in SYNONYMS:
        synonym.objects.get_or_create(term=term, meaning=meaning)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_find")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
