"""A hash of all that decides how pages look besides the database."""

import hashlib
from importlib.metadata import distributions

from django.conf import settings

from catalog.printing.fingerprint import fingerprint


def version_of_site():
    """Returns a text that differs after a change of code, templates, libraries or settings."""
    libraries = sorted(f"{library.name} {library.version}" for library in distributions())
    digest = hashlib.sha256(" ".join([fingerprint(), *libraries]).encode())
    static_names = settings.STATIC_ROOT / "staticfiles.json"
    for path in [*sorted((settings.BASE_DIR / "lmp_site").rglob("*.py")), static_names]:
        digest.update(path.read_bytes() if path.exists() else b"")
    for name in sorted(filter(str.isupper, dir(settings))):
        digest.update(f"{name}={getattr(settings, name)!r}\n".encode())
    return digest.hexdigest()
