"""Who may send more than a form with texts."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import Error
from django.http import parse_cookie

from catalog.lib.connections import close_old_connection


def is_signed_in(cookies):
    """Whether a Cookie header is that of somebody who has signed in."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    close_old_connection()
    try:
        return SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(key)
    except Error:
        return False
