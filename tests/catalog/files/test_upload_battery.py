"""Bad uploads, sent as an editor sends them: each gets one sentence and leaves nothing behind."""

import io
import shutil
import tempfile

import pytest
from PIL import Image

from catalog.models import Job, Rendition, Resource, Tool, Video
from catalog.sandbox.client import ask, sandbox_process
from tests import files
from tests.admin import add_row, add_url, errors_in, form_data, parse_page, sign_in
from tests.catalog.files.typed import TYPED

pytestmark = pytest.mark.django_db
PDF, PPTX, DOCX, PNG = files.pdf(), files.pptx(1), files.docx("Hello"), files.image()
JPEG, GIF, WEBP = files.image("JPEG"), files.animated_image(), files.image("WEBP")
ZIP, MP4 = files.office(), files.mp4()
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><title>a</title><script>alert(1)</script>"
JS = b"fetch('/admin/').then(page => page.text()).then(alert)"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
# A WebM video that breaks off where its segment begins.
WEBM = b"\x1aE\xdf\xa3\x87B\x82\x84webm\x18S\x80g\x01\0\0\0\0\0\xff\xff" + b"x" * 99
GOOD_CAPTIONS = files.VIDEO_PATH.with_suffix(".vtt")
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"

NOT_PDF = "is not a PDF."
BAD_PICTURE = "does not open as a picture. It may be damaged."
BAD_OFFICE = "does not open as an Office file. It may be damaged."
NOT_VIDEO = "is not a video in the format that its ending says. Export it as MP4."
CUT_PDF = "is not complete. Save or download it again."
CUT_VIDEO = "is not complete. Save or download the video again."
DATA_AFTER_PICTURE = "has extra data after the picture. Open it and save it again."
BAD_PDF = "does not open as a PDF. It may be damaged."
VIDEO_ENDINGS, IMAGE_ENDINGS = "mp4, webm", "jpg, jpeg, png, webp, gif"
DOCUMENT_ENDINGS = f"pdf, pptx, docx, xlsx, ppt, doc, xls, {IMAGE_ENDINGS}, tif, tiff"


def wrong_ending(endings):
    return f"cannot be uploaded. Choose a file that ends in: {endings}."


def two_endings(inner, outer):
    return f"has two endings, .{inner} and .{outer}. Rename it to have one."


def plain_picture(mode, size):
    data = io.BytesIO()
    Image.new(mode, size).save(data, "PNG")
    return data.getvalue()


def audio_only():
    """Returns a real video without its video track."""
    return MP4.replace(b"trak", b"free", 1)


def cut(content, *, ends=(-1,)):
    """Returns `content` cut off near its beginning, in its middle and near its end."""
    return [content[:end] for end in (9, len(content) // 2, *ends)]


DOCUMENT_CASES = [
    ("a.pdf", SVG, NOT_PDF),
    ("a.pdf", HTML, NOT_PDF),
    ("a.pdf", JS, NOT_PDF),
    ("a.png", SVG, BAD_PICTURE),
    ("a.png", HTML, BAD_PICTURE),
    ("a.png", JS, BAD_PICTURE),
    ("a.pdf", b"", "is empty."),
    ("a.pdf", HTML + PDF, NOT_PDF),
    ("a.pdf", PDF + ZIP, "has extra data after its end. Open it and save it again."),
    ("a.pdf", ZIP + PDF, NOT_PDF),
    ("a.png", PNG + HTML, DATA_AFTER_PICTURE),
    ("a.gif", b"GIF89a/*" + GIF[8:] + b"*/=alert(1)", DATA_AFTER_PICTURE),
    ("a.gif", GIF + b"*/=1;alert(1)", DATA_AFTER_PICTURE),
    ("a.jpg", JPEG + ZIP, DATA_AFTER_PICTURE),
    ("a.docx", PDF, BAD_OFFICE),
    ("a.exe", b"MZ", wrong_ending(DOCUMENT_ENDINGS)),
    ("a.svg", SVG, wrong_ending(DOCUMENT_ENDINGS)),
    ("a.pdf.exe", PDF, wrong_ending(DOCUMENT_ENDINGS)),
    ("a.html.pdf", PDF, two_endings("html", "pdf")),
    ("a.PHP.pdf", PDF, two_endings("PHP", "pdf")),
    ("a.svg.png", PNG, two_endings("svg", "png")),
    *(("a.pdf", part, CUT_PDF) for part in cut(PDF, ends=(-8,))),
    *(("a.pptx", part, BAD_OFFICE) for part in cut(PPTX)),
    *(("a.docx", part, BAD_OFFICE) for part in cut(DOCX)),
    *(("a.xlsx", part, BAD_OFFICE) for part in cut(files.office("xl"))),
    (
        "a.png",
        plain_picture("1", (12_000, 12_000)),
        "has more than 40 million pixels. Make it smaller.",
    ),
    ("a.pptx", files.zip_bomb, "is far too large when it is unpacked. It may be damaged."),
    ("a.pdf", files.looping_pdf(), BAD_PDF),
    (
        "a.pdf",
        files.pdf_from_objects(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 3>>"),
        BAD_PDF,
    ),
    ("a.pdf", files.encrypted_pdf(), "is locked with a password. Save it without one."),
    (
        "a.docx",
        files.office("word", **{"word/vbaProject.bin": b"x"}),
        "contains macros. Save it without them.",
    ),
    ("a.docx", OLE, "has a password or an old format. Save it as a new file without a password."),
    (
        "a.docx",
        PPTX,
        "is not the kind of Office file that its ending says. Save it again.",
    ),
    ("a.doc", DOCX, "is not an Office file."),
]
IMAGE_CASES = [
    *(("a.png", content, BAD_PICTURE) for content in (SVG, HTML, JS, PDF, JPEG)),
    ("a.svg", SVG, wrong_ending(IMAGE_ENDINGS)),
    ("a.js.png", PNG, two_endings("js", "png")),
    ("a.png", PNG + HTML, DATA_AFTER_PICTURE),
    ("a.jpg", JPEG + ZIP, DATA_AFTER_PICTURE),
    ("a.gif", GIF + b"*/=1;alert(1)", DATA_AFTER_PICTURE),
    *(("a.png", part, BAD_PICTURE) for part in cut(PNG)),
    *(("a.jpg", part, BAD_PICTURE) for part in cut(JPEG)),
    *(("a.gif", part, BAD_PICTURE) for part in cut(GIF)),
    *(("a.webp", part, BAD_PICTURE) for part in cut(WEBP)),
    (
        "a.png",
        files.png_header(12_000, 12_000),
        "has more than 40 million pixels. Make it smaller.",
    ),
]
VIDEO_CASES = [
    ("a.mp4", HTML, NOT_VIDEO),
    ("a.mov", MP4, wrong_ending(VIDEO_ENDINGS)),
    ("a.webm", MP4, NOT_VIDEO),
    ("a.mp4", WEBM, NOT_VIDEO),
    ("a.mp4", files.mp4_boxes(), "has no moving picture in it."),
    ("a.mp4", audio_only(), "has no moving picture in it."),
    *(("a.mp4", part, CUT_VIDEO) for part in cut(MP4)),
    ("a.webm", WEBM, CUT_VIDEO),
]
CAPTIONS_CASES = [
    ("a.vtt", files.CAPTIONS.encode("utf-16"), "is saved as UTF-16 text. Save it as UTF-8."),
    ("a.vtt", files.CAPTIONS.encode("utf-16-le"), "is saved as UTF-16 text. Save it as UTF-8."),
    ("a.srt", files.CAPTIONS.encode("utf-16-be"), "is saved as UTF-16 text. Save it as UTF-8."),
    ("a.vtt", "WEBVTT\n\ngrün".encode("latin-1"), "is not saved as UTF-8 text. Save it as UTF-8."),
    ("a.vtt", HTML, "is not WebVTT. Its first line must say WEBVTT."),
    ("a.vtt", files.CAPTIONS[:9].encode(), "has no captions."),
    ("a.txt", files.CAPTIONS.encode(), wrong_ending("vtt, srt")),
]


def cases(field, rows):
    return [
        pytest.param(field, *case, id=f"{field} {number} {case[0]}")
        for number, case in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def temporary_folder(tmp_path_factory):
    """The folder for temporary files of this process and of the sandbox process."""
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TMPDIR", str(folder))
        patched.setattr(tempfile, "tempdir", str(folder))
        sandbox_process().end()
        yield folder
        sandbox_process().end()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def nothing_stays(client, temporary_folder, media):
    """Signs an editor in. After the test, no row, job, upload or temporary file may be left."""
    sign_in(client, "ann", "Editors")
    yield
    assert not Resource.objects.exists() and not Rendition.objects.exists()
    assert not Job.objects.exists()
    assert not media.exists() or list(media.rglob("*")) == []
    assert list(temporary_folder.rglob("*")) == []


def upload(name, content):
    """Returns an upload with this name, which may be one that only some browsers send."""
    file = io.BytesIO(content() if callable(content) else content)
    file.name = name
    return file


@pytest.fixture(scope="module")
def blank_forms():
    """What each form sends unchanged: {model: {name: [values]}}. Each form is opened only once."""
    return {}


@pytest.fixture
def answer(client, blank_forms):
    """answer(model, {name: value}) returns the response to the filled-in form of a new entry."""

    def send(model, values, rows=()):
        page = add_url(model)
        if model not in blank_forms:
            blank_forms[model] = form_data(client.get(page))
        owner = {"owner": str(client.session["_auth_user_id"])}
        filled = blank_forms[model] | TYPED | owner | values | {"_save": "1"}
        for row in rows:
            add_row(filled, *row)
        return client.post(page, filled, follow=True)

    return send


def answer_to(answer, field, file):
    """Returns (the response to a form with `file` in that field, the field's name in the page)."""
    if field == "renditions":
        return answer(Tool, {}, [(field, {"file": file})]), "renditions-0-file"
    return answer(Video, {"image_alt": "A board", field: file}), field


def field_of_error(response):
    """Returns (the one line of the error list, the name of the field that it links to)."""
    page = parse_page(response)
    [line] = page.xpath("//ul[@class='field-errors']/li")
    target = page.get_element_by_id(line.find("a").get("href")[1:])
    return line.text_content(), target.get("name")


@pytest.mark.parametrize(
    "field, name, content, sentence",
    [
        *cases("renditions", DOCUMENT_CASES),
        *cases("image", IMAGE_CASES),
        *cases("file", VIDEO_CASES),
        *cases("captions", CAPTIONS_CASES),
    ],
)
def test_a_bad_upload_gets_one_sentence(answer, field, name, content, sentence):
    response, field_name = answer_to(answer, field, upload(name, content))
    assert (response.status_code, response.redirect_chain) == (200, [])
    assert errors_in(response) == [f"“{name}” {sentence}"]
    on_top, target = field_of_error(response)
    assert on_top.endswith(f": “{name}” {sentence}") and target == field_name
    kept = form_data(response)
    assert {key: kept[key] for key in TYPED} == {key: [text] for key, text in TYPED.items()}
    assert ask("captions.read", GOOD_CAPTIONS, ending="vtt")["cues"]


@pytest.mark.parametrize(
    "name, shown",
    [
        ("..\\..\\a.pdf", "a.pdf"),
        ("..&#x2F;..&#x2F;a.pdf", "a.pdf"),
        ("C:\\fakepath\\a.pdf", "a.pdf"),
        ("<script>alert(1)<.pdf", "<script>alert(1)<.pdf"),
        ("\u202efdp.a\x07\x1b.pdf", "fdp.a.pdf"),
        ("x" * 400 + ".pdf", "x" * 40 + "…" + "x" * 11 + ".pdf"),
        ("a." + "x" * 400, "a.xxxxx"),
        ("海" * 80 + ".pdf", "海" * 40 + "…" + "海" * 11 + ".pdf"),
    ],
    ids=["back", "escaped", "windows", "tag", "invisible", "long", "long-ending", "long-wide"],
)
def test_the_error_shows_only_the_last_part_of_a_strange_name(answer, name, shown):
    response, _field = answer_to(answer, "renditions", upload(name, HTML))
    [sentence] = errors_in(response)
    assert sentence.startswith(f"“{shown}")


def test_a_name_that_is_a_path_cannot_move_a_good_file_elsewhere(answer, media):
    """This is the only upload in this file that is accepted, so the test removes it itself."""
    answer_to(answer, "renditions", upload("..&#x2F;..&#x2F;" + "x" * 230 + ".pdf", PDF))
    tool = Tool.objects.get()
    assert [path.relative_to(media).as_posix() for path in media.rglob("*.*")] == [
        f"tools/{tool.uid}/{'x' * 80}.pdf"
    ]
    tool.delete()
    shutil.rmtree(media)


def test_several_bad_files_each_get_a_sentence(answer):
    chosen = {
        "image": upload("a.png", HTML),
        "file": upload("a.mp4", MP4[:-1]),
        "captions": upload("a.vtt", b"\xff\xfea"),
    }
    response = answer(Video, chosen | {"image_alt": "A board"})
    assert errors_in(response) == [
        f"“a.mp4” {CUT_VIDEO}",
        "“a.vtt” is saved as UTF-16 text. Save it as UTF-8.",
        f"“a.png” {BAD_PICTURE}",
    ]
