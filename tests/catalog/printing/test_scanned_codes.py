"""QR codes on paper and screens, read from a rotated and blurred picture as a phone sees them."""

import io

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image, ImageFilter

from catalog.models import Edition, Job
from tests.makers import make_course, make_tool, make_video, run_jobs
from tests.pdfs import response_bytes

pytestmark = pytest.mark.django_db
SITE = "https://catalog.example.org"
DPI = 200  # an inch: fewer than a ten-year-old phone sees of a whole sheet
MAKERS = {"video": make_video, "tool": make_tool, "course": make_course}


@pytest.fixture(autouse=True)
def site_settings(settings, tmp_path):
    settings.PDF_ROOT = tmp_path / "prints"
    settings.SITE_URL = SITE


def read_codes(picture):
    """Returns the texts of the QR codes in a picture, after rotating and blurring it."""
    blurred = picture.convert("L").rotate(4, expand=True, fillcolor=255)
    codes = zxingcpp.read_barcodes(blurred.filter(ImageFilter.GaussianBlur(1.2)))
    return [code.text for code in codes]


def codes_of(response):
    assert response.status_code == 200
    with pypdfium2.PdfDocument(response_bytes(response)) as document:
        pictures = [page.render(scale=DPI / 72).to_pil() for page in document]
    return [text for picture in pictures for text in read_codes(picture)]


@pytest.mark.parametrize("query", ["", "?ink=saving", "?paper=a4&text=large"])
@pytest.mark.parametrize("kind", MAKERS)
def test_the_code_of_a_sheet_leads_to_its_own_version(client, kind, query):
    resource = MAKERS[kind]("Waste Walk")
    number = Edition.objects.filter(resource=resource).latest("number").number
    codes = codes_of(client.get(resource.get_pdf_url() + query))
    assert codes == [f"{SITE}{resource.get_short_url()}/{number}"]


def test_the_code_of_a_list_leads_to_the_list_with_its_day_and_digest(client):
    make_tool("Waste Walk", levels=[2])
    [code] = codes_of(client.get("/new.pdf?kind=tool&level=2"))
    assert code.startswith(f"{SITE}/new/?kind=tool&level=2&list={timezone.localdate():%Y%m%d}-")
    assert "Your print is current" in client.get(code.removeprefix(SITE)).content.decode()


def test_the_code_of_a_plan_leads_to_the_plan(client):
    course = make_course("Sponsoring")
    [code] = codes_of(client.get(f"/path/plan.pdf?want={course.slug}"))
    assert "Your print is current" in client.get(code.removeprefix(SITE)).content.decode()


def test_the_code_of_the_catalog_pdf_leads_to_the_catalog(client):
    make_tool("Waste Walk")
    client.get("/catalog.pdf")
    run_jobs(Job.Task.PRINT)
    [code] = codes_of(client.get("/catalog.pdf"))
    assert "Your print is current" in client.get(code.removeprefix(SITE)).content.decode()


@pytest.mark.parametrize("count", [1, 8, 40])
def test_the_code_of_a_packet_of_any_size_leads_to_the_packet(client, count):
    tools = [make_tool(f"Tool {number}") for number in range(count)]
    items = ".".join(tool.get_short_url().rpartition("/")[2] for tool in tools)
    address = f"/packet.pdf?items={items}&title=For+the+huddle"
    if client.get(address).status_code == 202:
        run_jobs(Job.Task.PRINT)
    code = codes_of(client.get(address))[0]
    page = client.get(code.removeprefix(SITE)).content.decode()
    assert "Your print is current" in page and all(tool.title in page for tool in tools)


def test_the_code_of_a_packet_can_be_read_from_a_screen(live_server, page, settings):
    settings.SITE_URL = live_server.url
    tools = [make_tool(f"Tool {number}") for number in range(40)]
    items = ".".join(tool.get_short_url().rpartition("/")[2] for tool in tools)
    page.goto(f"{live_server.url}/packet/?items={items}")
    code = page.locator("#packet-code svg[role=img]")
    code.scroll_into_view_if_needed()
    [text] = read_codes(Image.open(io.BytesIO(code.screenshot())))
    assert text == f"{live_server.url}/packet/?items={items}"


def test_the_code_of_a_printed_list_has_its_day(live_server, page, settings):
    settings.SITE_URL = live_server.url
    tools = [make_tool(f"Tool {number}") for number in range(12)]
    items = ".".join(tool.get_short_url().rpartition("/")[2] for tool in tools)
    page.goto(f"{live_server.url}/packet/?items={items}")
    with pypdfium2.PdfDocument(page.pdf(format="Letter")) as document:
        pictures = [sheet.render(scale=DPI / 72).to_pil() for sheet in document]
    [text] = [text for picture in pictures for text in read_codes(picture)]
    assert text.startswith(f"{live_server.url}/packet/?items={items}&list=")
    page.goto(text)
    assert "Your print is current" in page.inner_text("main")
