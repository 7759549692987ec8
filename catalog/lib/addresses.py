"""The addresses of pages by the names of their URLs."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=20_000)
def address_of(name, *args):
    """Returns the path of the URL called `name`. It stays the same as long as the process runs."""
    return reverse(name, args=args)
