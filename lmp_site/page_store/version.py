"""A hash of all that decides how pages look besides the database."""

import hashlib

from django.conf import settings

from catalog.printing.fingerprint import fingerprint


def version_of_site():
    """Returns a text that differs after a change of code, templates, styles, or settings."""
    digest = hashlib.sha256(fingerprint().encode())
    static_names = settings.STATIC_ROOT / "staticfiles.json"
    for path in [*sorted((settings.BASE_DIR / "lmp_site").rglob("*.py")), static_names]:
        digest.update(path.read_bytes() if path.exists() else b"")
    for name in sorted(filter(str.isupper, dir(settings))):
        digest.update(f"{name}={getattr(settings, name)!r}\n".encode())
    return digest.hexdigest()
