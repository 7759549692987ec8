import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.text import clean_line, clean_text
from catalog.models import Audience, Level, Resource, SiteSettings, Tool, Topic
from catalog.search import vocabulary
from tests import files
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


class TestAddresses:
    def test_an_address_is_made_from_the_title(self):
        assert make_tool("Waste Walk: 8 Types of Waste").slug == "waste-walk-8-types-of-waste"

    @pytest.mark.parametrize(
        ("title", "slug"),
        [("Feed", "tool-feed"), ("🙂", "tool"), ("---", "tool"), ("feed!", "tool-feed")],
    )
    def test_a_title_without_usable_letters_gets_an_address_from_its_kind(self, title, slug):
        assert make_tool(title).slug == slug

    def test_an_address_is_unique_across_all_kinds(self):
        slugs = [make("Consensus").slug for make in (make_tool, make_video, make_course)]
        assert slugs == ["consensus", "consensus-2", "consensus-3"]

    def test_the_longest_title_still_gets_an_address(self):
        assert [len(make_tool("a" * 200).slug) for _ in range(2)] == [190, 192]

    def test_a_new_resource_does_not_take_a_former_address(self):
        moved = make_tool("Poster")
        moved.slug = "wall-poster"
        moved.save()
        assert make_tool("Poster").slug == "poster-2"
        with pytest.raises(ValidationError, match="still leads to “Poster”"):
            Tool(title="Poster", slug="poster").full_clean()

    def test_a_resource_may_go_back_to_its_former_address(self):
        tool = make_tool("Poster")
        for slug in ("wall-poster", "poster"):
            tool.slug = slug
            tool.full_clean()
            tool.save()
        assert [former.slug for former in tool.former_slugs.all()] == ["wall-poster"]


class TestDatabaseConstraints:
    @pytest.mark.parametrize(
        "fields",
        [
            {"minutes_min": 0, "minutes_max": 0},
            {"minutes_min": 60, "minutes_max": 30},
            {"minutes_min": 60},
            {"minutes_max": 60},
            {"image": "a.png"},
            {"slug": "feed"},
            {"seconds": 60},
            {"published_at": days_ago(1), "unpublished_at": days_ago(2)},
        ],
    )
    def test_refuses_a_resource_that_contradicts_itself(self, fields):
        with pytest.raises(IntegrityError):
            make_tool(**fields)

    def test_refuses_a_video_of_zero_seconds(self):
        with pytest.raises(IntegrityError):
            make_video(seconds=0)

    def test_refuses_a_video_with_a_file_and_an_address(self):
        with pytest.raises(IntegrityError):
            make_video(file="a.mp4", address="https://videos.example.org/7")

    def test_refuses_a_level_7(self):
        with pytest.raises(IntegrityError):
            Level.objects.create(number=7, name="Beyond")

    def test_refuses_a_second_row_of_site_settings(self):
        with pytest.raises(IntegrityError):
            SiteSettings.objects.create(id=2)


class TestDeleting:
    def test_deleting_a_term_in_use_is_refused_and_names_what_uses_it(self):
        tool = make_tool("Poster", topics=["LMP Processes"], audiences=["Co-leads"], levels=[2])
        for term in (
            Topic.objects.get(slug="lmp-processes"),
            Audience.objects.get(slug="co-leads"),
            Level.objects.get(number=2),
        ):
            with pytest.raises(ProtectedError) as raised:
                term.delete()
        assert str(tool) in [str(link) for link in raised.value.protected_objects]

    def test_deleting_a_topic_with_topics_inside_is_refused(self):
        make_topic("Decisions", parent=make_topic("LMP Processes"))
        with pytest.raises(ProtectedError):
            Topic.objects.get(slug="lmp-processes").delete()

    def test_deleting_a_tag_in_use_is_refused(self):
        tool = make_tool(tags=["huddle"])
        with pytest.raises(ProtectedError):
            tool.tags.get().delete()

    def test_deleting_a_resource_deletes_its_own_rows(self):
        tool = make_tool(topics=["LMP Processes"], tags=["huddle"], levels=[1])
        tool.renditions.create(format="PDF")
        tool.delete()
        assert not Resource.objects.exists()
        assert Topic.objects.filter(slug="lmp-processes").delete()[0] == 1


class TestTopics:
    def test_a_third_layer_of_topics_is_refused(self):
        inner = make_topic("Decisions", parent=make_topic("LMP Processes"))
        with pytest.raises(ValidationError, match="is inside another topic. Choose a top one"):
            Topic(name="Votes", parent=inner).full_clean()

    def test_a_topic_with_topics_inside_stays_at_the_top(self):
        top = make_topic("LMP Processes")
        make_topic("Decisions", parent=top)
        top.parent = make_topic("Everything")
        with pytest.raises(ValidationError, match="This topic holds other topics"):
            top.full_clean()

    def test_the_tree_counts_each_resource_once(self):
        make_topic("Decisions", parent=make_topic("LMP Processes"))
        make_tool("Both", topics=["LMP Processes", "Decisions"])
        make_tool("Draft", topics=["LMP Processes"], published=False)
        [top] = vocabulary.topics()
        assert (top.total, [inner.total for inner in top.narrower]) == (1, [1])


def test_the_tags_of_a_video_are_the_tags_of_its_resource():
    video = make_video(tags=["Huddle", "waste"])
    base = Resource.objects.get(pk=video.pk)
    assert sorted(tag.name for tag in base.tags.all()) == ["Huddle", "waste"]


def test_saving_removes_control_characters():
    tool = make_tool("Waste\x0bwalk\x00", summary="One\x0btwo\x07", audience_text="\ud800All")
    tool.refresh_from_db()
    assert (tool.title, tool.summary, tool.audience_text) == ("Waste walk", "One\ntwo", "All")


@given(st.text())
def test_cleaning_a_text_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_text(text)) == clean_line(text)
    clean_text(text).encode()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], ""),
        ([2], "Level 2"),
        ([2, 3], "Levels 2–3"),
        ([1, 3], "Levels 1, 3"),
        ([1, 2, 3, 4, 5], "Levels 1–5"),
    ],
)
def test_levels_in_words(numbers, words):
    assert make_tool(levels=numbers).level_words == words


def test_rich_text_is_sanitized_however_it_is_saved():
    tool = make_tool(body="<p onclick=x>Hi <script>alert(1)</script><b>you</b></p>")
    tool.refresh_from_db()
    assert tool.body == "<p>Hi <strong>you</strong></p>"


def test_a_rendition_stores_its_size_and_hash():
    data = files.pdf()
    rendition = make_tool().renditions.create(file=ContentFile(data, "a.pdf"))
    assert rendition.bytes == len(data)
    assert rendition.sha256 == hashlib.sha256(data).hexdigest()
