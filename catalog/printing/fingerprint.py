"""A hash of everything that makes a document: code, templates, styles, fonts and libraries.

It is part of the key of every finished PDF, so that nobody gets an old PDF after a deploy.
"""

import hashlib
from functools import cache
from importlib.metadata import version

from django.conf import settings

# A change of any of these files may change a document. Making a PDF once too often is cheaper than
# keeping a list of modules that somebody forgets to extend.
FILES = [
    "catalog/**/*.py",
    "courses/**/*.py",
    "lmp_site/settings.py",
    "lmp_site/template_*.py",
    "templates/**/*.html",
    "catalog/static/catalog/pdf.css",
    "catalog/static/catalog/fonts/*.woff2",
]
# Packages that only editors, commands and background jobs use.
UNRELATED = {"admin", "jobs", "management", "migrations"}
LIBRARIES = ["Django", "pikepdf", "Pillow", "segno", "weasyprint"]


@cache
def fingerprint():
    """Returns a hexadecimal SHA-256."""
    return fingerprint_of(settings.BASE_DIR)


def fingerprint_of(root):
    found = hashlib.sha256(" ".join(map(version, LIBRARIES)).encode())
    for path in sorted({path for pattern in FILES for path in root.glob(pattern)}):
        place = path.relative_to(root)
        if not UNRELATED & set(place.parts):
            found.update(f"\n{place}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()
