"""Tells whether STATIC_ROOT still holds what the apps' static folders hold."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


def is_current():
    file = stamp_file()
    return file.exists() and file.read_text() == fingerprint()


def write():
    stamp_file().write_text(fingerprint())


def stamp_file():
    return settings.STATIC_ROOT / ".stamp"


def fingerprint():
    """A hash over path, size and time of change of every static file of every app."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = (path, storage.size(path), storage.get_modified_time(path))
            digest.update(repr(facts).encode())
    return digest.hexdigest()
