import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmp_site.settings")

django = get_wsgi_application()
# It reads the settings, so it is loaded after them.
application = import_module("lmp_site.page_store.wsgi").store_pages(django)
