"""The site's own settings, whatever the caller's environment says (but for DATABASE_URL)."""

import os
import tempfile

from lmp_site import environment

for name in environment.NAMES:
    if name != "DATABASE_URL":
        os.environ.pop(name, None)
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["SECRET_KEY"] = "a-secret-of-the-tests-that-protects-nothing-at-all-0123456789"
# Playwright keeps an event loop in the main thread, where Django then refuses its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from lmp_site.settings import *

STATE = tempfile.TemporaryDirectory(prefix="lmp-tests-")
STATE_DIR = Path(STATE.name)
MEDIA_ROOT = STATE_DIR / "media"
STATIC_ROOT = STATE_DIR / "static"

DATABASES["default"]["CONN_MAX_AGE"] = 0  # A connection kept open would keep the test database.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # What a crash of the machine would lose is thrown away after the tests anyhow.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = "-c synchronous_commit=off"
PRINTS_ROOT = STATE_DIR / "prints"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
