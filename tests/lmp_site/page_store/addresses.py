"""A real address of each public URL."""

from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse

from catalog.packets.link import code_of
from tests import files
from tests.makers import make_course, make_tool, make_video

NOT_KEPT = {
    "short": "It leads to another address.",
    "print": "It leads to another address.",
    "tool-zip": "It is put together while it is sent.",
    "catalog-pdf": "Its readers wait on a page that shows the progress.",
}
TERMS = {"topics": ["Roles"], "audiences": ["Stewards"], "regions": ["Hawaii"],
         "dimensions": ["Leadership"]}  # fmt: skip
QUERIES = {"search": "?q=poster", "packet": "?items={packet}", "plan": "?from=1&to=2",
           "action": "?check=bkquu"}  # fmt: skip


def make_addresses():
    """Makes the entries that the URLs need. Returns {URL name: a real address}."""
    arguments = make_arguments()
    names = public_names(get_resolver().url_patterns)
    return {name: address_of(name, arguments) for name in sorted(names)}


def make_arguments():
    """Makes an entry of each kind with terms and files.

    Returns {URL name, or the part of it before the first hyphen: arguments of a real address}.
    """
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
