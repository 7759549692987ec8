"""What is printed: documents from templates, and the answers that carry them."""

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from urllib.parse import quote, unquote, urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.formats import number_format
from django.utils.html import escape, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import book_parts, paper, prints, turns
from catalog.apart.refused import Refused
from catalog.detail import detail_of
from catalog.handouts import FEWEST_LISTED, groups_of
from catalog.list_prints import dated
from catalog.models import Job
from catalog.prints import TooBusy
from catalog.qr import qr_image
from catalog.search.shelf import shelf
from catalog.text import clean_values

ENTRIES = 60  # of a handout that is made at once: 20 pages, 2 s
MOST_ENTRIES = 500  # of any: 100 pages, 10 s
LONGEST_IN_FOOT = {"normal": 80, "large": 44}  # letters of an address that take one line
AGAIN = 3  # seconds until a page that waits looks again
PATIENCE_OF_LARGE = 300  # seconds; below jobs.LOST, for it is without a sign of life
# What this process found under a name, which never means anything else.
FOUND, MOST_FOUND = {}, 2000
TRIED_AGAIN_AFTER, FORGOTTEN_AFTER = timedelta(hours=1), timedelta(days=1)
BUILDING = Lock()
# Orders that wait, in all and of one path, so that nobody's packets keep others from lists; who
# comes then is asked to come again.
MOST_ORDERS, MOST_OF_A_PATH = 30, 15
SENTENCES = {
    "too_slow": gettext_lazy("It takes longer to lay out than any document we know."),
    "too_much": gettext_lazy("It takes more memory to lay out than any document we know."),
    "unreadable": gettext_lazy("Something in it cannot be laid out."),
}


# Addresses of documents that are made here; a file of a tool has one part more.
PRINTED = re.compile(r"/(?!media/|tools/[^/]+/|admin/).+\.pdf")


# ---- How it is printed ----


@dataclass(frozen=True)
class Look:
    """The paper, the size of the letters and the ink that a reader chose."""

    paper: str = "letter"
    text: str = "normal"
    ink: str = "color"

    CHOICES = {
        "paper": {"letter": gettext_lazy("Letter"), "a4": gettext_lazy("A4")},
        "text": {"normal": gettext_lazy("Normal print"), "large": gettext_lazy("Large print")},
        "ink": {"color": gettext_lazy("Color"), "saving": gettext_lazy("Black and white")},
    }

    @classmethod
    def read(cls, data):
        """From a query; what is not understood is as if it had not been said."""
        asked = {name: data.get(name, "").lower() for name in cls.CHOICES}
        return cls(**{name: it for name, it in asked.items() if it in cls.CHOICES[name]})

    @property
    def query(self):
        """What differs from the usual: "paper=a4"."""
        usual = Look()
        return urlencode({name: getattr(self, name) for name in self.CHOICES
                          if getattr(self, name) != getattr(usual, name)})  # fmt: skip


@contextmanager
def in_turn():
    """One document at a time is written in a process, and none while a page is made."""
    with BUILDING:
        turns.wait_for_pages()
        yield


def document_of(request, template, context, fit=False):
    look = Look.read(request.GET)
    common = {
        "host": host(),
        "printed_on": timezone.localdate(),
        "look": look,
    } | foot_of(look, **context)
    return {
        "html": with_addresses(render_to_string(template, common | context, request)),
        "site": settings.SITE_URL,
        "paper": look.paper,
        "text": look.text,
        "ink": look.ink,
        "fit": fit,
    }


def foot_of(look, address="", short="", **context):
    """The address at the foot of each page, and whether it stands there without its query for want
    of room.
    """
    whole = host() + address
    too_long = len(whole) > LONGEST_IN_FOOT[look.text]
    is_cut = too_long and not short and "?" in address
    foot = f"{whole.partition('?')[0]}?…" if is_cut else short if too_long and short else whole
    return {"foot": mark_safe(breaking(escape(foot))), "is_cut": is_cut}


# As templates/pdf and the sanitiser write a link.
LINK = re.compile(
    r'<a (?P<class>class="web" )?href="(?P<to>[^"]*)"(?: title="[^"]*")?>(?P<words>.*?)</a>',
    re.DOTALL,
)
SCHEME = re.compile(r"^(https?://|mailto:|tel:)")


def with_addresses(html):
    """`html` with the address of each link printed behind its words; not of those with a class.

    Addresses and times go to the next line whole, or where they may break.
    """
    head, end, body = html.partition("</head>")
    return head + end + IN_ONE_PIECE.sub(in_one_piece, LINK.sub(with_address, body))


def with_address(link):
    """The link with plain words: PDF/UA has each element inside a link as a stray link."""
    to, words = link["to"], " ".join(strip_tags(link["words"].replace("<br>", " ")).split())
    if to.startswith(("#", "?")):
        return words
    address = SCHEME.sub("", settings.SITE_URL + to if to.startswith("/") else to)
    if link["class"] or words.rstrip("/") in (address.rstrip("/"), to.rstrip("/")):
        return f'<a class="web" href="{to}">{breaking(words)}</a>'
    return f'<a href="{to}" data-address="{breaking(address)}">{words}</a>'


# Neither is drawn or copied from the PDF.
TIED, PARTED = "\u2060", "\u200b"
SHORT_ADDRESS = re.compile(r"[\w.:-]+/r/\w+(?:/\d+)?")
SIGN = re.compile(r"&amp;|&#?\w+;|[^\w\s/?]")
# "44 h 30–46 h", "5–10 min", and from a number to another one, as in "Levels 2–3".
IN_ONE_PIECE = re.compile(r"\d[\dh– ]{,16}(?:h\b(?: \d\d\b)?|min\b)|(?<=\d)–(?=\d)")


def breaking(address):
    """The words of a link, in HTML, where an address breaks only behind a slash or between the
    parts of a query, and a short one nowhere.

    >>> breaking("a.org/b-c/?d=1&amp;e=2").replace(TIED, "~").replace(PARTED, "|")
    'a~.~org/b~-~c/?d~=~1~&amp;|e~=~2'
    >>> breaking("a.org/r/1m").replace(TIED, "~")
    'a~.~org/~r/~1m'
    """
    if " " in address:
        return address
    tied = SIGN.sub(lambda sign: TIED + sign[0] + (PARTED if sign[0] == "&amp;" else TIED), address)
    return tied.replace("/", f"/{TIED}") if SHORT_ADDRESS.fullmatch(address) else tied


def in_one_piece(run):
    """
    >>> IN_ONE_PIECE.sub(in_one_piece, "44 h 30–46 h + 2").replace(TIED, "~")
    '44\xa0h\xa030~–~46\xa0h + 2'
    """
    return run[0].replace(" ", "\xa0").replace("–", f"{TIED}–{TIED}")


# ---- What is printed ----


def resource_pdf(request, resource):
    """The sheet of one video, tool or course, loaded by for_detail()."""
    with in_turn():
        document = sheet_of(request, resource)
    response = answer(request, document, resource.title)
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def sheet_of(request, resource, **more):
    """The document of one video, tool or course, loaded by for_detail()."""
    context = sheet_context(resource) | more
    return document_of(request, f"pdf/{resource.kind}.html", context, fit=True)


def sheet_context(resource):
    """What the template of a sheet shows; no text of it is longer than paper takes."""
    context = detail_of(paper.shorten(resource))
    short_path = resource.get_print_url()
    body, body_goes_on = paper.body(resource.body)
    outcomes, outcomes_go_on = paper.lines(getattr(resource, "outcomes", ""))
    enrollment, enrollment_goes_on = paper.lines(getattr(resource, "enrollment_text", ""))
    spoken = {
        "paragraphs": context.get("paragraphs", []),
        "transcript": getattr(resource, "transcript", ""),
    }
    return (
        context
        | paper.spoken(**spoken)
        | {
            "resource": resource,
            "title": resource.title,
            "address": resource.get_absolute_url(),
            "short": host() + short_path,
            "qr": qr_image(settings.SITE_URL + short_path),
            "body": body,
            "body_goes_on": body_goes_on,
            "outcomes": outcomes,
            "outcomes_go_on": outcomes_go_on,
            "enrollment": enrollment,
            "enrollment_goes_on": enrollment_goes_on,
        }
    )


def host():
    return settings.SITE_URL.partition("://")[2]


def listing_pdf(request, listing):
    """`listing` as it is filtered and ordered; a long one is made in the background."""

    def document():
        by_level = request.GET.get("group") == "level"
        return document_of(request, "pdf/listing.html", handout_of(listing, by_level))

    if len(listing.ids) > ENTRIES:
        grouped = "group=level" if request.GET.get("group") == "level" else ""
        address = listing.pdf + (grouped and f"{'&' if '?' in listing.pdf else '?'}{grouped}")
        return respond_later(request, listing.full_title, address, document)
    with in_turn():
        made = document()
    return answer(request, made, listing.full_title)


def handout_of(listing, by_level):
    resources = list(map(paper.shorten, listing.for_print(MOST_ENTRIES)))
    return {
        "listing": listing,
        "title": listing.full_title,
        "address": listing.path,
        "count_words": count_words(len(listing.ids)),
        "qr": qr_image(settings.SITE_URL + dated(listing.path, listing.members)),
        "groups": groups_of(listing, resources, by_level),
        "has_contents": len(resources) >= FEWEST_LISTED,
    }


def count_words(total):
    """
    >>> count_words(1234)
    'The first 500 of 1,234'
    """
    if total > MOST_ENTRIES:
        facts = {
            "first": number_format(MOST_ENTRIES, force_grouping=True),
            "total": number_format(total, force_grouping=True),
        }
        return _("The first %(first)s of %(total)s") % facts
    return ngettext("%d result", "%d results", total) % total


# ---- How it is answered ----


def kept_answer(request):
    """The PDF at this address, where it is there, made from the catalog as it is; else None.

    It says under which name the view that makes it has to remember it.
    """
    request.print_name = None
    if not PRINTED.fullmatch(request.path) or request.method not in ("GET", "HEAD"):
        return None
    request.get_host()  # another one than ours is refused here as anywhere
    if "order" in request.GET and (ordered := ordered_answer(request)):
        return ordered
    if settings.SESSION_COOKIE_NAME in request.COOKIES:  # staff may see what others do not
        return None
    request.print_name = name_of(request)
    return found(request, request.print_name)


def found(request, name):
    """What was made under `name`, as an answer; None where it is not there."""
    facts = FOUND.get(name) or prints.remembered(name)
    path = prints.kept(facts["key"]) if facts else None
    if path:
        keep_in_mind(name, facts)
    with suppress(FileNotFoundError):  # swept at this very moment
        return path and sent(request, path, **facts)


def parts_of(address):
    """The path as a request has it, and the query."""
    path, _mark, query = address.partition("?")
    return unquote(path), query


def keep_in_mind(name, facts):
    if len(FOUND) >= MOST_FOUND:
        FOUND.clear()
    FOUND[name] = facts


def name_of(request):
    return name_at(request.path, request.META["QUERY_STRING"])


def name_at(path, query):
    """Of what this address is in the state that the catalog is in today."""
    held = shelf()
    state = [held.stamp.hex(), f"{held.public():x}", timezone.localdate(), settings.SITE_URL]
    return prints.hashed(path, query, *state)


def respond(request, template, context, fit=False):
    """The PDF, or 304 where the reader has it: it is known by what it is made from."""
    with in_turn():
        document = document_of(request, template, context, fit)
    return answer(request, document, context["title"])


def answer(request, document, title):
    key = prints.hashed(document)
    facts = {"key": key, "title": title}
    try:
        path = known_to_reader(request, key) or prints.kept(key) or made(request, key, document)
    except TooBusy:
        if is_at_work(request):
            raise
        return busy(request, title)
    except Refused as refused:
        if is_at_work(request):
            raise ValidationError(SENTENCES[refused.code]) from refused
        return impossible(request, title, SENTENCES[refused.code])
    if name := getattr(request, "print_name", None):
        prints.remember(name, facts)
    return sent(request, path, **facts)


def known_to_reader(request, key):
    """Where the reader has it, it need not be made: any path will do, for none is opened."""
    has_it = get_conditional_response(request, etag=f'"{key}"')
    return prints.path_of(key) if has_it else None


def is_at_work(request):
    """Whether a job asks, which has time and no reader."""
    return getattr(request, "at_work", False)


def made(request, key, document):
    if not is_at_work(request):
        return prints.made(key, document)
    if "chapters" in document:
        document = book_parts.bound(document, PATIENCE_OF_LARGE, request.progress)
    return prints.made(key, document, PATIENCE_OF_LARGE, prints.slots_of_large())


def sent(request, path, key, title):
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag) or file_answer(request, path)
    response["ETag"] = etag
    response["Content-Disposition"] = disposition(title)
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response


def file_answer(request, path):
    if is_at_work(request):  # nobody reads it, nor closes the file
        return HttpResponse()
    if request.method == "HEAD":
        size = str(path.stat().st_size)
        return HttpResponse(content_type="application/pdf", headers={"Content-Length": size})
    return FileResponse(path.open("rb"), content_type="application/pdf")


def disposition(title):
    """Shown in the browser, and under this name when it is kept: letters of any script."""
    plain = slugify(title)[:100] or "catalog"
    full = slugify(title, allow_unicode=True)[:100] or plain
    return f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(full)}.pdf"


def busy(request, title):
    context = {"title": title, "busy": True, "page": page_beside(request.get_full_path())}
    return waiting(request, context, status=503)


def waiting(request, context, status):
    """A page that says what is waited for, and looks again by itself."""
    context |= {"again": AGAIN}
    response = render(request, "catalog/print_wait.html", context, status=status)
    response["Retry-After"] = response["Refresh"] = str(AGAIN)
    response["Cache-Control"] = "no-store"
    return response


def impossible(request, title, sentence, address=None):
    page = page_beside(address or request.get_full_path())
    context = {"title": title, "sentence": sentence, "page": page}
    return render(request, "catalog/print_wait.html", context, status=422)


def page_beside(pdf):
    """The address of the page that the PDF at this address is of; "" where it has none."""
    path, mark, query = pdf.partition("?")
    page = f"{path.removesuffix('.pdf')}/"
    with suppress(Resolver404):
        resolve(unquote(page))
        return page + mark + query
    return ""


# ---- In the background ----


def respond_later(request, title, address, document):
    """A large document: a page that waits until a job has made it, of what `document()` gives.

    `address` is how the site itself writes that of the document; its look comes from the request.
    """
    if is_at_work(request):
        return answer(request, document(), title)
    address = in_look(request, address)
    path, query = parts_of(address)
    name = name_at(path, query)
    if there := found(request, name):
        return there
    name = ordered_before(address) or name
    if not order_of(name) and are_too_many_waiting(path):
        return busy(request, title)
    order = {"title": title, "address": address, "job": wanted(name, address, title)}
    return followed(request, name, order)


def in_look(request, address):
    """`address` with the look of the request."""
    look = Look.read(request.GET).query
    return address + (look and f"{'&' if '?' in address else '?'}{look}")


def asked_address(request):
    """The address of the request without its look."""
    asked = request.GET.copy()
    for name in Look.CHOICES:
        asked.pop(name, None)
    return request.path + (asked and f"?{asked.urlencode()}")


def followed(request, name, order):
    """How far the job of an order is; the page looks again at what was ordered."""
    job, title = order["job"], order["title"]
    if job.state == Job.State.FAILED:
        return impossible(request, title, job.failure, order["address"])
    context = {
        "title": title,
        "job": job,
        "ahead": job.ahead(),
        "page": page_beside(order["address"]),
    }
    response = waiting(request, context, status=202)
    response["Refresh"] += f"; url=?order={name}"
    return response


def ordered_answer(request):
    """What stands at an address that ends in "?order=…": what was ordered at this very path.

    It is good enough for who waits for it, be the catalog another one meanwhile, but not where
    something was withdrawn since. None for an order that nobody knows.
    """
    name = request.GET.get("order", "")
    order = prints.remembered(name, "order") if re.fullmatch("[0-9a-f]{64}", name) else {}
    if not order or parts_of(order["address"])[0] != request.path:
        return None
    job = order_of(name)
    if has_lost(order) or job is None:
        return redirect(order["address"])
    if job.state == Job.State.DONE:
        return found(request, name) or redirect(order["address"])
    return followed(request, name, order | {"job": job})


def has_lost(order):
    """Whether something that readers could see was withdrawn since."""
    return int(order["public"], 16) & ~shelf().public()


def ordered_before(address):
    """The name of an order that is not begun yet, so that it becomes what this one would; or None.

    Where the catalog changes from minute to minute, who asks again does not make one more.
    """
    for job in Job.objects.filter(task=Job.Task.PRINT, state=Job.State.WAITING):
        name = job.file.partition("/")[0]
        order = prints.remembered(name, "order")
        if order and order["address"] == address and not has_lost(order):
            return name
    return None


def order_of(name):
    return Job.objects.filter(task=Job.Task.PRINT, file__startswith=f"{name}/").first()


def are_too_many_waiting(path):
    waiting = Job.objects.filter(task=Job.Task.PRINT, state=Job.State.WAITING)
    paths = [f"/{file.partition('/')[2]}" for file in waiting.values_list("file", flat=True)]
    return len(paths) >= MOST_ORDERS or paths.count(path) >= MOST_OF_A_PATH


def wanted(name, address, title):
    """The job that makes the document of this address; it is asked for anew where it was done."""
    now, jobs = timezone.now(), Job.objects.filter(task=Job.Task.PRINT)
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.FAILED])
    ended.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()
    ended.filter(file__startswith=f"{name}/", beat_at__lt=now - TRIED_AGAIN_AFTER).again()
    order = {"address": address, "title": title, "public": f"{shelf().public():x}"}
    prints.remember(name, order, "order")
    Job.objects.want(None, Job.Task.PRINT, name + parts_of(address)[0], again=True)
    return order_of(name)


def carry_out(name, progress):
    """What a job does: makes the document that was ordered under `name`."""
    order = prints.remembered(name, "order")
    if not order:
        raise ValidationError(_("Its order is not on this machine any more."))
    prints.remember(name, order | {"public": f"{shelf().public():x}"}, "order")
    make_ahead(order["address"], name, progress)


def make_ahead(address, name=None, progress=lambda percent: None):
    """Makes the PDF of an address as if a reader had asked; `name` is what it was ordered as."""
    path, query = parts_of(address)
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META |= {"QUERY_STRING": query, "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.GET = clean_values(QueryDict(query))
    request.at_work, request.progress = True, progress
    request.print_name = name or name_of(request)
    view, args, kwargs = resolve(path)
    view(request, *args, **kwargs)
