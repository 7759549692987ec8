"""Files in the storage that nothing in the catalog refers to any more."""

import os
import posixpath
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.db import models
from django.utils import timezone

from catalog.files.images import sizes_of
from catalog.files.validators import is_local
from catalog.models import Resource

AT_ONCE = 2000  # rows read together, so that a large catalog takes no more memory than a small one


class Stray(NamedTuple):
    name: str
    size: int  # bytes


def hours_ago(hours):
    return timezone.now() - timedelta(hours=hours)


def names_in_use():
    """The set of the names of all files that some row refers to, and of the sizes of pictures.

    It is whole, or whatever kept it from being read is raised.
    """
    names = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                names.update(map(posixpath.normpath, names_in(model, field)))
    pictures = Resource.objects.exclude(image="").values_list("image", "image_widths")
    for name, widths in pictures.iterator(AT_ONCE):
        names.update(sizes_of(name, widths))
    return names


def names_in(model, field):
    named = model._base_manager.exclude(**{field.name: ""}).exclude(**{field.name: None})
    return named.values_list(field.name, flat=True).iterator(AT_ONCE)


def strays(storage, in_use, before):
    """Each Stray of `storage` that is not `in_use` and was not changed since `before`."""
    for name in names_below(storage):
        if name not in in_use:
            with suppress(FileNotFoundError):  # somebody else was quicker
                if storage.get_modified_time(name) < before:
                    yield Stray(name, storage.size(name))


def names_below(storage, folder=""):
    """The files of `storage`, but for hidden ones and what a link leads to: it may be in use."""
    folders, files = listed(storage, folder)
    yield from (posixpath.join(folder, name) for name in files if is_plain(storage, folder, name))
    for name in folders:
        if is_plain(storage, folder, name):
            yield from names_below(storage, posixpath.join(folder, name))


def listed(storage, folder):
    """([folders], [files]) of a folder; none of one that is gone meanwhile."""
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def is_plain(storage, folder, name):
    if not name or name.startswith("."):
        return False
    return not (is_local(storage) and os.path.islink(storage.path(posixpath.join(folder, name))))


def remove(storage, stray):
    """Also the folders that are empty without it."""
    storage.delete(stray.name)
    if is_local(storage):
        root = Path(storage.path(""))
        for folder in Path(storage.path(stray.name)).parents:
            if folder == root or not removed(folder):
                break


def remove_empty_folders(storage, before):
    """Those that were empty before: a new one may be waiting for the file that it is made for."""
    if not is_local(storage):
        return
    for path, _folders, _files in os.walk(storage.path(""), topdown=False):
        folder = Path(path).relative_to(storage.path(""))
        hidden = any(part.startswith(".") for part in folder.parts)
        if folder.parts and not hidden and os.stat(path).st_mtime < before.timestamp():
            removed(Path(path))


def removed(folder):
    """Whether `folder` was empty, and is gone."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
