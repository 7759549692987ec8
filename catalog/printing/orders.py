"""Large PDFs: a reader orders one, a job makes it, and the reader's page waits for it."""

import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone

from catalog.lib.id_sets import IdSet
from catalog.models import Job, PdfOrder
from catalog.printing import responses
from catalog.printing.fingerprint import fingerprint
from catalog.printing.recipes import make_in_background, name_at, printable_at, split_address
from catalog.sandbox.exceptions import Refused
from catalog.search.index import current_index

RETRY_AFTER, FORGET_AFTER = timedelta(hours=1), timedelta(days=1)
# Waiting orders, in all and of one path, so that the packets of one person do not block the lists
# of others. At the limit we ask readers to try again later.
MAX_WAITING, MAX_WAITING_OF_A_PATH = 30, 15
NAME = re.compile("[0-9a-f]{64}")


def send_ordered(request, printable, options):
    """Returns the response with the PDF, or with a page that waits until a job has made it."""
    address = printable.address_with(options)
    path, query = split_address(address)
    name = name_at(path, query)
    if kept := responses.send_kept(request, name):
        return kept
    order = waiting_order(address) or PdfOrder.objects.filter(name=name).first()
    if order is None and is_queue_full(path):
        return responses.busy_page(request, printable.title)
    name = order.name if order else name
    return progress_page(request, place_order(name, address, printable.title))


def waiting_order(address):
    """Returns the order of this address that no worker has started, None if there is none.

    Its PDF will be the same as that of a new order. So a reader who asks again does not add to the
    queue, even if the catalog changes from minute to minute.
    """
    orders = PdfOrder.objects.filter(address=address, job__state=Job.State.WAITING)
    return next((order for order in orders if not has_withdrawals(order)), None)


def is_queue_full(path):
    waiting = PdfOrder.objects.filter(job__state=Job.State.WAITING)
    paths = [split_address(address)[0] for address in waiting.values_list("address", flat=True)]
    return len(paths) >= MAX_WAITING or paths.count(path) >= MAX_WAITING_OF_A_PATH


def place_order(name, address, title):
    """Returns the order of this name, with a job for it. If the job was done, it runs again."""
    now = timezone.now()
    PdfOrder.objects.forget_ended(now - FORGET_AFTER)
    facts = {"address": address, "title": title, "public": public_now().to_bytes()}
    order, _new = PdfOrder.objects.update_or_create(name=name, defaults=facts)
    failed = Job.objects.filter(order=order, state=Job.State.FAILED)
    failed.filter(beat_at__lt=now - RETRY_AFTER).restart()
    Job.objects.enqueue(None, Job.Task.PRINT, name, again=True, order=order)
    return PdfOrder.objects.select_related("job").get(pk=order.pk)


def public_now():
    return current_index().public()


def has_withdrawals(order):
    """Returns whether something that readers could see has been withdrawn since."""
    return bool(IdSet.from_bytes(bytes(order.public)) - public_now())


def answer_order(request):
    """Returns the response for an address that ends in "?order=…", None for an unknown order.

    An order belongs to its path. Its PDF is sent even if the catalog has changed since, but not if
    something was withdrawn, nor if the code that makes documents has changed.
    """
    name = request.GET.get("order", "")
    if not NAME.fullmatch(name):
        return None
    order = PdfOrder.objects.select_related("job").filter(name=name).first()
    if order is None or split_address(order.address)[0] != request.path:
        return None
    if not hasattr(order, "job") or has_withdrawals(order):
        return redirect(order.address)
    if order.job.state != Job.State.DONE:
        return progress_page(request, order)
    is_current = order.made_by == fingerprint()
    sent = responses.send_key(request, order.key, order.title) if is_current else None
    return sent or redirect(order.address)


def progress_page(request, order):
    """Returns a page that says how far the job of an order is. It reloads itself."""
    job = order.job
    if job.state == Job.State.FAILED:
        return responses.failure_page(request, order.title, job.failure, order.address)
    page = responses.page_address(order.address)
    context = {"title": order.title, "job": job, "ahead": job.count_ahead(), "page": page}
    response = responses.waiting_page(request, context, status=202)
    response["Refresh"] += f"; url=?order={order.name}"
    return response


def make_order(order, progress):
    """Makes the PDF of an order, for its job. Raises ValidationError, or TooBusy."""
    order.public, order.made_by = public_now().to_bytes(), fingerprint()
    printable, options = printable_at(order.address)
    try:
        order.key = make_in_background(printable, options, progress)
    except Refused as refused:
        raise ValidationError(responses.SENTENCES[refused.code]) from refused
    order.save()
