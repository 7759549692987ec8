"""The first admin: its password is shown once and good for choosing an own one.

The file var/one_time_password keeps that password's hash. As long as the user's hash is still this
one, the admin leads to "Change password" and nowhere else.
"""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.urls import reverse

NAME = "admin"
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
ALLOWED = ("admin:password_change", "admin:logout", "admin:jsi18n")


def make_admin():
    """A superuser, and the (name, password) to tell its owner."""
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    user = get_user_model().objects.create_superuser(NAME, password=password)
    kept_hash().touch(mode=0o600)
    kept_hash().write_text(user.password)
    return NAME, password


def kept_hash():
    return settings.STATE_DIR / "one_time_password"


def is_one_time(user):
    file = kept_hash()
    return user.is_authenticated and file.exists() and file.read_text() == user.password


class OneTimePasswordMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        inside = request.path.startswith(reverse("admin:index"))
        if inside and request.path not in map(reverse, ALLOWED) and is_one_time(request.user):
            return redirect("admin:password_change")
        return self.get_response(request)
