"""Settings of a catalog behind a proxy that handles TLS."""

from tests.settings import *

SITE_URL = "https://catalog.example.org"
ALLOWED_HOSTS = ["catalog.example.org"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
PAGE_STORE_STALE_S = 1
