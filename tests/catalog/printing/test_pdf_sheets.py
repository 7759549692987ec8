"""The printed sheets of a video and of a tool."""

import shutil
import subprocess

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.formats import date_format
from PIL import ImageChops

from catalog.lib.qr import qr_image
from catalog.models import SiteSettings
from catalog.printing import sheets
from catalog.printing.render import layout
from catalog.printing.render.layout import replace_characters
from tests import files
from tests.makers import make_course, make_tool, make_video
from tests.pdfs import pdf_content, pdf_ua_errors, response_bytes

pytestmark = pytest.mark.django_db

BODY = (
    "<h2>How to</h2><p>Look <em>twice</em>, says <a href='https://example.org/a?b=1&c=2'>"
    "<strong>this</strong> guide</a>.</p><ul><li><p>One</p><ul><li><p>Inner</p></li></ul></li></ul>"
    "<ol start='3'><li>Three</li></ol><blockquote><p>Said.</p></blockquote><h3>More</h3>"
    "<table><tr><th>Who</th><th>What</th></tr><tr><td>Co-leads</td></tr></table>"
)
SCRIPTS = "Łódź Ελληνικά Кириллица العربية עברית हिन्दी 日本語 한국어 ไทย 🎉 👩🏽‍🏭 → ✓ ﷽ \ue000"


@pytest.fixture(autouse=True)
def site_settings(settings):
    settings.SITE_URL = "https://catalog.example.org"
    settings.TIME_ZONE = "UTC"


def make_full_tool(**fields):
    fields = {
        "summary": "Say how it will be decided.",
        "body": BODY,
        "image": ContentFile(files.image(size=(1600, 900)), "a.png"),
        "image_alt": "A line with five dots",
        "levels": [2, 3],
        "topics": ["LMP Processes"],
        "tags": ["huddle"],
        "audience_text": "Leaders at any level",
        "best_used": "At the start of a meeting.",
    } | fields
    return make_tool(**fields)


def test_a_tool_shows_its_title_page_number_and_address(client):
    pdf = pdf_content(client.get(make_tool("Waste Walk").get_pdf_url()))
    assert pdf.title == "Waste Walk – Partnership Catalog"
    assert "Waste Walk" in pdf.text
    assert "Page 1 of 1" in pdf.text
    assert "catalog.example.org/tools/waste-walk/" in pdf.text
    assert "https://catalog.example.org/tools/waste-walk/" in pdf.links


def test_the_sheet_shows_the_name_of_the_site(client):
    SiteSettings.objects.create(name="Our Shelf", organisation="Us", contact="us@example.org")
    pdf = pdf_content(client.get(make_tool().get_pdf_url()))
    for words in ("Our Shelf", "Us · us@example.org · Printed"):
        assert words in pdf.text


def test_sheets_of_videos_and_tools_are_accessible(client):
    for resource in (
        make_full_tool(),
        make_video(body=BODY, transcript="One.\n\nTwo."),
        make_tool("Bare"),
    ):
        assert pdf_ua_errors(client.get(resource.get_pdf_url())) == []


def test_a_listing_is_accessible(client):
    make_full_tool()
    make_video(levels=[1])
    assert pdf_ua_errors(client.get("/topics/lmp-processes.pdf")) == []
    assert pdf_ua_errors(client.get("/new.pdf")) == []


def test_qpdf_finds_no_error_in_the_file(client, tmp_path):
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    path = tmp_path / "a.pdf"
    path.write_bytes(response_bytes(client.get(make_full_tool().get_pdf_url())))
    assert "No syntax or stream encoding errors" in qpdf_check(path)


def qpdf_check(path):
    return subprocess.run(["qpdf", "--check", path], capture_output=True, text=True).stdout


def test_all_fonts_are_the_sites_own_and_embedded(client):
    pdf = pdf_content(client.get(make_full_tool(title="Łódź at work").get_pdf_url()))
    assert pdf.fonts
    assert all(pdf.fonts.values())
    assert all("Atkinson" in name for name in pdf.fonts)


def test_links_work_and_their_addresses_are_printed(client):
    cake = make_video("Cake")
    tool = make_full_tool(related=[cake])
    tool.renditions.create(format="WEB", address="https://files.example.org/a/b.html")
    pdf = pdf_content(client.get(tool.get_pdf_url()))
    for address in ("example.org/a?b=1&c=2", "files.example.org/a/b.html"):
        assert f"https://{address}" in pdf.links
        assert address in pdf.text_without_spaces
    assert "this guide" in pdf.text
    assert "https://catalog.example.org/videos/cake/" in pdf.links
    assert f"Cake catalog.example.org{cake.get_short_url()}" in pdf.text


@pytest.fixture
def qr_addresses(monkeypatch):
    """The addresses of the QR codes, in the order in which they are drawn."""
    addresses = []

    def record_address(address):
        addresses.append(address)
        return qr_image(address)

    monkeypatch.setattr(sheets, "qr_image", record_address)
    return addresses


def has_color(response):
    """Returns whether anything on the first page has a color."""
    with pypdfium2.PdfDocument(response_bytes(response)) as document:
        red, _green, blue = document[0].render().to_pil().convert("RGB").split()
    return ImageChops.difference(red, blue).getextrema()[1] > 60


def test_nothing_has_a_color_when_saving_ink(client):
    image = ContentFile(files.image(size=(400, 200)), "a.png")
    path = make_full_tool(image=image).get_pdf_url()
    assert has_color(client.get(path))
    assert not has_color(client.get(f"{path}?ink=saving"))


def test_the_qr_code_leads_to_the_page_and_is_large_enough_for_phones(client, qr_addresses):
    tool = make_tool("Waste Walk")
    pdf = pdf_content(client.get(tool.get_pdf_url()))
    short = f"catalog.example.org{tool.get_short_url()}/1"
    assert f"Scan for the newest version {short}" in pdf.text
    assert pdf.descriptions == [f"QR code: {short}"]
    assert qr_addresses == [f"https://{short}"]
    assert [width >= 22 for width in pdf.qr_widths_mm] == [True]


def test_a_sheet_shows_its_edition(client):
    tool = make_tool("Waste Walk")
    for summary in ("Look twice.", "Look three times."):
        tool.summary = summary
        tool.save()
    words = pdf_content(client.get(tool.get_pdf_url())).text
    assert f"catalog.example.org{tool.get_short_url()}/3" in words
    assert f"Printed on {date_format(timezone.localdate(), 'F j, Y')} · version 3" in words


def test_a_link_whose_words_are_its_address_prints_the_address_once(client):
    tool = make_tool(body="<p>See <a href='https://example.org/'>example.org</a>.</p>")
    pdf = pdf_content(client.get(tool.get_pdf_url()))
    assert pdf.text.count("example.org.") == 1
    assert "example.org example.org" not in pdf.text


def lines_of(pdf):
    return [line for text in pdf.pages for line in text.splitlines()]


def test_an_address_breaks_only_after_a_slash(client):
    long = "https://example.org/a-first-part-of-an-address/b-second_part.of-it/c-third-part-of-it/d"
    tool = make_tool(body=f"<p>Read <a href='{long}'>this</a> and <a href='{long}'>{long}</a>.</p>")
    for query in ("", "?text=large"):
        pdf = pdf_content(client.get(tool.get_pdf_url() + query))
        assert pdf.text_without_spaces.count(long.removeprefix("https://")) == 2
        ends = [line.split()[-1] for line in lines_of(pdf) if "-part" in line and "/d" not in line]
        assert ends and all(end.endswith("/") for end in ends)


def test_short_addresses_and_times_do_not_break(client):
    others = [make_tool("T" * size, minutes_min=30, minutes_max=90) for size in range(20, 60)]
    longer = [make_tool("T" * size, minutes_min=150, minutes_max=245) for size in range(30, 50)]
    pdf = pdf_content(client.get(make_tool("Waste Walk", related=others + longer).get_pdf_url()))
    lines = lines_of(pdf)
    for other in others + longer:
        assert any(f"catalog.example.org{other.get_short_url()}" in line for line in lines)
    assert sum("30–90\xa0min" in line for line in lines) == len(others)
    for time in "2\xa0hr\xa030\xa0min–", "4\xa0hr\xa05\xa0min":
        assert sum(time in line for line in lines) == len(longer)


def test_a_tool_lists_its_renditions(client):
    tool = make_tool(format_text="PDF and PPT", size_text='One page, 8.5" x 11"')
    poster = files.pdf(2, (792, 1224))
    tool.renditions.create(color="bw", file=ContentFile(poster, "poster.pdf"))
    tool.renditions.create(format="PPT", pages=1)
    pdf = pdf_content(client.get(tool.get_pdf_url()))
    facts = f"PDF · black and white · 2 pages · 11 × 17 in · {len(poster)} bytes"
    assert facts in pdf.text.replace("\xa0", " ")
    assert "PowerPoint · 1 slide · no file yet" in pdf.text
    assert f"{tool.get_absolute_url()}poster.pdf" in pdf.text_without_spaces
    assert 'One page, 8.5" x 11"' in pdf.text


def test_a_video_shows_its_length_credits_and_transcript(client):
    video = make_video(
        seconds=89, transcript="Take two minutes.", address="https://video.example.org/1"
    )
    video.credits.create(role="Produced by", name="A")
    video.credits.create(role="Produced by", name="B")
    pdf = pdf_content(client.get(video.get_pdf_url()))
    for words in (
        "1:29",
        "Produced by A, B",
        "Transcript Take two minutes.",
        "video.example.org/1",
    ):
        assert words in pdf.text


def test_no_label_is_printed_without_a_value(client):
    words = pdf_content(client.get(make_tool("Bare").get_pdf_url())).text
    labels = ["Format", "Size", "Time needed", "Intended audience", "Path to Performance", "Topics"]
    labels += ["Tags", "Regions", "Best used", "Get the tool", "Related", "Running time", "Credits"]
    assert [label for label in labels if label in words] == []


def test_levels_are_named_beside_the_track(client):
    pdf = pdf_content(client.get(make_tool(levels=[2, 3]).get_pdf_url()))
    assert "Levels 2–3 Foundational, Transitional" in pdf.text


def test_level_text_is_printed_beside_the_track(client):
    tool = make_tool(levels=[1, 2, 3, 4, 5], level_text="For teams at any level")
    assert "Levels 1–5 For teams at any level" in pdf_content(client.get(tool.get_pdf_url())).text


def test_level_text_that_repeats_the_levels_is_not_printed(client):
    tool = make_tool(levels=[2, 3], level_text="Levels 2, 3")
    words = pdf_content(client.get(tool.get_pdf_url())).text
    assert "Levels 2–3 Foundational, Transitional" in words
    assert "Levels 2, 3" not in words


@pytest.mark.parametrize("audience", ["Co-leads", "Co-leads who have worked together a year. " * 4])
def test_an_audience_is_printed_once_short_or_long(client, audience):
    words = pdf_content(client.get(make_tool(audience_text=audience).get_pdf_url())).text
    assert f"Intended audience {audience.strip()}" in words
    assert words.count("Intended audience") == 1


def test_a_sheet_says_who_the_tool_is_only_for(client):
    only = make_tool("One", audiences=["Sponsors"], only_for=["Union members"])
    assert "Sponsors Only for: Union members" in pdf_content(client.get(only.get_pdf_url())).text
    told = make_tool("Two", only_for=["Union members"], audience_text="Us")
    assert "Us Only for: Union members" in pdf_content(client.get(told.get_pdf_url())).text


def test_the_picture_is_printed_with_its_description(client):
    pdf = pdf_content(client.get(make_full_tool().get_pdf_url()))
    assert pdf.image_count == 1
    assert pdf.descriptions[-1] == "A line with five dots"


@pytest.mark.parametrize("content", [b"", b"no picture", files.image("JPEG", (90, 90))[:700]])
def test_a_damaged_picture_is_replaced_by_its_description(client, content):
    tool = make_full_tool()
    with open(tool.image.path, "wb") as file:
        file.write(content)
    response = client.get(tool.get_pdf_url())
    assert "A line with five dots" in pdf_content(response).text
    assert pdf_ua_errors(response) == []


def test_a_missing_picture_is_replaced_by_its_description(client):
    tool = make_full_tool()
    tool.image.storage.delete(tool.image.name)
    response = client.get(tool.get_pdf_url())
    assert "A line with five dots" in pdf_content(response).text


def test_letters_missing_from_the_fonts_do_not_break_the_pdf(client):
    tool = make_tool(f"Say {SCRIPTS}", summary=SCRIPTS, body=f"<p>{SCRIPTS}</p>", slug="say")
    response = client.get(tool.get_pdf_url())
    pdf = pdf_content(response)
    assert pdf.title.startswith(f"Say {SCRIPTS[:30]}")
    assert "Say Łódź" in pdf.text
    assert pdf_ua_errors(response) == []


def test_missing_letters_become_a_mark_and_missing_symbols_disappear():
    html = '<title>漢字</title><a href="/漢/">漢字 ok 🎉</a>'
    assert replace_characters(html, {"漢", "字", "🎉"}) == (
        '<title>漢字</title><a href="/漢/">[…] ok </a>'
    )


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_very_long_words_stay_on_the_page(client, paper):
    tool = make_tool(
        "W" * 200,
        slug="w" * 200,
        summary="s" * 500,
        body=f"<p>{'x' * 3000}</p>",
        audience_text="z" * 1000,
    )
    tool.renditions.create(format="WEB", address="https://example.org/" + "a" * 450)
    pdf = pdf_content(client.get(f"{tool.get_pdf_url()}?paper={paper}"))
    assert pdf.right_edge < 0.93
    assert "W" * 200 in pdf.text_without_spaces
    assert pdf.text_without_spaces.count("x") >= 3000


def test_an_address_too_long_for_the_footer_is_replaced_by_the_short_one(client):
    tool = make_tool("Waste Walk", slug="w" * 190)
    foot = pdf_content(client.get(f"{tool.get_pdf_url()}?text=large")).text.partition(
        "newest version"
    )[2]
    assert "www" not in foot
    assert foot.count(f"catalog.example.org{tool.get_short_url()}") == 2


def test_a_query_too_long_for_the_footer_is_printed_in_the_plan(client):
    courses = [make_course(f"Course with a rather long title {number}") for number in range(12)]
    query = "&".join(f"want={course.slug}" for course in courses)
    pdf = pdf_content(client.get(f"/path/plan.pdf?{query}"))
    assert "catalog.example.org/path/plan/?… Labor Management Partnership" in pdf.text
    assert f"want={courses[-1].slug}" in pdf.text_without_spaces


def test_no_letter_is_too_small_to_read(client):
    """Checks the footer under a long address, and a sheet that was set smaller to fit."""
    courses = [make_course(f"Course with a rather long title {number}") for number in range(3)]
    query = "&".join(f"want={course.slug}" for course in courses)
    words = "<p>" + "Words that say a little more. " * 20 + "</p>"
    tool = make_tool(body=words * 6, duration_text="5 minutes", topics=["LMP Processes"])
    for path in (f"/path/plan.pdf?{query}", tool.get_pdf_url()):
        pdf = pdf_content(client.get(path))
        assert len(pdf.pages) == 1 and pdf.smallest_pt >= 8.5


def test_the_paper_is_letter_by_default(client):
    path = make_tool().get_pdf_url()
    sizes = {
        asked: pdf_content(client.get(path + asked)).size
        for asked in ("", "?paper=a4", "?paper=a0")
    }
    assert sizes[""] == sizes["?paper=a0"] == (612, 792)
    assert [round(length) for length in sizes["?paper=a4"]] == [595, 842]


def test_a_sheet_that_almost_fits_one_page_is_set_smaller(client):
    words = "<p>" + "Words that say a little more. " * 20 + "</p>"
    path = make_tool("Waste Walk", body=words * 6).get_pdf_url()
    assert len(pdf_content(client.get(path)).pages) == 1
    assert len(pdf_content(client.get(f"{path}?text=large")).pages) > 1


def test_a_document_of_a_little_over_two_pages_is_set_smaller():
    def document(count):
        words = "".join(f"<p>{number}</p>" for number in range(count))
        return {"html": f"<html lang='en' class='color normal'><title>A</title>{words}"}

    for count in range(60, 200):
        source = layout.parse_document(document(count))
        if len(layout.lay_out(source, {}).pages) == 3:
            break
    assert len(layout.lay_out_to_fit(source, {}).pages) == 2
    assert len(layout.lay_out_to_fit(layout.parse_document(document(count + 30)), {}).pages) == 3


def test_large_print_keeps_the_facts_together(client):
    course = make_course(summary="Learn it.", levels=[2], audience_text="Co-leads")
    first = pdf_content(client.get(f"{course.get_pdf_url()}?text=large")).pages[0]
    for words in ("Learn it.", "Who should attend", "Co-leads", course.get_short_url()):
        assert words in first


def test_the_print_date_stays_on_one_line(client):
    for query in ("", "?text=large"):
        lines = lines_of(pdf_content(client.get(make_tool("Waste Walk").get_pdf_url() + query)))
        day = date_format(timezone.localdate(), "F j, Y")
        assert any(f"Printed on {day} · version 1" in line for line in lines)


def test_a_long_text_has_its_title_on_each_page(client):
    words = "<h2>Part</h2><p>" + "Words that fill a page. " * 60 + "</p>"
    pdf = pdf_content(client.get(make_tool("Waste Walk", body=words * 8).get_pdf_url()))
    assert len(pdf.pages) > 2
    assert all("Waste Walk" in text for text in pdf.pages)
    assert f"Page 2 of {len(pdf.pages)}" in pdf.text


def test_the_text_is_copied_in_reading_order(client):
    words = pdf_content(client.get(make_full_tool().get_pdf_url())).text
    order = ["How to", "Look twice", "• One", "– Inner", "3. Three", "Said.", "More", "Who What"]
    assert [words.find(part) for part in order] == sorted(words.find(part) for part in order)
    assert all(part in words for part in order)


def test_a_related_draft_is_not_printed(client):
    tool = make_tool(related=[make_tool("Draft", published=False)])
    assert "Draft" not in pdf_content(client.get(tool.get_pdf_url())).text
