from django.db import migrations

# (dimension, level): what is known of the criteria; editors write the others.
KNOWN = {
    ("sponsorship", 1): ["Our sponsors are named, and the team has met them"],
    ("leadership", 1): ["Our co-leads are named"],
    ("leadership", 4): [
        "Our co-leads answer for the team together, and either of them can lead it"
    ],
    ("leadership", 5): ["The team works on when both co-leads are away"],
    ("training", 1): ["A date for the co-leads' training is set"],
    ("training", 2): ["Members have had the basic partnership training"],
    ("team-process", 1): ["The first team meeting has been held or has a date"],
    ("team-process", 2): [
        "Staff meetings are run as team meetings",
        "Co-leads plan and lead the meetings together",
    ],
    ("team-process", 3): ["Meetings end with an outcome, and members take an active part"],
    ("team-process", 5): ["We spread a practice of ours, or took one over from another team"],
    ("team-member-engagement", 2): ["A way of passing on news reaches everybody on the team"],
    ("use-of-tools", 3): ["We have run two tests of change with the improvement model"],
    ("use-of-tools", 4): ["We run three tests or more and write them up every 90 days"],
}


def make(apps, schema_editor):
    using = schema_editor.connection.alias
    criteria = apps.get_model("courses", "Criterion").objects.using(using)
    dimensions = apps.get_model("catalog", "Dimension").objects.using(using)
    by_slug = {dimension.slug: dimension for dimension in dimensions.all()}
    for (slug, level), texts in KNOWN.items():
        for position, text in enumerate(texts, 1):
            if slug in by_slug:
                criteria.get_or_create(
                    dimension=by_slug[slug],
                    level_id=level,
                    text=text,
                    defaults={"position": position},
                )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_vocabularies"),
        ("courses", "0002_criteria"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
