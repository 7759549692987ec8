"""Serves a ready catalog without background work. `manage.py start` prepares everything."""

from importlib import import_module

from lmp_site.server.master import serve

serve(import_module("lmp_site.environment").read_port())
