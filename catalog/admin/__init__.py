"""Django's admin, arranged for editors who write."""

from catalog.admin import jobs, people, resources, search, tools, videos, vocabulary
from catalog.admin.site import site

__all__ = ["jobs", "people", "resources", "search", "site", "tools", "videos", "vocabulary"]
