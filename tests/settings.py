"""The site's own settings. From the caller's environment only DATABASE_URL counts."""

import os
import tempfile

from lmp_site import environment

for name in [*environment.EXPECTED, *environment.RENAMED]:
    if name != "DATABASE_URL":
        os.environ.pop(name, None)
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["SECRET_KEY"] = "a-secret-of-the-tests-that-protects-nothing-at-all-0123456789"
# Playwright keeps an event loop in the main thread, and there Django refuses to use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from lmp_site.settings import *

TEMPORARY_FOLDER = tempfile.TemporaryDirectory(prefix="lmp-tests-")
STATE_DIR = Path(TEMPORARY_FOLDER.name)
MEDIA_ROOT = STATE_DIR / "media"
STATIC_ROOT = STATE_DIR / "static"

DATABASES["default"]["CONN_MAX_AGE"] = (
    0  # An open connection would block the removal of the test database.
)
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # The tests throw their data away, so a crash of the machine may lose it.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = "-c synchronous_commit=off"
PDF_ROOT = STATE_DIR / "prints"
PAGE_STORE_FILE = STATE_DIR / "pages" / "pages.sqlite3"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
