"""Runs the processes that lay out PDFs. A machine runs a few at once, and makes each PDF only once.

Each is a sandbox process with limits of time and memory. Locks in PDF_ROOT say which process makes
what. The system frees the locks of a process that ends.
"""

import fcntl
import os
import re
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from threading import BoundedSemaphore
from urllib.parse import unquote

from django.conf import settings
from django.core.files.storage import default_storage

from catalog.files.validators import is_local, stored_on_disk
from catalog.printing import limits, store
from catalog.sandbox.client import ask, sandbox_process
from catalog.sandbox.exceptions import Refused

RENDERERS = "catalog.printing.render.renderers"
TIMEOUT_S = 10  # for a request that waits for a PDF
# For a job. It is less than jobs.queue.STALE_AFTER, because a waiting job shows no progress.
LARGE_TIMEOUT_S = 300
POLL_S = 0.02  # between two tries to get a lock
# How many threads of a process may wait for PDFs. The other threads still answer pages.
WAITING_SEATS = BoundedSemaphore(12)
IMAGE = re.compile(r'<img src="/media/([^"?#]+)"')
# The function that makes a document with this part; document_pdf.make makes the rest.
MAKE_FUNCTIONS = {"parts": "packet_pdf.make", "files": "catalog_pdf.make"}


class TooBusy(Exception):
    """No worker became free in time, or too many threads are waiting already."""


def make_pdf(key, document, timeout_s=TIMEOUT_S, slots=None):
    """Returns the path of the document's PDF. Makes it unless another thread or process just did.

    `slots` are the numbers of the slots that it may use, all by default. Raises TooBusy, or Refused
    if the PDF cannot be made within the limits.
    """
    check_failure(key)
    until = time.monotonic() + timeout_s
    with waiting_seat(), file_lock(store.folder("lock") / key[:3], until):
        return store.find_pdf(key) or lay_out(key, document, until, slots)


def slots_of_large():
    """Returns the slots that large documents may use. One stays free for small documents."""
    return range(max(1, settings.PDF_WORKERS - 1))


def check_failure(key):
    """Raises Refused if this document could not be made within the last hour."""
    facts = store.load_facts(key, "failed")
    if facts and time.time() - facts["at"] < store.HOUR_S:
        raise Refused(facts["code"])


def lay_out(key, document, until, slots):
    with free_worker(until, slots) as number:
        path, new = store.path_of(key), store.folder("pdf") / f"{key}.{os.getpid()}.new"
        try:
            store.save_facts(key, run_worker(document, new, number), "facts")
            os.replace(new, path)
        except Refused as refused:
            store.save_facts(key, {"code": refused.code, "at": time.time()}, "failed")
            raise
        finally:
            new.unlink(missing_ok=True)
        return path


def run_worker(document, path, number=0):
    """Writes the PDF of a document to `path`. Returns its facts: {"pages": …}."""
    function = next((make for part, make in MAKE_FUNCTIONS.items() if part in document),
                    "document_pdf.make")  # fmt: skip
    with media_folder(document) as media, parts_on_disk(document) as parts:
        document = document | {"media": str(media)} | parts
        most = {"limit": limits.LAYOUT_S, "megabytes": limits.LAYOUT_MEGABYTES}
        return ask(function, path, of=RENDERERS, number=number, document=document, **most)


def ask_worker(function, path, **options):
    """Returns what a function of printing.render returns. Raises its errors, or TooBusy."""
    with waiting_seat(), free_worker(time.monotonic() + TIMEOUT_S) as number:
        return ask(function, path, of=RENDERERS, number=number, **options)


@contextmanager
def parts_on_disk(document):
    """Yields {"parts": …} of a packet, with paths instead of storage names; {} for others."""
    with ExitStack() as files:
        parts = document.get("parts", [])
        on_disk = [
            part | {"file": files.enter_context(stored_on_disk(default_storage, part["file"]))}
            if "file" in part
            else part
            for part in parts
        ]
        yield {"parts": on_disk} if parts else {}


@contextmanager
def media_folder(document):
    """Yields the folder of uploads.

    If the storage is remote, it is a folder with copies of the images that the document shows.
    """
    html = "".join(part.get("html", "") for part in [document, *document.get("parts", [])])
    if is_local(default_storage):
        yield default_storage.location
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in set(map(unquote, IMAGE.findall(html))):
            copy_upload(name, folder)
        yield folder


def copy_upload(name, folder):
    """Copies an upload into the folder, unless its name leads out of it."""
    path = Path(folder, name)
    if ".." in path.parts or not default_storage.exists(name):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(name) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def warm_up(count=1, first=0):
    """Starts `count` processes from number `first` on, before anybody asks for a PDF."""
    for number in range(first, min(first + count, settings.PDF_WORKERS)):
        sandbox_process(RENDERERS, number).warm()


@cache
def worker_numbers():
    """Returns the queue of free worker numbers. The lowest number is taken first."""
    numbers = LifoQueue()
    for number in reversed(range(settings.PDF_WORKERS)):
        numbers.put(number)
    return numbers


@contextmanager
def waiting_seat():
    """Holds one of the seats for threads that wait. Raises TooBusy if none is free."""
    if not WAITING_SEATS.acquire(blocking=False):
        raise TooBusy
    try:
        yield
    finally:
        WAITING_SEATS.release()


@contextmanager
def free_worker(until, slots=None):
    """Yields the number of a worker that no other thread uses, and holds a slot of this machine."""
    if slots:
        time.sleep(2 * POLL_S)  # lets a reader who waits for the same slot take it first
    try:
        number = worker_numbers().get(timeout=max(0, until - time.monotonic()))
    except Empty:
        raise TooBusy from None
    try:
        with slot_lock(until, slots or range(settings.PDF_WORKERS)):
            # A process takes a second to start, so start the one for the next reader now.
            warm_up(first=number + 1)
            yield number
    finally:
        worker_numbers().put(number)


@contextmanager
def file_lock(path, until):
    """Holds a lock that only one thread can have. Raises TooBusy if it is not free by `until`."""
    with path.open("w") as file:
        while not try_lock(file):
            if time.monotonic() > until:
                raise TooBusy
            time.sleep(POLL_S)
        yield


@contextmanager
def slot_lock(until, numbers):
    """Holds one of the slots of this machine, which limit how many PDFs are made at once."""
    files = [(store.folder("slot") / str(number)).open("w") for number in numbers]
    try:
        while not any(map(try_lock, files)):
            if time.monotonic() > until:
                raise TooBusy
            time.sleep(POLL_S)
        yield
    finally:
        for file in files:
            file.close()


def try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
