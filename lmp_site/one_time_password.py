"""The first admin gets a password that is shown once and can only be used to choose another one.

The file var/one_time_password keeps the hash of that password. As long as the user still has this
hash, every page of the admin redirects to "Change password".
"""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.urls import reverse

USERNAME = "admin"
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
ALLOWED_PAGES = ("admin:password_change", "admin:logout", "admin:jsi18n")


def create_admin():
    """Creates a superuser and returns its (name, password)."""
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))
    user = get_user_model().objects.create_superuser(USERNAME, password=password)
    hash_path().touch(mode=0o600)
    hash_path().write_text(user.password)
    return USERNAME, password


def hash_path():
    return settings.STATE_DIR / "one_time_password"


def has_one_time_password(user):
    path = hash_path()
    return user.is_authenticated and path.exists() and path.read_text() == user.password


class OneTimePasswordMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_closed(request.path) and has_one_time_password(request.user):
            return redirect("admin:password_change")
        return self.get_response(request)


def is_closed(path):
    return path.startswith(reverse("admin:index")) and path not in map(reverse, ALLOWED_PAGES)
