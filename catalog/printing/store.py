"""Finished PDFs, each kept under a hash of what it was made from; made apart, once for all who ask.

Files in PDF_ROOT, which all processes of the site share:

    pdf/<key>.pdf       what was made; `key` is a hash of the document
    name/<name>.json    which document an address had when the catalog was in one state
    facts/<key>.json    how many pages it has, and what is on which
    bound/<hash>.json   what is known of a tool's PDF that a packet binds
    order/<name>.json   what a reader ordered who waits for a large one
    failed/<key>.json   why a document could not be made; it is not tried again for an hour
    lock/, slot/        who makes what at this moment: locks of the system, gone with their process
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from threading import BoundedSemaphore
from urllib.parse import unquote

from django.conf import settings
from django.core.files.storage import default_storage

from catalog.files.validators import is_local, stored_on_disk
from catalog.printing.fingerprint import fingerprint
from catalog.sandbox.client import ask, sandbox_process
from catalog.sandbox.exceptions import Refused

PRESS = "catalog.printing.render.renderers"
SECONDS, MEGABYTES = 60, 1000  # that one document may take
PATIENCE = 10  # seconds that a request waits for one
LOOK = 0.02  # seconds between two looks whether it is one's turn
HOUR = 60 * 60
SWEPT_EVERY = 5 * 60  # seconds
OLDEST = 7 * 24 * HOUR  # what nobody asked for in this time goes
MOST_BYTES, MOST_FILES = 4 << 30, 20_000  # of each sort; what was asked for last stays
# Of the threads of a process, how many may wait for PDFs: the others still answer pages.
WAITING = BoundedSemaphore(12)
PICTURE = re.compile(r'<img src="/media/([^"?#]+)"')
MAKERS = {"parts": "packets.make", "files": "bound.make"}


class TooBusy(Exception):
    """Its turn did not come in time, or as many as may already wait."""


def hashed(*facts):
    text = json.dumps([fingerprint(), *facts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# ---- What is kept ----


def folder(name):
    """The folder of one sort, which is made where it is not there."""
    path = Path(settings.PDF_ROOT, name)
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(key):
    return Path(settings.PDF_ROOT, "pdf", f"{key}.pdf")


def kept(key):
    """The path of the PDF of this key, or None; it is known to be in use again."""
    path = path_of(key)
    try:
        os.utime(path)
    except FileNotFoundError:
        return None
    return path


def remember(name, facts, sort="name"):
    """Keeps `facts` of that sort: of the document that an address has now, {"key": …, …}."""
    write(folder(sort) / f"{name}.json", json.dumps(facts).encode())


def remembered(name, sort="name"):
    """What was kept under `name`; {} for nothing. It is known to be in use again."""
    path = Path(settings.PDF_ROOT, sort, f"{name}.json")
    try:
        os.utime(path)
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}


def write(path, content):
    """All of it or nothing, whoever else writes the same."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


def sweep():
    """Removes what was not asked for in a while, or is more than there is room for."""
    mark = folder("") / "swept"
    now = time.time()
    if mark.exists() and now - mark.stat().st_mtime < SWEPT_EVERY:
        return
    mark.touch()
    for sort in ("pdf", "name", "facts", "failed", "order", "bound"):
        seen = [(path, facts) for path in folder(sort).iterdir() if (facts := times_of(path))]
        seen.sort(key=lambda pair: pair[1].st_mtime, reverse=True)
        total = 0
        for place, (path, facts) in enumerate(seen):
            total += facts.st_size
            old = now - facts.st_mtime > OLDEST
            if old or total > MOST_BYTES or place >= MOST_FILES:
                path.unlink(missing_ok=True)


def times_of(path):
    """Those of a file, and its size; None where another process has just removed it."""
    with suppress(FileNotFoundError):
        return path.stat()


# ---- What is made ----


def slots_of_large():
    """The numbers of those that large documents may take: what is small finds one free."""
    return range(max(1, settings.PDF_WORKERS - 1))


def made(key, document, seconds=PATIENCE, slots=None):
    """The path of the document's PDF, when it is its turn and nobody has made it meanwhile.

    `slots` are the numbers of those it may take, where nobody waits for it at this moment. Raises
    TooBusy, or Refused where it cannot be made within its limits.
    """
    check_failed(key)
    until = time.monotonic() + seconds
    with seat(), locked(folder("lock") / key[:3], until):
        return kept(key) or printed(key, document, until, slots)


def printed(key, document, until, slots):
    with press(until, slots) as number:
        path, new = path_of(key), folder("pdf") / f"{key}.{os.getpid()}.new"
        try:
            remember(key, asked(document, new, number), "facts")
            os.replace(new, path)
        except Refused as refused:
            remember(key, {"code": refused.code, "at": time.time()}, "failed")
            raise
        finally:
            new.unlink(missing_ok=True)
        return path


def check_failed(key):
    """Raises again what was raised for this document a while ago."""
    facts = remembered(key, "failed")
    if facts and time.time() - facts["at"] < HOUR:
        raise Refused(facts["code"])


def ask_the_press(what, path, **options):
    """What a function of printing.render says, in its turn; raises TooBusy, or what it raises."""
    with seat(), press(time.monotonic() + PATIENCE) as number:
        return ask(what, path, of=PRESS, number=number, **options)


def asked(document, path, number=0):
    """Has the document made; returns what is known of it: {"pages": …}."""
    what = next((make for sort, make in MAKERS.items() if sort in document), "sheets.make")
    with pictures(document) as media, on_disk(document) as parts:
        document = document | {"media": str(media)} | parts
        limits = {"limit": SECONDS, "megabytes": MEGABYTES}
        return ask(what, path, of=PRESS, number=number, document=document, **limits)


@contextmanager
def on_disk(document):
    """{"parts": …} of a packet, the names of files in the storage made paths; else {}."""
    with ExitStack() as files:
        parts = document.get("parts", [])
        found = [part | {"file": files.enter_context(stored_on_disk(default_storage, part["file"]))}
                 if "file" in part else part for part in parts]  # fmt: skip
        yield {"parts": found} if parts else {}


@contextmanager
def pictures(document):
    """The folder of the uploads, or one with copies of those it shows from another storage."""
    html = "".join(part.get("html", "") for part in [document, *document.get("parts", [])])
    if is_local(default_storage):
        yield default_storage.location
        return
    with tempfile.TemporaryDirectory() as place:
        for name in set(map(unquote, PICTURE.findall(html))):
            copy(name, place)
        yield place


def copy(name, folder):
    """Puts the upload of this name below the folder; dots in it would lead elsewhere."""
    path = Path(folder, name)
    if ".." in path.parts or not default_storage.exists(name):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(name) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def warm(most=1, first=0):
    """Starts processes that make PDFs, before they are asked: `most` from that number on."""
    for number in range(first, min(first + most, settings.PDF_WORKERS)):
        sandbox_process(PRESS, number).warm()


@cache
def presses():
    """The numbers of the processes that this one may ask; the first is taken first."""
    numbers = LifoQueue()
    for number in reversed(range(settings.PDF_WORKERS)):
        numbers.put(number)
    return numbers


@contextmanager
def seat():
    """One of those for threads that wait."""
    if not WAITING.acquire(blocking=False):
        raise TooBusy
    try:
        yield
    finally:
        WAITING.release()


@contextmanager
def press(until, slots=None):
    """The number of one that nobody else asks, in a slot; who waits for it is in none."""
    if slots:
        time.sleep(2 * LOOK)  # a reader who waits for the same slot takes it first
    try:
        number = presses().get(timeout=max(0, until - time.monotonic()))
    except Empty:
        raise TooBusy from None
    try:
        with slot(until, slots or range(settings.PDF_WORKERS)):
            warm(first=number + 1)  # for who comes meanwhile: it takes a second to begin
            yield number
    finally:
        presses().put(number)


@contextmanager
def locked(path, until):
    """One process or thread at a time; raises TooBusy where it is not this one's turn by then."""
    with path.open("w") as file:
        while not try_lock(file):
            if time.monotonic() > until:
                raise TooBusy
            time.sleep(LOOK)
        yield


@contextmanager
def slot(until, numbers):
    """One of the slots of this machine: as many documents are made at once as there are."""
    files = [(folder("slot") / str(number)).open("w") for number in numbers]
    try:
        while not any(map(try_lock, files)):
            if time.monotonic() > until:
                raise TooBusy
            time.sleep(LOOK)
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
