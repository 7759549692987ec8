from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

ENTRIES = ["video", "tool", "course"]
ROWS = ["credit", "rendition", "delivery", "coursemodule", "requirement", "followup"]
TERMS = ["topic", "tag", "audience", "region", "tooltype"]
FIXED_TERMS = ["dimension", "level"]

EDITORS = [
    *(f"{does}_{model}" for does in ("view", "add", "change") for model in ENTRIES + TERMS),
    *(f"{does}_{model}" for does in ("view", "add", "change", "delete") for model in ROWS),
    *(f"{does}_{model}" for does in ("view", "change") for model in FIXED_TERMS),
    "view_resource",
    "view_formerslug",
    "view_sitesettings",
]
PUBLISHERS = [
    *EDITORS,
    *(f"delete_{model}" for model in ["resource", *ENTRIES, *TERMS]),
    "publish_resource",
    "change_sitesettings",
]


def make_roles(apps, schema_editor):
    """Permissions are made after all migrations, which is too late for a role that needs them."""
    using = schema_editor.connection.alias
    for label in ("catalog", "courses", "taggit"):
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    Permission = apps.get_model("auth", "Permission").objects.using(using)
    for name, codenames in (("Editors", EDITORS), ("Publishers", PUBLISHERS)):
        group, _made = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        group.permissions.add(
            *Permission.filter(
                codename__in=codenames, content_type__app_label__in=["catalog", "courses", "taggit"]
            )
        )


def remove_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=["Editors", "Publishers"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("catalog", "0002_vocabularies"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("courses", "0001_initial"),
        ("editorial", "0001_initial"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
    ]
    operations = [migrations.RunPython(make_roles, remove_roles)]
