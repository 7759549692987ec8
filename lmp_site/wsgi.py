import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmp_site.settings")

django = get_wsgi_application()
# It reads the settings, so it is loaded after them.
store = import_module("lmp_site.page_store.wsgi").store_pages(django)


def application(environ, start_response):
    """Believes a proxy on this machine, and nobody else, which scheme the reader used."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO")
    if scheme in ("http", "https") and environ.get("REMOTE_ADDR") in ("127.0.0.1", "::1"):
        environ["wsgi.url_scheme"] = scheme
    return store(environ, start_response)
