from django.db import migrations

from editorial.roles import grant

EDITORS = [
    *(f"{does}_criterion" for does in ("view", "add", "change")),
    *(f"{does}_bestresource" for does in ("view", "add", "change", "delete")),
]
PUBLISHERS = [*EDITORS, "delete_criterion"]


def add_to_roles(apps, schema_editor):
    grant(apps, schema_editor, "courses", {"Editors": EDITORS, "Publishers": PUBLISHERS})


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_known_criteria"), ("editorial", "0003_search_roles")]
    operations = [migrations.RunPython(add_to_roles, migrations.RunPython.noop)]
