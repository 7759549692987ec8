from django.db import migrations
from django.utils.text import slugify

LEVELS = {
    1: ("Pre-team climate", "The team is named, its co-leads and sponsors are known."),
    2: ("Foundational", "The basics are learned and staff meetings become team meetings."),
    3: ("Transitional", "The team tests changes and its meetings lead to outcomes."),
    4: ("Operational", "Co-leads share the lead and the team improves its work all year."),
    5: ("High-performing", "The team runs itself, meets its goals and spreads what works."),
}
DIMENSIONS = [
    "Sponsorship",
    "Leadership",
    "Training",
    "Team Process",
    "Team Member Engagement",
    "Use of Tools",
    "Goals and Performance",
]
AUDIENCES = [
    "Team members",
    "Co-leads",
    "Sponsors",
    "Stewards",
    "Health and safety champions",
    "UBT consultants",
    "Union partnership representatives",
    "Frontline employees",
    "Union members",
    "Managers",
    "Physicians",
    "Leaders",
]
REGIONS = [
    "Program-wide",
    "Northern California",
    "Southern California",
    "Northwest",
    "Colorado",
    "Georgia",
    "Hawaii",
    "Mid-Atlantic States",
    "Washington",
]
TOOL_TYPES = [
    "Poster",
    "Tipsheet",
    "Checklist",
    "Template",
    "Puzzle",
    "Icebreaker",
    "Certificate",
    "Guide",
    "Slides",
    "Magazine",
    "Agreement",
]


def make(apps, schema_editor):
    level = apps.get_model("catalog", "Level")
    for number, (name, summary) in LEVELS.items():
        level.objects.get_or_create(number=number, defaults={"name": name, "summary": summary})
    for model, names in (
        ("Dimension", DIMENSIONS),
        ("Audience", AUDIENCES),
        ("Region", REGIONS),
        ("ToolType", TOOL_TYPES),
    ):
        make_terms(apps.get_model("catalog", model), names)


def make_terms(model, names):
    for position, name in enumerate(names, 1):
        model.objects.get_or_create(
            slug=slugify(name), defaults={"name": name, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
