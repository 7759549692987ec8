"""A hit inside a file leads to the exact caption, page or slide."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pptx import Presentation
from weasyprint import HTML

from catalog.jobs.queue import run_waiting_jobs
from catalog.models import FileText, Job, Passage, Tool
from tests import files
from tests.makers import make_tool, make_video, run_jobs

pytestmark = pytest.mark.django_db
CAPTIONS = """WEBVTT

00:01.000 --> 00:03.000
Welcome to the kitchen.

00:47.500 --> 00:50.000
Now fold in the <i>marzipan</i>.
"""


def pdf_of(*pages):
    breaks = "<p style='break-after: page'></p>"
    return HTML(string=breaks.join(f"<p>{page}</p>" for page in pages)).write_pdf()


def deck_of(*slides):
    deck, data = Presentation(), io.BytesIO()
    for words in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = words
    deck.save(data)
    return data.getvalue()


def make_film(captions=CAPTIONS, **fields):
    return make_video("Film", captions=ContentFile(captions.encode(), "film.vtt"), **fields)


def make_sheet(data, name, title="Sheet"):
    tool = make_tool(title)
    tool.renditions.create(file=ContentFile(data, name))
    run_jobs(Job.Task.TEXT)
    return tool


def landing(client, words):
    [card] = client.get("/search/", {"q": words}).context["page"]
    return card.landing


def hits(pieces):
    return [piece for piece, hit in pieces if hit]


def test_a_word_of_the_captions_leads_to_its_second(client):
    make_film()
    found = landing(client, "marzipan")
    assert found.address == "/videos/film/?t=47#player"
    assert found.place == "At 0:47"
    assert hits(found.pieces) == ["marzipan"]
    html = client.get("/search/?q=marzipan").content.decode()
    assert '<a href="/videos/film/?t=47#player">At 0:47</a>' in html
    assert "<mark>marzipan</mark>" in html


def test_the_player_starts_at_the_second_without_a_script(client):
    video = make_film(file=ContentFile(files.mp4(), "film.mp4"))
    html = client.get("/videos/film/?t=44").content.decode()
    assert f'<source src="{video.file.url}#t=44" type="video/mp4">' in html
    assert 'rel="canonical" href="http://127.0.0.1:8000/videos/film/"' in html


@pytest.mark.parametrize("asked", ["0", "-1", "x", "90", "99999999999", "²", "1e3", ""])
def test_an_invalid_second_starts_at_the_beginning(client, asked):
    video = make_film(file=ContentFile(files.mp4(), "film.mp4"))
    html = client.get("/videos/film/", {"t": asked}).content.decode()
    assert f'<source src="{video.file.url}" ' in html


def test_a_word_of_a_pdf_leads_to_its_page(client):
    tool = make_sheet(pdf_of("Front", "Middle", "Stop the gurney here."), "sheet.pdf")
    found = landing(client, "gurney")
    [rendition] = tool.renditions.all()
    assert found.address == f"/tools/sheet/{rendition.name}.pdf#page=3"
    assert found.place == "Page 3 of the PDF"
    assert hits(found.pieces) == ["gurney"]


def test_a_word_broken_at_the_end_of_a_line_is_found_whole(client):
    narrow = "<div style='width: 3em'>Infor\u00admation for a Unit-Based Team</div>"
    make_sheet(pdf_of(narrow), "sheet.pdf")
    assert landing(client, "information").place == "Page 1 of the PDF"
    assert landing(client, '"unit based"').place == "Page 1 of the PDF"


def test_a_typo_is_forgiven_in_the_words_of_files_too(client):
    make_film()
    make_sheet(pdf_of("Front", "Stop the gurney here."), "sheet.pdf")
    assert landing(client, "marzipann").place == "At 0:47"
    assert landing(client, "gurnay").place == "Page 2 of the PDF"


def test_a_word_of_a_deck_leads_to_the_tool_and_names_the_slide(client):
    make_sheet(deck_of("Welcome", "Mind the gurney"), "deck.pptx")
    found = landing(client, "gurneys")
    assert (found.address, found.place) == ("/tools/sheet/#get", "Slide 2")


def test_the_first_page_with_the_most_words_is_chosen(client):
    make_sheet(pdf_of("gurney", "brakes", "gurney brakes", "brakes gurney"), "sheet.pdf")
    assert landing(client, "gurney brakes").place == "Page 3 of the PDF"


def test_a_page_with_the_words_in_one_piece_is_chosen_first(client):
    pages = ["Our base camp and team rules: one unit", "x", "What a unit-based team does"]
    make_sheet(pdf_of(*pages), "sheet.pdf")
    assert landing(client, "unit based team").place == "Page 3 of the PDF"


def test_words_that_are_on_the_card_get_no_page(client):
    make_sheet(pdf_of("Gurney", "Gurney brakes"), "sheet.pdf", title="Gurney brakes")
    assert landing(client, "gurney brakes") is None


def test_a_replaced_file_is_no_longer_found_and_the_new_one_is_read(client):
    make_sheet(pdf_of("gurney"), "sheet.pdf")
    [rendition] = Tool.objects.get().renditions.all()
    rendition.file = ContentFile(pdf_of("stretcher"), "sheet.pdf")
    rendition.save()
    run_jobs(Job.Task.TEXT)
    assert landing(client, "stretcher").place == "Page 1 of the PDF"
    assert not client.get("/search/?q=gurney").context["page"].object_list
    assert FileText.objects.count() == 1
    rendition.delete()
    assert not Passage.objects.exists()


def test_a_file_is_read_once_however_often_its_entry_is_saved(client):
    tool = make_sheet(pdf_of("gurney"), "sheet.pdf")
    tool.save()
    assert Job.objects.get(task=Job.Task.TEXT).state == Job.State.DONE
    assert landing(client, "gurney").place == "Page 1 of the PDF"


def test_a_restored_version_is_read_again(client):
    tool = make_sheet(pdf_of("gurney"), "sheet.pdf")
    [rendition] = tool.renditions.all()
    rendition.file = ContentFile(pdf_of("stretcher"), "sheet.pdf")
    rendition.save()
    rendition.restore(rendition.versions.get(number=1))
    run_jobs(Job.Task.TEXT)
    assert landing(client, "gurney").place == "Page 1 of the PDF"


def test_a_word_of_a_word_file_leads_to_the_tool(client):
    make_sheet(files.docx("Mind the gurney"), "sheet.docx")
    assert landing(client, "gurneys").address == "/tools/sheet/#get"


def test_an_entry_with_a_damaged_file_is_still_found(client):
    tool = make_tool("Sheet")
    rendition = tool.renditions.create(file=ContentFile(files.pdf(), "sheet.pdf"))
    Path(rendition.file.path).write_bytes(b"%PDF-1.7 nothing")
    run_waiting_jobs([Job.Task.TEXT])
    assert Job.objects.get(task=Job.Task.TEXT).failure.startswith("“sheet.pdf”")
    assert [r.title for r in client.get("/search/?q=sheet").context["page"]] == ["Sheet"]


def test_captions_with_markup_and_control_characters_are_read_as_words(client):
    make_film("WEBVTT\n\n00:05.000 --> 00:06.000\n<v Ada>Zip &amp; \u202ezap</v>\n")
    assert landing(client, "zip zap").address == "/videos/film/?t=5#player"
