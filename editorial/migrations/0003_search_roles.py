from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

VOCABULARY = ["synonym", "bestbet", "judgedquery"]

EDITORS = [
    "view_searchcount",
    *(f"{does}_{model}" for does in ("view", "add", "change") for model in VOCABULARY),
]
PUBLISHERS = [*EDITORS, *(f"delete_{model}" for model in VOCABULARY)]


def groups_and_permissions(apps, using):
    groups = apps.get_model("auth", "Group").objects.using(using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, codenames in (("Editors", EDITORS), ("Publishers", PUBLISHERS)):
        for group in groups.filter(name=name):
            yield (
                group,
                permissions.filter(codename__in=codenames, content_type__app_label="catalog"),
            )


def add_to_roles(apps, schema_editor):
    """Permissions are made after all migrations, which is too late for a role that needs them."""
    using = schema_editor.connection.alias
    catalog = installed.get_app_config("catalog")
    create_permissions(catalog, verbosity=0, using=using, apps=apps)
    for group, permissions in groups_and_permissions(apps, using):
        group.permissions.add(*permissions)


def take_from_roles(apps, schema_editor):
    for group, permissions in groups_and_permissions(apps, schema_editor.connection.alias):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_synonyms"), ("editorial", "0002_roles")]
    operations = [migrations.RunPython(add_to_roles, take_from_roles)]
