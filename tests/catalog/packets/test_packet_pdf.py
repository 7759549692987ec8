"""The PDF of a packet: a front page with page numbers, then the unchanged pages of each tool."""

import io
import re
import time
from urllib.parse import quote_plus

import pikepdf
import pypdfium2
import pytest
from django.core.files.base import ContentFile

from catalog.models import Job
from catalog.packets import pdf
from catalog.printing import limits, responses, store, workers
from catalog.sandbox.exceptions import Refused
from tests import files
from tests.makers import days_ago, make_course, make_tool, make_video, run_jobs
from tests.pdfs import pdf_content, pdf_ua_errors, response_bytes

pytestmark = pytest.mark.django_db
LETTER, LEGAL, TABLOID = (612, 792), (612, 1008), (792, 1224)
# A packet that binds uploaded PDFs does not claim to be PDF/UA. It lacks nothing else.
NO_CLAIM = [
    "XMP declares PDF/UA part values [], expected exactly one value 1",
    "XMP does not contain the PDF/UA Identification schema",
]


@pytest.fixture(autouse=True)
def site_settings(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PDF_ROOT = tmp_path / "prints"
    settings.SITE_URL = "https://catalog.example.org"


def pdf_of(*sizes, **options):
    """Returns a PDF with blank pages of these sizes in points."""
    source, data = pikepdf.new(), io.BytesIO()
    for size in sizes:
        source.add_blank_page(page_size=size)
    source.save(data, **options)
    return data.getvalue()


def make_poster(title, content, name="poster.pdf", **fields):
    tool = make_tool(title, **fields)
    tool.renditions.create(file=ContentFile(content, name))
    return tool


def address(*resources, more=""):
    codes = ".".join(resource.get_short_url().rpartition("/")[2] for resource in resources)
    return f"/packet.pdf?items={codes}{more}"


def code_of(resource):
    return resource.get_short_url().rpartition("/")[2]


def sizes(data):
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_size() for page in document]


def outline(data):
    """Returns [(title, number of its page)]."""
    with pypdfium2.PdfDocument(data) as document:
        return [(mark.get_title(), mark.get_dest().get_index() + 1) for mark in document.get_toc()]


def internal_link_pages(data):
    """Returns the numbers of the pages that links of the first page lead to."""
    with pikepdf.open(io.BytesIO(data)) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}
        notes = document.pages[0].obj.get("/Annots", [])
        actions = [note.A for note in notes if note.get("/A", {}).get("/S") == "/GoTo"]
        return [numbers[action.D[0].objgen] for action in actions]


@pytest.fixture
def three_tools():
    return [
        make_poster("Two pages", pdf_of(LETTER, LETTER)),
        make_poster("One page", pdf_of(LEGAL)),
        make_poster("Four pages", pdf_of(*[TABLOID] * 4)),
    ]


def test_pages_of_tools_follow_the_front_page_in_their_own_size(client, three_tools):
    data = response_bytes(client.get(address(*three_tools)))
    assert sizes(data) == [LETTER] + [LETTER] * 2 + [LEGAL] + [TABLOID] * 4


def test_the_contents_shows_the_first_page_of_each_item_and_links_to_it(client, three_tools):
    response = client.get(address(*three_tools))
    words = " ".join(pdf_content(response).pages[0].split())
    for title, number in (("Two pages", 2), ("One page", 4), ("Four pages", 5)):
        assert re.search(f"{title}( Tool .*?/r/[0-9a-z]+)? {number} ", words)
    assert internal_link_pages(response_bytes(response)) == [2, 4, 5]
    assert outline(response_bytes(response)) == [
        ("Contents", 1), ("Two pages", 2), ("One page", 4), ("Four pages", 5)
    ]  # fmt: skip


def test_sheets_of_courses_and_videos_continue_the_page_numbers(client, three_tools):
    video = make_video("A video", seconds=89)
    data = response_bytes(client.get(address(three_tools[0], make_course("A course"), video)))
    found = outline(data)[1:]
    assert found == [("Two pages", 2), ("A course", 4), ("A video", 5)]
    with pypdfium2.PdfDocument(data) as document:
        assert "Page 4" in document[3].get_textpage().get_text_range()
        assert "Video · 1:29" in document[0].get_textpage().get_text_range()


def test_the_front_page_shows_the_title_the_notes_and_the_page_sizes(client, three_tools):
    more = f"&title=For+Monday&note-{code_of(three_tools[1])}=Bring+the+cards"
    found = pdf_content(client.get(address(*three_tools, more=more)))
    assert "For Monday" in found.title
    for words in ("For Monday", "3 items", "Bring the cards", "4 pages 11×17", "1 page 8.5×14"):
        assert words in found.pages[0]
    assert "are in this PDF" not in found.pages[0]


def test_a_link_too_long_for_the_footer_is_printed_on_the_front_page(client, three_tools):
    title = "All that we need for our huddles of the next month and some more"
    found = pdf_content(client.get(address(*three_tools[:1], more=f"&title={quote_plus(title)}")))
    assert found.smallest_pt >= 8.5
    assert "/packet/?… Labor Management Partnership" in found.text
    assert "title=All" in found.text_without_spaces.partition("Contents")[0]


def test_unknown_and_withdrawn_items_are_listed(client, three_tools):
    new = make_tool("New sheet")
    old = {"published": days_ago(9), "unpublished_at": days_ago(1)}
    gone = [make_tool("Withdrawn", replaced_by=new, **old), make_tool("Lost", **old)]
    words = " ".join(
        pdf_content(client.get(address(three_tools[0], *gone, more=".zzzzz"))).pages[0].split()
    )
    assert "“zzzzz”" in words
    assert "“Lost” was withdrawn from the catalog and left out." in words
    assert (
        "“Withdrawn” was withdrawn from the catalog and left out. "
        f"Use “New sheet” instead: catalog.example.org{new.get_short_url()}"
    ) in words


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (files.pptx(2), "deck.pptx", "It is a PowerPoint file. A packet can include only PDFs."),
        (None, "", "It is on another site."),
    ],
)
def test_a_tool_that_cannot_be_bound_is_listed_with_its_address(
    client, three_tools, content, name, why
):
    tool = make_tool("Left out")
    if content:
        tool.renditions.create(file=ContentFile(content, name))
    else:
        tool.renditions.create(address="https://example.org/a.pdf")
    response = client.get(address(three_tools[0], tool))
    words = " ".join(pdf_content(response).pages[0].split())
    assert f"Left out {why} catalog.example.org{tool.get_short_url()}" in words
    assert "2 items 1 of them is in this PDF. Find the others under “Not included”" in words
    assert len(sizes(response_bytes(response))) == 3


def overwrite_file(tool, content):
    """Overwrites the file of a tool with `content`."""
    rendition = tool.renditions.get()
    with open(rendition.file.path, "wb") as file:
        file.write(content)


LOCKED = pdf_of(LETTER, encryption=pikepdf.Encryption(owner="a", user="b"))
HALF_LOCKED = pdf_of(LETTER, encryption=pikepdf.Encryption(owner="a", user=""))
DAMAGED = "We could not open its PDF. It may be damaged."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (LOCKED, "Its PDF is locked with a password."),
        (HALF_LOCKED, "Its PDF is locked with a password."),
        (b"no PDF at all", DAMAGED),
        (b"%PDF-1.7\n", DAMAGED),
        (files.looping_pdf(), DAMAGED),
        (
            pdf_of(*[LETTER] * 201),
            "It has 201 pages. A packet can include files of up to 200 pages.",
        ),
        (
            pdf_of(*[LETTER] * 10_000),
            "It has 10,000 pages. A packet can include files of up to 200 pages.",
        ),
    ],
    ids=["locked", "half locked", "text", "torn", "loop", "201", "10000"],
)
def test_a_bad_file_is_left_out_and_the_rest_is_printed(client, three_tools, content, why):
    bad = make_poster("Bad one", pdf_of(LETTER))
    overwrite_file(bad, content)
    response = client.get(address(bad, three_tools[0], make_course("A course")))
    assert why in " ".join(pdf_content(response).pages[0].split())
    assert len(sizes(response_bytes(response))) == 4


def test_a_missing_file_is_left_out(client, three_tools):
    gone = make_poster("Gone", pdf_of(LETTER))
    gone.renditions.get().file.storage.delete(gone.renditions.get().file.name)
    assert "Its file is missing." in pdf_content(client.get(address(gone, three_tools[0]))).pages[0]


def test_a_file_is_read_only_once(client, three_tools, monkeypatch):
    client.get(address(*three_tools)).getvalue()
    monkeypatch.setattr(pdf, "read_pdf", lambda path: 1 / 0)
    assert client.get(address(*reversed(three_tools))).getvalue()


def test_a_packet_has_its_limits(client, three_tools, monkeypatch):
    monkeypatch.setattr(limits, "MAX_PACKET_PAGES", 5)
    response = client.get(address(*three_tools))
    words = " ".join(pdf_content(response).pages[0].split())
    assert "Four pages The packet is full. It holds up to 5 pages and 100 MB." in words
    assert len(sizes(response_bytes(response))) == 4


def test_the_pdf_of_an_empty_packet_says_so(client):
    for path in ("/packet.pdf", "/packet.pdf?items=..%00..&items=%F0%9F%8E%89&add=x"):
        assert "nothing to print" in pdf_content(client.get(path)).text


def test_a_link_with_five_thousand_codes_makes_a_pdf(client, three_tools, monkeypatch):
    monkeypatch.setattr(limits, "PACKET_ITEMS_AT_ONCE", 100)
    codes = ".".join(["zz" + str(number) for number in range(10, 5000)])
    words = pdf_content(client.get(address(*three_tools, more=f".{codes}"))).pages[0]
    assert "A packet holds up to 60 items" in " ".join(words.split())


def test_the_black_and_white_file_is_bound_when_saving_ink(client):
    tool = make_poster("Poster", pdf_of(TABLOID))
    tool.renditions.create(file=ContentFile(pdf_of(LEGAL), "bw.pdf"), color="bw", position=2)
    assert TABLOID in sizes(response_bytes(client.get(address(tool))))
    assert LEGAL in sizes(response_bytes(client.get(address(tool, more="&ink=saving"))))


@pytest.mark.parametrize("at_once", [100, 2])
def test_a_small_or_large_packet_says_what_was_skipped(client, three_tools, monkeypatch, at_once):
    monkeypatch.setattr(limits, "PACKET_ITEMS_AT_ONCE", at_once)
    codes = ".".join(["zz" + str(number) for number in range(10, 5000)])
    asked = address(*three_tools, more=f".{codes}&paper=a4")
    if client.get(asked).status_code == 202:
        run_jobs(Job.Task.PRINT)
    words = " ".join(pdf_content(client.get(asked)).pages[0].split())
    assert (
        "The link has 4993 items. A packet holds up to 60 items, so we kept only the first 60."
        in words
    )
    assert "We skipped “zz10”" in words


@pytest.mark.parametrize("query", ["title=A&items=CODE", "items=CODE&q=&title=A&ink=color&add="])
def test_a_packet_has_one_address(client, three_tools, query):
    asked = "/packet.pdf?" + query.replace("CODE", code_of(three_tools[0]))
    response = client.get(asked)
    assert (response.status_code, response.url) == (302, address(three_tools[0], more="&title=A"))


def test_the_last_notice_is_not_alone_on_a_page(client, three_tools):
    old = {"published": days_ago(9), "unpublished_at": days_ago(1)}
    gone = [make_tool(f"Old sheet {number}", **old) for number in range(24)]
    for count in range(20, 25):  # about where the first page is full
        pages = pdf_content(client.get(address(three_tools[0], *gone[:count]))).pages
        assert [page.count("was withdrawn") for page in pages][1] != 1


def test_a_large_packet_is_made_in_the_background(client, three_tools, monkeypatch):
    monkeypatch.setattr(limits, "PACKET_ITEMS_AT_ONCE", 2)
    assert client.get(address(*three_tools)).status_code == 202
    run_jobs(Job.Task.PRINT)
    assert len(sizes(response_bytes(client.get(address(*three_tools))))) == 8


# ---- Accessibility and safety ----


def test_a_packet_of_sheets_is_accessible(client):
    assert pdf_ua_errors(client.get(address(make_course("A course"), make_video("A video")))) == []


def tagged():
    """Returns a PDF with structure tags: two pages with headings, a link, a table and a list."""
    import weasyprint

    html = (
        "<html lang=en><title>Poster</title><h1>Poster</h1><p>See <a href='https://example.org/'>"
        "this</a>.</p><table><tr><th scope=col>Who<tr><td>Co-leads</table>"
        "<h2 style='break-before: page'>More</h2><ul><li>One<li>Two</ul>"
    )
    return weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


def test_the_tags_of_a_file_are_copied_with_its_pages(client, three_tools):
    posters = [make_poster("Tagged", tagged()), make_poster("Tagged, too", tagged())]
    response = client.get(address(posters[0], make_course("A course"), posters[1]))
    data = response_bytes(response)
    assert pdf_ua_errors(data) == NO_CLAIM
    with pikepdf.open(io.BytesIO(data)) as document:
        kinds = [str(part.S) for part in document.Root.StructTreeRoot.K[0].K]
    # In page order: the front page, a poster, the sheet of the course, a poster.
    assert kinds.count("/Part") == 2 and kinds.index("/Part") < len(kinds) - 2
    assert kinds[-1] == "/Part" and "/H1" in kinds[kinds.index("/Part") : -1]
    assert "screen reader" not in pdf_content(response).text


def test_a_packet_says_which_pages_have_no_tags(client, three_tools):
    response = client.get(address(three_tools[0], make_poster("Tagged", tagged())))
    words = " ".join(pdf_content(response).pages[0].split())
    assert "descriptions of pictures: • Two pages" in words and "• Tagged" not in words


def test_a_packet_with_untagged_files_does_not_claim_to_be_accessible(client, three_tools):
    assert set(NO_CLAIM) <= set(pdf_ua_errors(client.get(address(*three_tools))))


def test_scripts_in_a_file_are_not_bound(client):
    source, data = pikepdf.new(), io.BytesIO()
    page = source.add_blank_page(page_size=LETTER)
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script
    )
    page.obj.Annots, page.obj.AA = [source.make_indirect(note)], pikepdf.Dictionary(O=script)
    source.Root.OpenAction = script
    source.save(data)
    bound = response_bytes(client.get(address(make_poster("Acts", data.getvalue()))))
    assert b"JavaScript" not in bound and b"app.alert" not in bound


def test_actions_behind_a_link_are_not_bound(client):
    source, data = pikepdf.new(), io.BytesIO()
    page = source.add_blank_page(page_size=LETTER)
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    link_action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/"))
    link_action.Next = script
    kinds = {"Link": link_action, "RichMedia": None, "FileAttachment": None}
    page.obj.Annots = pikepdf.Array()
    for kind, action in kinds.items():
        note = pikepdf.Dictionary(Subtype=pikepdf.Name(f"/{kind}"), Rect=[0, 0, 9, 9])
        if action is not None:
            note.A = action
        page.obj.Annots.append(source.make_indirect(note))
    source.save(data)
    bound = response_bytes(client.get(address(make_poster("Acts", data.getvalue()))))
    with pikepdf.open(io.BytesIO(bound)) as document:
        notes = document.pages[1].obj.Annots
        assert [str(note.Subtype) for note in notes] == ["/Link"]
        assert "/Next" not in notes[0].A


def test_a_file_that_was_too_slow_to_read_is_read_again_after_an_hour(
    client, three_tools, monkeypatch
):
    refusals = [Refused("too_slow")]

    def ask(what, path, **most):
        if refusals:
            raise refusals.pop()
        return {"pages": 2, "sizes": [LETTER] * 2, "tagged": False}

    monkeypatch.setattr(workers, "ask_worker", ask)
    rendition = three_tools[0].renditions.get()
    for _time in range(2):
        with pytest.raises(Refused):
            pdf.pdf_facts(rendition)
    monkeypatch.setattr(pdf, "time", lambda: time.time() + 2 * store.HOUR_S)
    assert pdf.pdf_facts(rendition)["pages"] == 2


def test_a_rotated_page_stays_rotated(client):
    source, data = pikepdf.new(), io.BytesIO()
    source.add_blank_page(page_size=LETTER).obj.Rotate = 90
    source.save(data)
    response = client.get(address(make_poster("Turned", data.getvalue())))
    assert sizes(response_bytes(response))[1] == (792, 612)
    assert "1 page 11×8.5" in pdf_content(response).pages[0]


def test_each_paper_has_its_own_front_page(client, three_tools):
    data = response_bytes(client.get(address(*three_tools, more="&paper=a4")))
    assert [round(side) for side in sizes(data)[0]] == [595, 842] and sizes(data)[3] == LEGAL


def test_a_packet_that_cannot_be_made_says_so(client, three_tools, monkeypatch):
    monkeypatch.setattr(limits, "LAYOUT_MEGABYTES", 0)
    response = client.get(address(*three_tools))
    assert response.status_code == 422
    assert "We could not make this PDF." in response.content.decode()
    assert responses.SENTENCES.keys() >= {"too_much", "too_slow", "unreadable"}
