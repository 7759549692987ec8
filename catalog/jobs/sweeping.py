"""Finds and removes files in the storage that no row refers to any more."""

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

CHUNK = 2000  # rows read at once, so that a large catalog needs no more memory


class Stray(NamedTuple):
    name: str
    size: int  # bytes


def hours_ago(hours):
    return timezone.now() - timedelta(hours=hours)


def names_in_use():
    """Returns the set of the names of all files that rows refer to, with the sizes of pictures.

    Raises any error of the database: an incomplete set would delete files in use.
    """
    names = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                names.update(map(posixpath.normpath, names_in(model, field)))
    pictures = Resource.objects.exclude(image="").values_list("image", "image_widths")
    for name, widths in pictures.iterator(CHUNK):
        names.update(sizes_of(name, widths))
    return names


def names_in(model, field):
    named = model._base_manager.exclude(**{field.name: ""}).exclude(**{field.name: None})
    return named.values_list(field.name, flat=True).iterator(CHUNK)


def strays(storage, in_use, before):
    """Yields each Stray of `storage`: not `in_use`, and not changed since `before`."""
    for name in names_below(storage):
        if name not in in_use:
            with suppress(FileNotFoundError):  # another process has just removed it
                if storage.get_modified_time(name) < before:
                    yield Stray(name, storage.size(name))


def names_below(storage, folder=""):
    """Yields the files of `storage`, except hidden ones and symbolic links."""
    folders, files = list_folder(storage, folder)
    yield from (posixpath.join(folder, name) for name in files if is_plain(storage, folder, name))
    for name in folders:
        if is_plain(storage, folder, name):
            yield from names_below(storage, posixpath.join(folder, name))


def list_folder(storage, folder):
    """Returns ([folders], [files]) of a folder; both are empty if it was just removed."""
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def is_plain(storage, folder, name):
    if not name or name.startswith("."):
        return False
    return not (is_local(storage) and os.path.islink(storage.path(posixpath.join(folder, name))))


def remove(storage, stray):
    """Removes the file, and the folders that this leaves empty."""
    storage.delete(stray.name)
    if is_local(storage):
        root = Path(storage.path(""))
        for folder in Path(storage.path(stray.name)).parents:
            if folder == root or not remove_if_empty(folder):
                break


def remove_empty_folders(storage, before):
    """Removes folders that were empty before that moment. A newer one may get its file soon."""
    if not is_local(storage):
        return
    for path, _folders, _files in os.walk(storage.path(""), topdown=False):
        folder = Path(path).relative_to(storage.path(""))
        hidden = any(part.startswith(".") for part in folder.parts)
        if folder.parts and not hidden and os.stat(path).st_mtime < before.timestamp():
            remove_if_empty(Path(path))


def remove_if_empty(folder):
    """Returns whether `folder` was empty and is removed now."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
