"""What the two groups of people may do, for migrations that let them do more."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions


def grant(apps, schema_editor, label, codenames):
    """Adds to groups what `codenames`, {group: names}, says of the models of the app `label`.

    Permissions are made after all migrations, which is too late for a role that needs them.
    """
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=codenames):
        wanted = permissions.filter(
            content_type__app_label=label, codename__in=codenames[group.name]
        )
        group.permissions.add(*wanted)
