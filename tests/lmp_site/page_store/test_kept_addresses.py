"""Every public address: whether its answer is kept, or why not."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import get_resolver, reverse

from catalog.packets.link import code_of
from lmp_site.page_store.memory import Pages
from tests import files
from tests.makers import make_course, make_tool, make_video

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")
NOT_KEPT = {
    "short": "It leads to another address.",
    "print": "It leads to another address.",
    "tool-zip": "It is put together while it is sent.",
    "catalog-pdf": "Its readers wait on a page that shows the progress.",
}
TERMS = {"topics": ["Roles"], "audiences": ["Stewards"], "regions": ["Hawaii"],
         "dimensions": ["Leadership"]}  # fmt: skip


@pytest.fixture
def arguments(settings, tmp_path):
    """{URL name, or the part of it before the first hyphen: arguments of a real address}."""
    settings.MEDIA_ROOT = tmp_path
    terms = TERMS | {"tags": ["huddle"], "levels": [1]}
    tool = make_tool("Poster", **terms)
    rendition = tool.renditions.create(file=ContentFile(files.pdf(), "poster.pdf"))
    video = make_video("A video", address="https://videos.example.org/7", transcript="Hi.", **terms)
    course = make_course("Course", minutes_min=60, minutes_max=60, **terms | {"levels": [1, 2]})
    slugs = {name[:-1]: {"slug": getattr(tool, name).get().slug} for name in ["tags", *TERMS]}
    file = {"name": rendition.name, "extension": "pdf", "slug": tool.slug}
    return slugs | {
        "code of an entry": code_of(tool.pk),
        "tool": {"slug": tool.slug},
        "video": {"slug": video.slug},
        "course": {"slug": course.slug},
        "tool-file": file,
        "tool-version": file | {"number": 1},
        "media": {"path": rendition.file.name},
        "level": {"number": 1},
        "cell": slugs["dimension"] | {"number": 1},
        "short": {"code": "1"},
        "print": {"code": "1", "number": 1},
    }


QUERIES = {"search": "?q=poster", "packet": "?items={packet}", "plan": "?from=1&to=2",
           "action": "?check=bkquu"}  # fmt: skip


def public_names(patterns, route=""):
    """Yields the names of all public URLs."""
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from public_names(pattern.url_patterns, here)
        elif not here.startswith("admin/"):
            yield pattern.name


def address_of(name, arguments):
    """Returns an address that the URL of this name answers."""
    first = name.partition("-")[0]
    is_of_all = name.endswith(("-listing", "-feed", "-atom", "-listing-pdf"))
    own = {} if is_of_all and first in ("tool", "video", "course") else arguments.get(first, {})
    query = QUERIES.get(first, "").format(packet=arguments["code of an entry"])
    return reverse(name, kwargs=arguments.get(name, own)) + query


def test_every_public_address_is_kept_or_has_a_reason(site, arguments):
    kept = set()
    names = set(public_names(get_resolver().url_patterns))
    for name in sorted(names):
        address = address_of(name, arguments)
        statuses = [site.get(address).status for _time in range(2)]
        made = len(site.made)
        third = site.get(address)
        if len(site.made) == made:
            kept.add(name)
        else:
            assert name in NOT_KEPT, (name, address, statuses, third.status)
    assert kept == names - set(NOT_KEPT)


def test_every_kept_answer_can_be_confirmed_after_a_change(site, arguments):
    site.store.pages = Pages(64 << 20)
    names = set(public_names(get_resolver().url_patterns)) - set(NOT_KEPT)
    unknown = []
    for name in sorted(names):
        site.get(address_of(name, arguments))
        entries = site.store.pages.memory.new
        [entry] = entries.values()
        if not entry.digest:
            unknown.append((name, entry.sources and entry.sources.queries))
        entries.clear()
    assert unknown == []
