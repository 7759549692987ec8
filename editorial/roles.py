"""Lets migrations grant more permissions to the Editors and Publishers groups."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions


def grant(apps, schema_editor, label, codenames):
    """Grants the permissions `codenames`, {group name: codenames}, of the app `label`.

    Creates the permissions first: Django creates them after all migrations, which is too late for
    a role that needs them.
    """
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=codenames):
        granted = permissions.filter(
            content_type__app_label=label, codename__in=codenames[group.name]
        )
        group.permissions.add(*granted)
