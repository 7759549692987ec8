"""Rows that break the limits of the forms are still printed, but cut to the limits of print."""

import pytest

from catalog.models import Resource, Tool, Video
from catalog.printing import limits
from catalog.printing.truncation import cut_body
from tests.makers import make_course, make_tool, make_video
from tests.pdfs import pdf_content, pdf_ua_errors

pytestmark = pytest.mark.django_db

CELL = "<td>a</td>"
HOSTILE = {
    "wide span": f"<table><tr><td colspan='100000'>a</td></tr><tr>{CELL}</tr></table>",
    "high span": f"<table><tr><td rowspan='100000'>a</td></tr><tr>{CELL}</tr></table>",
    "nested lists": "<ul><li>a" * 400,
    "nested tables": "<table><tr><td>a" * 100,
    "lines without end": "<pre>" + "a line of a log\n" * 20_000 + "</pre>",
    "columns": f"<table>{'<tr>' + CELL * 3000 + '</tr>'}</table>",
    "rows": f"<table>{('<tr>' + CELL * 3 + '</tr>') * 20_000}</table>",
    "a word": "<p>" + "w" * 1_000_000 + "</p>",
    "long words": "<p>" + ("w" * 80 + " ") * 10_000,
    "paragraphs": "<p>a</p>" * 100_000,
    "tags": "<strong><em>a</em></strong>" * 50_000,
    "half a tag": "<p>a" + "<" * 100_000,
    "script": "<script>alert(1)</script><p onclick='x' style='position:fixed'>a</p>",
    "pictures": "<img src='file:///etc/passwd'><p>a</p><img src='https://example.org/a.png'>",
}
CUT = [
    "long words",
    "lines without end",
    "columns",
    "rows",
    "a word",
    "paragraphs",
    "tags",
    "half a tag",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_sheet_with_a_hostile_body_is_made(client, name):
    tool = make_tool("Waste Walk", summary="What a team gets from it.")
    Resource.objects.filter(pk=tool.pk).update(body=HOSTILE[name])
    response = client.get(tool.get_pdf_url())
    pdf = pdf_content(response)
    assert "What a team gets from it." in pdf.text
    assert "alert" not in pdf.text
    assert pdf.right_edge < 0.95
    has_link = "Read more at 127.0.0.1:8000/tools/waste-walk/" in pdf.text
    assert has_link == (name in CUT)
    if len(pdf.pages) < 10:
        assert pdf_ua_errors(response) == []


def test_the_transcript_and_captions_of_a_video_are_cut(client):
    typed = make_video("Typed", transcript="Word after word. " * 100_000)
    heard = make_video("Heard")
    cues = [[second * 3, second * 3 + 2, "Word after word."] for second in range(50_000)]
    Video.objects.filter(pk=heard.pk).update(cues=cues)
    for video in (typed, heard):
        words = pdf_content(client.get(video.get_pdf_url())).text
        assert "Read more at" in words
        assert words.count("Word after word.") > 1000


@pytest.mark.parametrize("transcript", ["a\n\n" * 100_000, "a\n" * 100_000, "w" * 1_000_000])
def test_a_transcript_of_endless_lines_is_cut(client, transcript):
    video = make_video("Typed")
    Video.objects.filter(pk=video.pk).update(transcript=transcript)
    assert "Read more at" in pdf_content(client.get(video.get_pdf_url())).text


def test_endless_captions_are_cut(client):
    video = make_video("Heard")
    cues = [[second * 9, second * 9 + 1, "a"] for second in range(40_000)]
    Video.objects.filter(pk=video.pk).update(cues=cues)
    assert "Read more at" in pdf_content(client.get(video.get_pdf_url())).text


@pytest.mark.parametrize("text", ["w" * 500_000, "a\n" * 200_000])
def test_overlong_short_texts_are_cut_on_sheets_and_lists(client, text):
    tool = make_tool("Waste Walk")
    texts = ("summary", "audience_text", "duration_text")
    Resource.objects.filter(pk=tool.pk).update(**dict.fromkeys(texts, text))
    Tool.objects.filter(pk=tool.pk).update(best_used=text)
    for address in (tool.get_pdf_url(), "/tools.pdf"):
        pdf = pdf_content(client.get(address))
        assert len(pdf.pages) < 40 and pdf.right_edge < 0.95


@pytest.mark.parametrize("text", ["To ask why.\n" * 20_000, "w" * 1_000_000, "ww " * 300_000])
def test_outcomes_and_enrollment_texts_are_cut(client, text):
    course = make_course("Sponsoring", outcomes="To lead.", enrollment_text="Ask.")
    type(course).objects.filter(pk=course.pk).update(outcomes=text, enrollment_text=text)
    response = client.get(course.get_pdf_url())
    pdf = pdf_content(response)
    assert pdf.text.count("Read more at") == 2 and pdf.right_edge < 0.95
    assert len(pdf.pages) < 30 and pdf_ua_errors(response) == []


def test_a_text_of_usual_length_is_not_changed():
    html = "<h2>Part</h2><p>Words &amp; more <strong>words</strong>.</p><ul><li>One</li></ul>" * 50
    assert cut_body(html) == (html, False)


def test_open_tags_are_closed_after_a_cut(monkeypatch):
    monkeypatch.setattr(limits, "MAX_LETTERS", 6)
    html = "<ul><li><strong>One &amp; two</strong></li><li>Three</li></ul>"
    assert cut_body(html) == ("<ul><li><strong>One </strong></li></ul>", True)


def test_a_row_keeps_its_first_cells(monkeypatch):
    monkeypatch.setattr(limits, "MAX_COLUMNS", 2)
    begin, end = f"<table><tbody><tr>{CELL * 2}", "</tr></tbody></table>"
    html = f"{begin}<td><p>b</p><ul><li>c</li></ul></td>{CELL}{end}"
    assert cut_body(html) == (begin + end, True)
