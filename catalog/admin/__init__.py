"""The editors' desk: Django's admin, arranged for people who write."""

from catalog.admin import people, resources, search, vocabulary
from catalog.admin.site import site

__all__ = ["people", "resources", "search", "site", "vocabulary"]
