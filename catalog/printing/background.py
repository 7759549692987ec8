"""Large documents: ordered by a reader, made in the background, sent to who waits for them."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.lib.text import clean_values
from catalog.models import Job
from catalog.printing import store
from catalog.printing.documents import PrintOptions
from catalog.printing.responses import (
    answer,
    busy,
    found,
    impossible,
    is_at_work,
    name_at,
    name_of,
    page_beside,
    parts_of,
    waiting,
)
from catalog.search.index import current_index

TRIED_AGAIN_AFTER, FORGOTTEN_AFTER = timedelta(hours=1), timedelta(days=1)
# Orders that wait, in all and of one path, so that nobody's packets keep others from lists; who
# comes then is asked to come again.
MOST_ORDERS, MOST_OF_A_PATH = 30, 15
# Addresses of documents that are made here; a file of a tool has one part more.
PRINTED = re.compile(r"/(?!media/|tools/[^/]+/|admin/).+\.pdf")


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
    look = PrintOptions.read(request.GET).query
    return address + (look and f"{'&' if '?' in address else '?'}{look}")


def asked_address(request):
    """The address of the request without its look."""
    asked = request.GET.copy()
    for name in PrintOptions.CHOICES:
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
    order = store.remembered(name, "order") if re.fullmatch("[0-9a-f]{64}", name) else {}
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
    return int(order["public"], 16) & ~current_index().public()


def ordered_before(address):
    """The name of an order that is not begun yet, so that it becomes what this one would; or None.

    Where the catalog changes from minute to minute, who asks again does not make one more.
    """
    for job in Job.objects.filter(task=Job.Task.PRINT, state=Job.State.WAITING):
        name = job.file.partition("/")[0]
        order = store.remembered(name, "order")
        if order and order["address"] == address and not has_lost(order):
            return name
    return None


def order_of(name):
    return Job.objects.filter(task=Job.Task.PRINT, file__startswith=f"{name}/").first()


def are_too_many_waiting(path):
    jobs = Job.objects.filter(task=Job.Task.PRINT, state=Job.State.WAITING)
    paths = [f"/{file.partition('/')[2]}" for file in jobs.values_list("file", flat=True)]
    return len(paths) >= MOST_ORDERS or paths.count(path) >= MOST_OF_A_PATH


def wanted(name, address, title):
    """The job that makes the document of this address; it is asked for anew where it was done."""
    now, jobs = timezone.now(), Job.objects.filter(task=Job.Task.PRINT)
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.FAILED])
    ended.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()
    ended.filter(file__startswith=f"{name}/", beat_at__lt=now - TRIED_AGAIN_AFTER).again()
    order = {"address": address, "title": title, "public": f"{current_index().public():x}"}
    store.remember(name, order, "order")
    Job.objects.want(None, Job.Task.PRINT, name + parts_of(address)[0], again=True)
    return order_of(name)


def carry_out(name, progress):
    """What a job does: makes the document that was ordered under `name`."""
    order = store.remembered(name, "order")
    if not order:
        raise ValidationError(_("Its order is not on this machine any more."))
    store.remember(name, order | {"public": f"{current_index().public():x}"}, "order")
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
