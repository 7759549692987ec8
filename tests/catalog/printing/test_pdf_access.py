"""Two PDF/UA-1 checkers and qpdf find no error in any kind of document, with any print options.

To add a kind of document, add a function that makes its rows and returns its address.
"""

import shutil
import subprocess
from itertools import product

import pdfua
import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils.http import int_to_base36

from catalog.models import Job, Resource
from catalog.printing.options import PrintOptions
from tests import files
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video, run_jobs
from tests.pdfs import pdf_content, pdf_ua_errors, response_bytes

pytestmark = pytest.mark.django_db

BODY = (
    "<h2>How to</h2><p>Look <em>twice</em>, says <a href='https://example.org/a'>this</a>.</p>"
    "<ul><li><p>One</p><ul><li>Inner</li></ul></li></ul><ol start='3'><li>Three</li></ol>"
    "<blockquote><p>Said.</p></blockquote><h3>More</h3>"
    "<table><tr><th>Who</th><th>What</th></tr><tr><td>Co-leads</td><td>Ask</td></tr></table>"
)
TERMS = {
    "levels": [2, 3],
    "audiences": ["Co-leads"],
    "dimensions": ["Leadership"],
    "regions": ["Hawaii"],
    "topics": ["Roles"],
    "tags": ["huddle"],
    "summary": "What a team gets from it.",
    "body": BODY,
}


def video():
    cues = [[0, 4, "A test of change."], [4, 9, "Try it."]]
    chapters = [[0, 4, "Why"], [4, 9, "How"]]
    video = make_video(
        "Cake", seconds=89, cues=cues, chapter_cues=chapters, related=[make_tool("Sheet")], **TERMS
    )
    video.image.save("a.png", ContentFile(files.image(size=(640, 360))), save=False)
    video.image_alt = "A cake"
    video.save()
    video.credits.create(role="Produced by", name="Us")
    return video.get_pdf_url()


def tool():
    tool = make_tool("Waste Walk", best_used="At the start.", only_for=["Sponsors"], **TERMS)
    tool.renditions.create(color="bw", file=ContentFile(files.pdf(2), "a.pdf"))
    tool.renditions.create(format="WEB", address="https://files.example.org/a.html")
    run_jobs()
    return tool.get_pdf_url()


def course():
    before, course = make_course("Orientation"), make_course("Workshop", **TERMS)
    course.requirements.create(named_course=before)
    course.requirements.create(text="Goals", type="knowledge", necessity="recommended")
    course.modules.create(title="First half", minutes=120)
    course.follow_ups.create(text="Leading Across Teams")
    make_course("Leadership", levels=[4]).requirements.create(named_course=course)
    return course.get_pdf_url()


def bare_tool():
    return make_tool("Bare").get_pdf_url()


def handout():
    course()
    tool()
    video()
    for number in range(6):
        make_tool(f"Tool {number}", levels=[number % 5 + 1], published=days_ago(number + 2))
    return "/new.pdf"


def topic():
    handout()
    return "/topics/roles.pdf?group=level"


def empty_topic():
    make_topic("Roles")
    return "/topics/roles.pdf"


def search():
    handout()
    return "/search.pdf?q=tool"


def plan():
    course()
    return "/path/plan.pdf?to=3&audience=co-leads"


def action_sheet():
    return "/path/check.pdf"


def action_sheet_of_a_team():
    make_tool("Waste Walk", **TERMS)
    return "/path/check.pdf?check=bkquu"


def catalog_pdf():
    handout()
    return "/catalog.pdf"


def packet_of_sheets():
    make_video("Cake", cues=[[0, 4, "A test of change."]], **TERMS)
    make_course("Workshop", **TERMS)
    left_out = make_tool("Left out", **TERMS)
    left_out.renditions.create(format="WEB", address="https://files.example.org/a.html")
    codes = [int_to_base36(pk) for pk in Resource.objects.values_list("pk", flat=True)]
    return f"/packet.pdf?items={'.'.join(codes)}&title=For+Monday&note-{codes[0]}=Read+it"


KINDS = [video, tool, course, bare_tool, handout, topic, empty_topic, search, plan]
KINDS += [action_sheet, action_sheet_of_a_team, catalog_pdf, packet_of_sheets]
ALL_OPTIONS = [PrintOptions(*names) for names in product(*PrintOptions.CHOICES.values())]


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def responses(request, django_db_setup, django_db_blocker):
    """{print options: response} of one document. It is made once, because tests only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        path = request.param()
        mark = "&" if "?" in path else "?"
        responses = {options: get_pdf(f"{path}{mark}{options.query}") for options in ALL_OPTIONS}
        transaction.set_rollback(True)
    return responses


def get_pdf(address):
    """Returns the response for a reader, with all its bytes. Runs the job if there is one."""
    client = Client()
    response = client.get(address, follow=True)
    if response.status_code == 202:
        run_jobs(Job.Task.PRINT)
        response = client.get(address, follow=True)
    response_bytes(response)
    return response


@pytest.fixture
def pdf_paths(responses, tmp_path):
    """{print options: path of the PDF}"""
    paths = {options: tmp_path / f"{options.query or 'plain'}.pdf" for options in responses}
    for options, path in paths.items():
        path.write_bytes(response_bytes(responses[options]))
    return paths


def errors_of(path):
    """Returns the errors that the checkers find in the PDF."""
    findings = pdfua.validate(path).findings
    errors = [finding.message for finding in findings if finding.severity is pdfua.Severity.ERROR]
    return pdf_ua_errors(path.read_bytes()) + errors


def test_the_checkers_find_no_error(pdf_paths):
    all_errors = {options.query: errors_of(path) for options, path in pdf_paths.items()}
    assert {query: errors for query, errors in all_errors.items() if errors} == {}


def test_the_pdf_has_the_paper_and_the_fonts_and_nothing_is_cut(responses):
    for options, response in responses.items():
        pdf = pdf_content(response)
        short = round(min(pdf.size))
        assert short == {"letter": 612, "a4": 595}[options.paper]
        assert all(pdf.fonts.values())
        assert all("Atkinson" in name for name in pdf.fonts)
        assert pdf.smallest_pt >= {"normal": 7, "large": 16}[options.text]
        assert pdf.right_edge < 0.95
        assert pdf.title


def test_qpdf_finds_no_error_in_the_file(pdf_paths):
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    for path in pdf_paths.values():
        run = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
        assert "No syntax or stream encoding errors" in run.stdout, run.stderr
