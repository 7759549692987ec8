import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.files import validators
from catalog.models import Rendition, Video
from catalog.models.tool import FORMATS, extension
from tests import files
from tests.admin import sign_in_as_root

EDITORIAL = Path(__file__).resolve().parents[3] / "editorial"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
PDF, PPTX, MP4, PNG = files.pdf(), files.pptx(), files.mp4(), files.image()
WEBM = b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x86\x81\x01B\x82\x84webm" + b"x" * 40
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HUGE = files.image(size=(9000, 7000))


def refusal(check, name, content):
    """Returns the one sentence with which `check` refuses a new file; "" if it accepts it."""
    file = ContentFile(content, name)
    try:
        check(file)
    except ValidationError as error:
        assert len(error.messages) == 1
        return error.messages[0]
    assert file.tell() == 0
    return ""


@pytest.mark.parametrize(
    "check, name, content",
    [
        (validators.check_image, "a.jpg", files.image("JPEG")),
        (validators.check_image, "a.JPEG", files.image("JPEG")),
        (validators.check_image, "a.png", PNG),
        (validators.check_image, "a.webp", files.image("WEBP")),
        (validators.check_document, "a.pdf", PDF),
        (validators.check_document, "a.pptx", PPTX),
        (validators.check_document, "a.docx", files.office("word")),
        (validators.check_document, "a.xlsx", files.office("xl")),
        (validators.check_document, "a.ppt", files.ole_office("ppt")),
        (validators.check_document, "a.tif", files.image("TIFF")),
        (validators.check_video, "a.mp4", MP4),
        (validators.check_captions, "a.vtt", files.CAPTIONS.encode()),
        (
            validators.check_captions,
            "a.vtt",
            b"\xef\xbb\xbf" + files.CAPTIONS.replace("\n", "\r\n").encode(),
        ),
    ],
)
def test_a_good_file_is_accepted(check, name, content):
    assert refusal(check, name, content) == ""


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("a.pdf", b"", "“a.pdf” is empty."),
        ("a.pdf", b"<html><script>alert(1)</script>", "“a.pdf” is not a PDF."),
        ("a.pdf", PNG, "“a.pdf” is not a PDF."),
        ("a.pdf", b"<html>" + PDF, "“a.pdf” is not a PDF."),
        ("a.pdf", PDF[:-60], "“a.pdf” is not complete. Save or download it again."),
        (
            "a.pdf",
            b"%PDF-1.7\nnothing in it\n%%EOF",
            "“a.pdf” does not open as a PDF. It may be damaged.",
        ),
        (
            "a.pdf",
            files.encrypted_pdf(),
            "“a.pdf” is locked with a password. Save it without one.",
        ),
        (
            "a.docx",
            OLE,
            "“a.docx” has a password or an old format. Save it as a new file without a password.",
        ),
        (
            "a.docx",
            PPTX,
            "“a.docx” is not the kind of Office file that its ending says. Save it again.",
        ),
        ("a.pptx", PPTX[:5000], "“a.pptx” does not open as an Office file. It may be damaged."),
        (
            "a.pptx",
            PPTX[:3000] + b"\x00" * 400 + PPTX[3400:],
            "“a.pptx” does not open as an Office file. It may be damaged.",
        ),
        (
            "a.docx",
            files.office("word", **{"word/vbaProject.bin": b"x"}),
            "“a.docx” contains macros. Save it without them.",
        ),
        ("a.ppt", PPTX, "“a.ppt” is not an Office file."),
        (
            "a.ppt",
            files.ole_office("xls"),
            "“a.ppt” is not the kind of Office file that its ending says. Save it again.",
        ),
        ("a.jpg", PNG, "“a.jpg” does not open as a picture. It may be damaged."),
        ("a.png", PNG[:-30], "“a.png” does not open as a picture. It may be damaged."),
        ("a.tif", HUGE, "“a.tif” does not open as a picture. It may be damaged."),
        ("a.png", HUGE, "“a.png” has more than 40 million pixels. Make it smaller."),
        (
            "a.svg",
            SVG,
            "“a.svg” cannot be uploaded. Choose a file that ends in: "
            "pdf, pptx, docx, xlsx, ppt, doc, xls, jpg, jpeg, png, webp, gif, tif, tiff.",
        ),
    ],
)
def test_a_bad_document_is_refused_in_one_sentence(name, content, sentence):
    assert refusal(validators.check_document, name, content) == sentence


@pytest.mark.parametrize("name", ["a.html", "a.pdf.exe", "a", ".pdf", "a.pdf.", "a.php", "a.svgz"])
def test_no_other_ending_is_accepted(name):
    for check in (validators.check_document, validators.check_image, validators.check_video):
        assert "cannot be uploaded" in refusal(check, name, PDF)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_an_image_that_is_cut_off_is_refused(format):
    name = f"a.{format.lower()}"
    content = files.image(format, size=(400, 300))
    assert refusal(validators.check_image, name, content) == ""
    assert "damaged" in refusal(validators.check_image, name, content[: len(content) // 2])


def test_an_image_with_too_many_pixels_is_refused_before_decoding():
    """The header of a small PNG states 200,000 × 200,000 pixels."""
    header = b"IHDR" + (200_000).to_bytes(4, "big") * 2 + PNG[24:29]
    content = PNG[:12] + header + zlib.crc32(header).to_bytes(4, "big") + PNG[33:]
    sentence = refusal(validators.check_image, "a.png", content)
    assert sentence == "“a.png” has more than 40 million pixels. Make it smaller."


def test_an_office_file_that_unpacks_to_too_much_is_refused():
    content = files.office("ppt", **{"ppt/media/a.png": b"\x00" * 20_000_000})
    assert "is far too large" in refusal(validators.check_document, "a.pptx", content)


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setitem(validators.MAX_BYTES, "document", 0)
    assert refusal(validators.check_document, "a.pdf", PDF) == "“a.pdf” is larger than 0 MB."


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("a.mp4", b"", "“a.mp4” is empty."),
        (
            "a.mp4",
            b"<html>",
            "“a.mp4” is not a video in the format that its ending says. Export it as MP4.",
        ),
        (
            "a.mp4",
            WEBM,
            "“a.mp4” is not a video in the format that its ending says. Export it as MP4.",
        ),
        ("a.mp4", MP4[:-1], "“a.mp4” is not complete. Save or download the video again."),
        ("a.mp4", MP4[:30], "“a.mp4” is not complete. Save or download the video again."),
        ("a.mp4", files.mp4_boxes(), "“a.mp4” has no moving picture in it."),
        (
            "a.webm",
            b"\x1aE\xdf\xa3matroska",
            "“a.webm” is not a video in the format that its ending says. Export it as MP4.",
        ),
        ("a.mov", MP4, "“a.mov” cannot be uploaded. Choose a file that ends in: mp4, webm."),
    ],
)
def test_a_bad_video_is_refused_in_one_sentence(name, content, sentence):
    assert refusal(validators.check_video, name, content) == sentence


@pytest.mark.parametrize(
    "text, sentence",
    [
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHi",
            "is not WebVTT. Its first line must say WEBVTT.",
        ),
        (
            f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'x' * 61}",
            "line 4 has 61 characters. Shorten it to 60 or fewer.",
        ),
        ("WEBVTTX", "is not WebVTT. Its first line must say WEBVTT."),
        ("WEBVTT\n\nHi", "has no captions."),
        (
            "WEBVTT\n\n0:1.0 --> 0:2.0\nHi",
            "write line 3 like this: 00:01:05.000 --> 00:01:08.500.",
        ),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nHi", "the times in line 3 are out of order."),
        (
            "WEBVTT\n\n00:02.000 --> 00:03.000\nHi\n\n00:01.000 --> 00:04.000\nYou",
            "the times in line 6 are out of order.",
        ),
    ],
)
def test_bad_captions_are_refused_with_their_line_number(text, sentence):
    assert refusal(validators.check_captions, "a.vtt", text.encode()).endswith(sentence)


def test_captions_must_be_utf_8():
    content = files.CAPTIONS.replace("two", "zwölf").encode("latin-1")
    assert (
        refusal(validators.check_captions, "a.vtt", content)
        == "“a.vtt” is not saved as UTF-8 text. Save it as UTF-8."
    )


@given(
    st.binary(max_size=200), st.sampled_from([b"", PDF, PPTX, MP4, PNG, b"%PDF-", b"PK\x03\x04"])
)
@settings(max_examples=100, deadline=None)
def test_no_bytes_crash_a_check(tail, head):
    for name in ("a.pdf", "a.pptx", "a.png", "a.ppt"):
        refusal(validators.check_document, name, head[: len(head) // 2] + tail)
    refusal(validators.check_video, "a.mp4", head + tail)
    refusal(validators.check_captions, "a.vtt", tail)


def test_a_stored_file_is_not_checked_again():
    """The file may be large or lost. Saving the entry must still work."""
    video = Video(file="videos/lost.mp4", image="videos/lost.webp", captions="videos/lost.vtt")
    for check in (validators.check_video, validators.check_image, validators.check_captions):
        check(video.file)


def test_a_long_name_is_shortened_in_the_sentence():
    sentence = refusal(validators.check_document, "x" * 300 + ".pdf", b"")
    assert sentence == f"“{'x' * 40}…{'x' * 11}.pdf” is empty."


@pytest.mark.parametrize(
    "name, kept",
    [
        ("Poster – Größe (B&W).PDF", "poster-groe-bw.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\posters\\a b.pdf", "cpostersa-b.pdf"),
        ("\u202efdp.\x00a\x0b.pdf", "fdpa.pdf"),
        ("海報.pdf", "video.pdf"),
        ("x" * 400 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_file_is_kept_under_a_plain_name(name, kept):
    video = Video(kind="video")
    assert validators.file_place(video, name) == f"videos/{video.uid}/{kept}"


def test_a_file_is_read_only_once(monkeypatch):
    calls = []
    monkeypatch.setattr(validators, "ask", lambda what, path, **options: calls.append(what) or {})
    file = Rendition(file=SimpleUploadedFile("a.pdf", PDF)).file
    validators.check_document(file)
    validators.check_document(file.file)
    assert validators.facts_of(file, "documents.read") == {} and calls == ["documents.read"]


def test_captions_may_not_end_after_the_video():
    file = ContentFile(files.CAPTIONS.encode(), "a.vtt")
    assert validators.check_track(file, "captions", 4)["cues"][-1][1] == 5.0
    with pytest.raises(ValidationError, match="go past the end of the video, at 0:03"):
        validators.check_track(file, "captions", 3)


def test_srt_is_accepted_and_becomes_webvtt():
    file = ContentFile(b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "a.srt")
    assert validators.check_track(file, "captions")["vtt"].startswith("WEBVTT\n")


@pytest.mark.parametrize("name", ["a.php.pdf", "a.HTML.pdf", "a.b.js.pdf"])
def test_a_name_with_two_endings_is_refused(name):
    assert "has two endings" in refusal(validators.check_document, name, PDF)


@pytest.mark.parametrize("name", ["5. Huddle.pdf", "v1.2.pdf", "report.final.pdf"])
def test_a_dot_in_a_name_is_not_a_second_ending(name):
    assert refusal(validators.check_document, name, PDF) == ""


def test_an_upload_that_breaks_off_in_its_last_file_saves_nothing(client, db):
    """Django itself would save the form without the file."""
    sign_in_as_root(client)
    head = (
        '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n--x\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    )
    body = head.encode() + MP4[:1000]
    kind = "multipart/form-data; boundary=x"
    response = client.post("/admin/catalog/video/add/", body, content_type=kind)
    assert response.status_code == 400
    assert not Video.objects.exists()


DEMO_CHECKS = {
    ".mp4": validators.check_video,
    ".vtt": validators.check_captions,
    ".webp": validators.check_image,
    ".pdf": validators.check_document,
    ".pptx": validators.check_document,
}


TRACK_CHECKS = {
    "chapters": validators.check_chapters,
    "descriptions": validators.check_descriptions,
}
DEMO_FILES = [path for path in sorted(EDITORIAL.glob("demo/*/*.*")) if path.suffix in DEMO_CHECKS]


@pytest.mark.parametrize("path", DEMO_FILES, ids=lambda path: path.name)
def test_every_file_of_the_demo_is_accepted(path):
    check = TRACK_CHECKS.get(path.name.split(".")[1], DEMO_CHECKS[path.suffix])
    assert refusal(check, path.name, path.read_bytes()) == ""


def test_every_ending_of_a_document_belongs_to_a_format():
    sentence = refusal(validators.check_document, "a.exe", b"MZ")
    endings = sentence.partition("that ends in: ")[2].rstrip(".").split(", ")
    assert {extension(f"a.{ending}") for ending in endings} <= set(FORMATS)
