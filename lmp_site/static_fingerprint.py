"""Tells whether STATIC_ROOT is still the same as the static folders of the apps."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


def is_current():
    path = fingerprint_path()
    return path.exists() and path.read_text() == compute_fingerprint()


def save():
    fingerprint_path().write_text(compute_fingerprint())


def fingerprint_path():
    return settings.STATIC_ROOT / ".fingerprint"


def compute_fingerprint():
    """Returns a hash of the path, size and modification time of every static file of every app."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = (path, storage.size(path), storage.get_modified_time(path))
            digest.update(repr(facts).encode())
    return digest.hexdigest()
