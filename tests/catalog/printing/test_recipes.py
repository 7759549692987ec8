"""A Printable is what an address ending in ".pdf" means. Views and jobs both ask for it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import get_resolver

from catalog.kinds import registered
from catalog.models import Job, PdfOrder
from catalog.printing import store
from catalog.printing.options import PrintOptions
from catalog.printing.orders import make_order
from catalog.printing.recipes import make_in_background, printable_at
from tests.makers import days_ago, make_course, make_tool, make_video
from tests.pdfs import pdf_content, response_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
ADDRESSES = [
    "/new.pdf?kind=tool",
    "/search.pdf?q=huddle",
    "/tools.pdf?sort=title&group=level",
    "/topics/teams.pdf",
    "/audiences/sponsors.pdf",
    "/tags/huddle.pdf",
    "/levels/2.pdf",
    "/path/training.pdf",
    "/path/training/level-2.pdf",
    "/path/plan.pdf?want=sponsoring",
    "/path/check.pdf",
    "/catalog.pdf",
]


@pytest.fixture
def catalog():
    terms = {"topics": ["Teams"], "tags": ["huddle"], "audiences": ["Sponsors"]}
    terms |= {"levels": [2], "dimensions": ["Training"]}
    make_video("A video", **terms)
    make_course("Sponsoring", **terms)
    return make_tool("Huddle cards", **terms)


def pdf_views(resolver):
    """Returns {URL name: view} for every address that ends in ".pdf"."""
    views = {}
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            views |= pdf_views(pattern)
        elif str(pattern.pattern).endswith(".pdf"):
            views[pattern.name] = pattern.callback
    return views


def test_every_pdf_address_except_of_single_entries_has_a_recipe():
    views = pdf_views(get_resolver())
    without = {name for name, view in views.items() if not hasattr(view, "recipe")}
    assert len(views) > 12 and without == {f"{kind.name}-pdf" for kind in registered()}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_job_makes_the_same_pdf_as_a_view(client, catalog, address):
    printable, options = printable_at(address)
    key = make_in_background(printable, options)
    assert printable.address == address
    response = client.get(address)
    assert response["ETag"] == f'"{key}"' and pdf_content(response).text
    assert response_bytes(response) == store.path_of(key).read_bytes()
    again, _options = printable_at(printable.address)
    assert (again.title, again.address) == (printable.title, printable.address)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", PrintOptions()),
        ("paper=a4", PrintOptions(paper="a4")),
        ("text=large&ink=SAVING", PrintOptions(text="large", ink="saving")),
        ("paper=gold", PrintOptions()),
    ],
)
def test_print_options_are_not_part_of_a_printable(catalog, query, options):
    printable, read = printable_at(f"/tools.pdf?{query}")
    assert read == options and printable.address == "/tools.pdf"
    assert printable.address_with(options) == "/tools.pdf" + (options.query and f"?{options.query}")


def test_a_packet_pdf_has_one_address(client, catalog):
    code = catalog.get_short_url().rpartition("/")[2]
    asked = f"/packet.pdf?title=Monday&items={code}&paper=a4"
    printable, options = printable_at(asked)
    assert client.get(asked)["Location"] == printable.address_with(options) != asked
    assert client.get(printable.address_with(options)).status_code == 200


def test_an_order_stores_its_address_its_title_and_what_readers_see(client, catalog):
    client.get("/catalog.pdf")
    order = PdfOrder.objects.get()
    assert (order.address, order.title) == ("/catalog.pdf", "The whole catalog")
    assert order.job.task == Job.Task.PRINT and order.job.name == "The whole catalog"
    make_order(order, lambda percent: None)
    assert store.find_pdf(PdfOrder.objects.get().key)


def test_deleting_an_order_deletes_its_job(client, catalog):
    client.get("/catalog.pdf")
    Job.objects.update(state=Job.State.DONE, beat_at=days_ago(2))
    PdfOrder.objects.forget_ended(days_ago(1))
    assert not PdfOrder.objects.exists()
    assert not Job.objects.filter(task=Job.Task.PRINT).exists()


def test_an_order_of_the_former_version_redirects_to_its_address(client, catalog):
    name = "ab" * 32
    facts = {"title": "Tools", "address": "/tools.pdf?sort=title&paper=a4", "public": "6"}
    store.save_facts(name, facts, "order")
    Job.objects.create(task="print", file=f"{name}/tools.pdf")
    Job.objects.create(task="print", file=f"{'cd' * 32}/tools.pdf")
    import_module("catalog.migrations.0017_pdf_orders").keep_orders(apps, None)
    assert not Job.objects.filter(task="print").exists()
    assert client.get(f"/tools.pdf?order={name}")["Location"] == facts["address"]
