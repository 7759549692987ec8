"""Each facet finds resources with its options: one row has the options and reads a resource's."""

import pytest
from django.core.files.base import ContentFile
from django.http import QueryDict
from django.utils.http import urlencode

from catalog.listings.listing import search_listing
from catalog.models import Region, ToolType
from catalog.search.facets import FACETS
from tests.files import CAPTIONS
from tests.makers import make_course, make_tool, make_video


def a_tool_of_a_type():
    tool_type = ToolType.objects.get(name="Poster")
    return make_tool("Lift with a partner", tool_type=tool_type), tool_type.slug


def a_tool_with_a_pdf():
    tool = make_tool("Lift with a partner")
    tool.renditions.create(format="PDF")
    return tool, "PDF"


def a_course_online():
    course = make_course()
    course.deliveries.create(mode="online")
    return course, "online"


def a_video_with_captions():
    captions = ContentFile(CAPTIONS.encode(), "talk.vtt")
    return make_video("Talk", captions=captions), "yes"


GIVEN = {
    "kind": lambda: (make_course(), "course"),
    "level": lambda: (make_course(levels=[3]), "3"),
    "audience": lambda: (make_course(audiences=["Stewards"]), "stewards"),
    "time": lambda: (make_course(minutes_min=240, minutes_max=240), "half-day"),
    "topic": lambda: (make_course(topics=["Quality"]), "quality"),
    "tool_type": a_tool_of_a_type,
    "format": a_tool_with_a_pdf,
    "delivery": a_course_online,
    "dimension": lambda: (make_course(dimensions=["Leadership"]), "leadership"),
    "region": lambda: (make_course(regions=[Region.objects.first()]), Region.objects.first().slug),
    "captions": a_video_with_captions,
}


def test_this_file_has_an_example_for_each_facet():
    assert [facet.name for facet in FACETS] == list(GIVEN)


@pytest.mark.parametrize("name", GIVEN)
def test_a_facet_finds_the_resource_with_its_option(db, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    other = make_tool("Something else")
    resource, option = GIVEN[name]()
    listing = search_listing(query(**{name: option}))
    assert list(listing.ids) == [resource.pk] != [other.pk]
    assert option in [key for key, *_labels in facet_named(name).choices()]


@pytest.mark.parametrize("name", GIVEN)
def test_a_facet_counts_the_resource_with_its_option(db, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    _resource, option = GIVEN[name]()
    listing = search_listing(query())
    groups = {group["name"]: group for group in listing.form.groups(listing.resources)}
    counts = {choice["key"]: choice["count"] for choice in groups[name]["options"]}
    assert counts[option] == 1


def facet_named(name):
    return next(facet for facet in FACETS if facet.name == name)


def query(**values):
    return QueryDict(urlencode(values))
