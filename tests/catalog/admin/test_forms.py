from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import FormerSlug, Resource, Tool, Video
from tests import files
from tests.admin import (
    add_url,
    admin_url,
    errors_in,
    form_data,
    messages_in,
    parse_page,
    sign_in_as_root,
    submit_form,
)
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed_in(client):
    return sign_in_as_root(client)


def kept_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_a_video_is_added(client, signed_in):
    topic = make_topic("LMP Processes")
    response = submit_form(
        client,
        add_url(Video),
        title="The Two-Minute Huddle",
        body="<p>Watch <b>this</b>.<script>alert(1)</script></p>",
        topics=[topic.pk],
        levels=["2", "3"],
        tags="team work, Huddles, huddles",
        seconds="89",
        rows=[("credits", {"role": "Produced by", "name": "LMP Communications"})],
    )
    assert "was added successfully" in messages_in(response)[0]
    video = Video.objects.get()
    assert video.slug == "the-two-minute-huddle"
    assert video.body == "<p>Watch <strong>this</strong>.</p>"
    assert video.level_numbers == [2, 3]
    assert list(video.topics.all()) == [topic]
    assert sorted(video.tags.names()) == ["huddles", "team work"]
    assert str(video.credits.get()) == "Produced by LMP Communications"
    assert (video.owner, video.state) == (signed_in, "draft")


def test_saving_unchanged_changes_nothing(client):
    tool = make_tool(
        levels=[1, 4],
        topics=["Roles"],
        audiences=["Co-leads"],
        tags=["a b", "c"],
        regions=["Hawaii"],
        related=[make_course()],
        body="<h2>One</h2>",
        minutes_min=30,
        minutes_max=60,
        published=days_ago(3),
    )
    tool.renditions.create(format="WEB", address="https://example.org/", pages=2)
    tool.deliveries.create(mode="online", minutes=30)
    before = values_of(tool)
    submit_form(client, admin_url(tool))
    assert values_of(Tool.objects.get()) == before


def values_of(tool):
    columns = {
        field.attname: getattr(tool, field.attname)
        for field in tool._meta.concrete_fields
        if field.name != "updated_at"
    }
    names = (
        "levels",
        "topics",
        "audiences",
        "regions",
        "tags",
        "related",
        "renditions",
        "deliveries",
    )
    links = {name: sorted(str(row) for row in getattr(tool, name).all()) for name in names}
    # A form has whole seconds only.
    return columns | links | {"published_at": tool.published_at.replace(microsecond=0)}


def test_a_form_with_errors_keeps_all_that_was_written(client):
    topic = make_topic()
    response = submit_form(
        client,
        add_url(Video),
        title="",
        body="<p>Half a page of <em>text</em>.</p>",
        summary="A  summary",
        tags="one, two words",
        topics=[topic.pk],
        levels=["2"],
        published_at_0="2030-02-31",
        published_at_1="10:00",
        minutes_min="a few",
        rows=[("credits", {"role": "Produced by", "name": ""})],
    )
    kept = form_data(response)
    assert kept["body"] == ["<p>Half a page of <em>text</em>.</p>"]
    assert kept["summary"] == ["A  summary"]
    assert kept["tags"] == ["one, two words"]
    assert kept["topics"] == [str(topic.pk)]
    assert kept["levels"] == ["2"]
    assert kept["published_at_0"] == ["2030-02-31"]
    assert kept["minutes_min"] == ["a few"]
    assert kept["credits-0-role"] == ["Produced by"]
    assert errors_in(response) == [
        "This field is required.",
        "Enter a whole number.",
        "This field is required.",
        "Enter a valid date.",
    ]
    assert not Resource.objects.exists()


def test_an_error_is_shown_at_the_top_with_a_link_to_its_field(client):
    response = submit_form(client, add_url(Video), title="A", seconds="0")
    page = parse_page(response)
    link = page.xpath("//ul[@class='field-errors']/li")[0]
    sentence = "Running time in seconds: Write 1 or more. Leave it empty if you do not know."
    assert link.text_content() == sentence
    assert page.get_element_by_id(link.find("a").get("href")[1:]).get("name") == "seconds"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        (
            {"minutes_min": "60", "minutes_max": "30"},
            "This cannot be less than “minutes, at least”.",
        ),
        ({"minutes_max": "30"}, "Fill this in too. If the time is exact, write the same number."),
        ({"minutes_min": "0"}, "Write 1 or more. Leave it empty if you do not know."),
        ({"seconds": "-5"}, "Write 1 or more. Leave it empty if you do not know."),
        ({"seconds": "9" * 30}, "Ensure this value is less than or equal to 1000000."),
        ({"levels": ["7"]}, "Choose a level from 1 to 5."),
        ({"levels": ["two"]}, "Choose a level from 1 to 5."),
        ({"slug": "feed"}, "“feed” is a page of the site. Choose another."),
        ({"slug": "a b"}, "Use only the letters a to z, digits, hyphens and underscores."),
        ({"slug": "taken"}, "“The First” (Tool) already has this address. Choose another."),
        ({"slug": "once"}, "This address still leads to “The First”. Choose another."),
        ({"address": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"tags": "x" * 101}, f"“{'x' * 40}…” is too long for a tag. Make it shorter."),
        ({"tags": "fine, ???"}, "“???” cannot be a tag: it needs a letter or a digit."),
        (
            {"unpublished_at_0": "2030-01-01", "unpublished_at_1": "10:00"},
            "Choose a time after it is published.",
        ),
        (
            {
                "published_at_0": "2030-01-01",
                "published_at_1": "10:00",
                "unpublished_at_0": "2030-01-01",
                "unpublished_at_1": "10:00",
            },
            "Choose a time after it is published.",
        ),
        (
            {"published_at_0": "9999-12-31", "published_at_1": "23:59:59"},
            "Choose a year from 1990 to 2100.",
        ),
        ({"title": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        (
            {"owner": "999"},
            "Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
)
def test_a_mistake_gets_one_error(client, changes, sentence):
    first = make_tool("The First", slug="once")
    first.slug = "taken"
    first.save()
    response = submit_form(client, add_url(Video), **({"title": "A"} | changes))
    assert errors_in(response) == [sentence]
    assert not Video.objects.exists()


def test_an_exact_time_needs_only_one_number(client):
    submit_form(client, add_url(Video), title="A", minutes_min="30")
    video = Video.objects.get()
    assert (video.minutes_min, video.minutes_max) == (30, 30)


def test_an_editor_who_changes_only_the_words_of_a_time_is_told_what_plans_say(client):
    course = make_course("LMPO", minutes_min=480, minutes_max=480, duration_text="8 hours")
    told = messages_in(submit_form(client, admin_url(course), duration_text="6 hours"))
    assert any("Plans and cards still say 8 hr" in message for message in told)
    changes = {"duration_text": "7 hours", "minutes_min": "420", "minutes_max": "420"}
    told = messages_in(submit_form(client, admin_url(course), **changes))
    assert not any("still say" in message for message in told)


def test_control_characters_are_removed(client):
    submit_form(
        client,
        add_url(Video),
        title="Waste\x0bwalk\x00 now\ufffe",
        summary="One\x0btwo\x07",
        body="<p>a\x0bb\x00</p>",
        tags="safe\x00ty",
    )
    video = Video.objects.get()
    assert (video.title, video.slug) == ("Waste walk now", "waste-walk-now")
    assert video.summary == "One\ntwo"
    assert video.body == "<p>a\nb</p>"
    assert list(video.tags.names()) == ["safety"]


def test_a_title_of_only_control_characters_counts_as_empty(client):
    response = submit_form(client, add_url(Video), title="\x00\x0b\x1f")
    assert errors_in(response) == ["This field is required."]


def test_an_entry_cannot_be_related_to_itself(client):
    video = make_video()
    response = submit_form(client, admin_url(video), related=[video.pk])
    assert errors_in(response) == ["An entry cannot be related to itself. Remove it here."]


def test_the_form_shows_a_former_address(client):
    video = make_video(slug="old")
    submit_form(client, admin_url(video), slug="new")
    assert FormerSlug.objects.get().slug == "old"
    assert b"old" in client.get(admin_url(video)).content


def test_an_image_needs_a_description(client, media):
    picture = upload("a.png", files.image())
    response = submit_form(client, add_url(Video), title="A", files={"image": picture})
    assert errors_in(response) == [
        "Choose “a.png” again. It was not saved, and the browser forgot it.",
        "Say what the image shows, or check that it is only decoration.",
    ]
    assert kept_files(media) == []


def test_a_broken_file_gets_an_error_at_its_field_and_no_file_is_kept(client, media):
    chosen = {
        "image": upload("a.jpg", files.image("PNG")),
        "file": upload("a.mp4", files.mp4()[:-3]),
        "captions": upload("a.vtt", files.CAPTIONS.encode()),
    }
    response = submit_form(client, add_url(Video), title="A", image_alt="A", files=chosen)
    assert errors_in(response) == [
        "“a.mp4” is not complete. Save or download the video again.",
        "Choose “a.vtt” again. It was not saved, and the browser forgot it.",
        "“a.jpg” does not open as a picture. It may be damaged.",
    ]
    assert not Video.objects.exists()
    assert kept_files(media) == []


def test_a_form_does_not_ask_again_for_a_saved_file_that_is_lost(client, media):
    chosen = {"file": upload("My Film.mp4", files.mp4())}
    submit_form(client, add_url(Video), title="A", files=chosen)
    video = Video.objects.get()
    assert video.file.name == f"videos/{video.uid}/my-film.mp4"
    Path(video.file.path).unlink()
    response = submit_form(client, admin_url(video), summary="The file is lost, the words are not.")
    assert errors_in(response) == []
    assert Video.objects.get().summary.startswith("The file is lost")


def test_a_file_and_an_address_together_are_refused(client, media):
    chosen = {"file": upload("a.mp4", files.mp4())}
    response = submit_form(client, add_url(Video), title="A", address="example.org/a", files=chosen)
    assert "Choose a file or add a link, not both." in errors_in(response)


def test_the_form_reads_facts_from_a_file_and_does_not_ask_for_them(client, media):
    tool = make_tool(published=False)
    page = parse_page(client.get(admin_url(tool)))
    names = page.xpath("//*[starts-with(@name, 'renditions-__prefix__-')]/@name")
    asked = {name.rpartition("-")[2] for name in names}
    assert not asked & {"format", "pages", "paper", "bytes"}
    row = {"file": upload("a.pdf", files.pdf(3))}
    submit_form(client, admin_url(tool), rows=[("renditions", row)])
    rendition = tool.renditions.get()
    assert (rendition.format, rendition.pages, rendition.paper) == ("PDF", 3, "8.5 × 11 in")
    assert rendition.bytes == len(files.pdf(3))
    replaced = {"renditions-0-file": upload("b.pdf", files.pdf(2, (792, 1224)))}
    submit_form(client, admin_url(tool), files=replaced)
    rendition = tool.renditions.get()
    assert (rendition.pages, rendition.paper, rendition.number) == (2, "11 × 17 in", 2)


@pytest.mark.parametrize(
    ("address", "format"),
    [
        ("https://example.org/", "WEB"),
        ("https://example.org/a.PDF", "PDF"),
        ("https://example.org/deck.pptx?x=1", "PPT"),
    ],
)
def test_the_ending_of_an_address_sets_the_format(client, address, format):
    tool = make_tool(published=False)
    submit_form(client, admin_url(tool), rows=[("renditions", {"address": address})])
    assert tool.renditions.get().format == format


def test_a_row_without_file_and_address_is_refused(client):
    row = ("renditions", {"color": "bw"})
    response = submit_form(client, admin_url(make_tool()), rows=[row])
    assert errors_in(response) == ["Choose a file or add a link."]


def test_a_file_cannot_be_replaced_by_one_of_another_format(client, media):
    """People use the address, which ends in .pdf."""
    tool = make_tool(published=False)
    submit_form(
        client, admin_url(tool), rows=[("renditions", {"file": upload("a.pdf", files.pdf())})]
    )
    replaced = {"renditions-0-file": upload("b.pptx", files.pptx(2))}
    response = submit_form(client, admin_url(tool), files=replaced)
    assert errors_in(response)[0].startswith(
        "People use the address of this file, which ends in .pdf"
    )
    assert len(kept_files(media)) == 1


def test_two_rows_for_the_same_delivery_are_refused(client):
    row = ("deliveries", {"mode": "online"})
    response = submit_form(client, admin_url(make_tool()), rows=[row, row])
    assert errors_in(response)[0] == "Two rows have the same delivery. Change or remove one."


def test_rows_that_are_the_same_once_cleaned_are_refused(client):
    rows = [("credits", {"role": role, "name": "Us"}) for role in ("Music by", "Music  \x0bby")]
    response = submit_form(client, admin_url(make_video()), rows=rows)
    assert errors_in(response)[0] == "Two rows have the same role and name. Change or remove one."


def test_the_form_links_to_the_page_even_of_a_draft(client):
    video = make_video(published=False)
    page = parse_page(client.get(admin_url(video)))
    assert page.xpath("//a[@class='viewsitelink']/@href") == [f"/videos/{video.slug}/"]
    assert client.get(f"/videos/{video.slug}/").status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "abc", "99999999999999999999999", "1%00"])
def test_a_missing_entry_or_a_bad_number_answers_without_a_crash(client, number):
    response = client.get(f"/admin/catalog/video/{number}/change/", follow=True)
    assert response.status_code in (200, 400, 404)
    assert client.get(f"/admin/catalog/resource/{number}/change/").status_code in (400, 404)


def test_the_hidden_list_of_all_kinds_redirects_to_each_form(client):
    for row in (make_video(), make_tool(), make_course()):
        for role in ("change", "delete", "history"):
            response = client.get(admin_url(row.resource_ptr, role))
            assert response.url == admin_url(row, role)
