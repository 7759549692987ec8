"""Times the files: an upload of 1 GB, a PDF of 200 pages, and pages while 50 people watch a film.

    .venv/bin/python bench/files.py [upload] [pdf] [readers]

Each in one run, on a gunicorn with the project's own gunicorn.conf.py, with a database and a folder
of files that are gone afterwards. Prints Markdown tables; the ratios are what to compare.
"""

import asyncio
import http.client
import http.cookiejar
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MEGABYTE, GIGABYTE = 1 << 20, 1 << 30
FILM = ROOT / "editorial/demo/videos/what-consensus-is.mp4"
PASSWORD = "a word between us"
PATHS = ["/", "/topics/topic-0/"]
READERS, FILM_SIZE = 50, 50 * MEGABYTE
PLAYED = 4_000_000 / 8  # bytes a second
# How they watch: a MB at a time, as fast as it is played, as 50 fill a line of 1 Gbit/s, or as it
# comes; or all at once, read as played.
PACED, FULL, UNPACED = "1 MB at 4 Mbit/s", "1 MB at 20 Mbit/s", "1 MB unpaced"
OPEN = "open at 4 Mbit/s"
RATES = {PACED: PLAYED, FULL: 5 * PLAYED, UNPACED: float("inf"), OPEN: PLAYED}
SECONDS = 12  # of each measurement
LONGEST = 20  # seconds that a page is waited for
ROUNDS = 2
SETTINGS = """
from pathlib import Path
from lmp_site.settings import *
STATIC_ROOT = Path("{folder}/static")
PDF_ROOT = "{folder}/prints"
"""


@contextmanager
def place():
    """A folder with settings that keep all there; this process uses them too."""
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        Path(folder, "bench_settings.py").write_text(SETTINGS.format(folder=folder))
        Path(folder, "media").mkdir()
        Path(folder, "temporary").mkdir()
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "bench_settings",
            "MEDIA_ROOT": f"{folder}/media",
            "PYTHONPATH": f"{ROOT}:{folder}",
            "SECRET_KEY": "a-secret-of-the-bench-that-protects-nothing-0123456789",
            "TMPDIR": f"{folder}/temporary",
        }
        sys.path.insert(0, folder)
        tempfile.tempdir = None
        prepare()
        yield Path(folder)


def prepare():
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    User.objects.create_superuser("root", password=PASSWORD)


class Site:
    """A gunicorn, as `manage.py start` makes it."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        memory = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
        command = [sys.executable, "-m", "gunicorn", "lmp_site.wsgi"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | memory | {"PORT": str(self.port)},
            stdout=subprocess.PIPE,
        )
        self.process.stdout.readline()
        while not self.workers():
            time.sleep(0.1)

    def workers(self):
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True)
        return [int(pid) for pid in found.stdout.split()]

    def end(self):
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def running():
    site = Site()
    try:
        yield site
    finally:
        site.end()


# ---- Memory ----


def memory(pid, name):
    """Megabytes: "VmRSS" now, "VmHWM" the most since reset()."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(rf"{name}:\s+(\d+)", status)  # one that ended has none
    return int(found[1]) / 1024 if found else 0


def reset(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


# ---- A film of 1 GB through the form ----


class Browser:
    def __init__(self, site):
        self.site, self.jar = site, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def form(self, path, data=None):
        """What the largest form of a page sends unchanged."""
        from lxml import html

        with self.opener.open(f"http://127.0.0.1:{self.site.port}{path}", data) as response:
            forms = html.fromstring(response.read()).forms
        return dict(max(forms, key=lambda form: len(form.fields)).form_values())

    def sign_in(self):
        typed = {"username": "root", "password": PASSWORD}
        sent = urllib.parse.urlencode(self.form("/admin/login/") | typed).encode()
        self.form("/admin/login/?next=/admin/catalog/video/add/", sent)

    def send_film(self, title, size):
        """Seconds that the form of a new video took, with a film padded to `size`."""
        values = self.form("/admin/catalog/video/add/") | {"title": title, "_save": "1"}
        length, body = film_form(values, size)
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=600)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
        headers = {
            "Content-Type": "multipart/form-data; boundary=border-of-the-bench",
            "Content-Length": str(length),
            "Cookie": cookies,
        }
        began = time.monotonic()
        connection.request("POST", "/admin/catalog/video/add/", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, f"{answer.status}: the film was refused"
        return time.monotonic() - began


def film_form(values, size):
    """(length, an iterable of the bytes) of the form with a film; never all in memory."""
    head = "--border-of-the-bench\r\nContent-Disposition: form-data; name="
    words = "".join(
        f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in values.items() if value is not None
    )
    begin = f'{words}{head}"file"; filename="film.mp4"\r\n\r\n'.encode()
    end = b"\r\n--border-of-the-bench--\r\n"
    return len(begin) + size + len(end), chain([begin], film_of(size), [end])


def film_of(size):
    """The demo's film, and behind it a box that players pass over."""
    film = FILM.read_bytes()
    room = size - len(film) - 8
    yield film + (room + 8).to_bytes(4, "big") + b"free"
    yield from repeat(bytes(MEGABYTE), room // MEGABYTE)
    yield bytes(room % MEGABYTE)


def upload():
    print("\n| film | seconds | worker before, MB | at most | more | reader of uploads at most |")
    print("|---|---|---|---|---|---|")
    with running() as site:
        browser = Browser(site)
        browser.sign_in()
        for _worker in range(4):  # both have shown the form and taken a film then, most likely
            browser.send_film("A small film", 2 * MEGABYTE)
        for size in (10 * MEGABYTE, 100 * MEGABYTE, GIGABYTE):
            show_upload(site, browser, size)


def show_upload(site, browser, size):
    before = {pid: memory(pid, "VmRSS") for pid in site.workers()}
    for pid in before:
        reset(pid)
    seconds = browser.send_film("A film", size)
    most = {pid: memory(pid, "VmHWM") for pid in before}
    pid = max(before, key=lambda pid: most[pid] - before[pid])
    reader = max((memory(child, "VmHWM") for child in children(before)), default=0)
    print(
        f"| {size >> 20} MB | {seconds:.1f} | {before[pid]:.0f} | {most[pid]:.0f} "
        f"| {most[pid] - before[pid]:.1f} | {reader:.0f} |",
        flush=True,
    )


def children(pids):
    found = subprocess.run(
        ["pgrep", "-P", ",".join(map(str, pids))], capture_output=True, text=True
    )
    return [int(pid) for pid in found.stdout.split()]


# ---- A PDF of 200 pages ----


def long_pdf(pages=200):
    """With forty lines of text on each page."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
    ]
    for number in range(pages):
        lines = (f"({number}.{line} The team takes the huddle card in hand, and asks why.) Tj T*"
                 for line in range(40))  # fmt: skip
        text = f"BT /F 11 Tf 16 TL 60 740 Td {' '.join(lines)} ET".encode()
        parts.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (len(parts) + 2)
        )
        parts.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text))
    kids = " ".join(f"{number} 0 R" for number in range(4, len(parts) + 1, 2))
    parts[1] = f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode()
    from tests.files import pdf_of

    return pdf_of(*parts)


def pdf():
    from django.core.files.base import ContentFile

    from catalog.jobs import queue
    from catalog.models import Job, Rendition
    from tests.makers import make_tool

    tool = make_tool("A long one")
    content = long_pdf()
    began = time.monotonic()
    tool.renditions.create(file=ContentFile(content, "long.pdf"))
    saved = time.monotonic() - began
    print(f"\n| a PDF of 200 pages, {len(content) // 1000} kB | seconds |\n|---|---|")
    print(f"| checked and saved | {saved:.2f} |")
    for task in (Job.Task.PREVIEW, Job.Task.TEXT):
        began = time.monotonic()
        assert queue.run_waiting_jobs([task]) == 1
        print(f"| {task.label} | {time.monotonic() - began:.2f} |")
    failed = tool.jobs.exclude(state=Job.State.DONE)
    assert not failed, list(failed.values_list("task", "failure"))
    assert Rendition.objects.get().preview


# ---- Pages while others watch ----


def fill():
    """Sixty entries in a topic, and a film; returns the path of the film."""
    from django.core.files.base import ContentFile

    from tests.makers import make_course, make_tool, make_video

    for number in range(20):
        for make in (make_video, make_tool, make_course):
            make(f"{make.__name__[5:]} {number}", topics=["Topic 0"], levels=[1 + number % 5])
    content = b"".join(film_of(FILM_SIZE))
    return make_video("Watched", file=ContentFile(content, "film.mp4")).file.url


def readers():
    film = fill()
    print("\n| 50 readers | page | p50 alone, ms | p95 alone | p50 | p95 | ratio | MB/s |")
    print("|---|---|---|---|---|---|---|---|")
    with running() as site:
        started = sum(memory(pid, "VmRSS") for pid in site.workers()) / len(site.workers())
        timed(site, 3)  # warm
        for way in RATES:
            for _round in range(ROUNDS):
                show_readers(site, film, way)
        loaded = [memory(pid, "VmRSS") for pid in site.workers()]
        print(f"\nA worker takes {started:.0f} MB after its start,", end=" ")
        print(f"{statistics.mean(loaded):.0f} MB after all this.", flush=True)


def show_readers(site, film, way):
    alone = timed(site, SECONDS)
    command = [sys.executable, __file__, "--read", str(site.port), film, way]
    reading = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    time.sleep(3)
    together = timed(site, SECONDS)
    reading.terminate()
    speed = float(reading.communicate()[0] or 0)
    for path in PATHS:
        (p50_alone, p95_alone), (p50, p95) = map(shares, (alone[path], together[path]))
        print(
            f"| {way} | {path} | {p50_alone:.1f} "
            f"| {p95_alone:.1f} | {p50:.1f} | {p95:.1f} | {p95 / p95_alone:.2f} | {speed:.0f} |",
            flush=True,
        )


def shares(times):
    ordered = sorted(times)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.95)]


def timed(site, seconds):
    """{path: [milliseconds]} of pages, one after another; a process of its own asks for them."""
    command = [sys.executable, __file__, "--ask", str(site.port), str(seconds)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return {path: [float(ms) for ms in lines[number :: len(PATHS)]]
            for number, path in enumerate(PATHS)}  # fmt: skip


def ask(port, seconds):
    """In that process: a person who clicks, again and again, on a connection that mostly stays."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=LONGEST)
    until = time.monotonic() + int(seconds)
    while time.monotonic() < until:
        for path in PATHS:
            began = time.perf_counter()
            for _try in range(2):  # a worker that is replaced closes what it has open
                try:
                    connection.request("GET", path)
                    connection.getresponse().read()
                    break
                except (http.client.HTTPException, OSError):
                    connection.close()
            print((time.perf_counter() - began) * 1000)
            time.sleep(0.03)


async def read(port, film, way):
    """In a process of its own: READERS people who watch, until told to end.

    Their devices are others than the site's, so it takes of these cores what the site leaves.
    """
    os.nice(19)
    got = [0]
    began = time.monotonic()
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(watch(port, film, way, n, got)) for n in range(READERS)]
    loop.add_signal_handler(signal.SIGTERM, lambda: [task.cancel() for task in tasks])
    await asyncio.gather(*tasks, return_exceptions=True)
    print(got[0] / MEGABYTE / (time.monotonic() - began))


async def watch(port, film, way, number, got):
    place = number * MEGABYTE % FILM_SIZE
    await asyncio.sleep(number / READERS * MEGABYTE / PLAYED)
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(port), limit=1 << 16)
            while True:
                last = min(place + MEGABYTE, FILM_SIZE) - 1
                wanted = f"{place}-" if way == OPEN else f"{place}-{last}"
                asked = f"GET {film} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes={wanted}\r\n\r\n"
                writer.write(asked.encode())
                place = (place + await take(reader, way, got)) % FILM_SIZE


async def take(reader, way, got):
    """The bytes of one answer, as fast as they come or as fast as they are shown."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = left = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    until = time.monotonic()
    while left:
        data = await reader.read(min(left, 1 << 16))
        if not data:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(data)
        got[0] += len(data)
        until += len(data) / RATES[way]
        if way == OPEN:
            await asyncio.sleep(until - time.monotonic())
    if way != OPEN:
        await asyncio.sleep(until - time.monotonic())
    return size


def main(wanted):
    with place():
        for what in (upload, pdf, readers):
            if not wanted or what.__name__ in wanted:
                what()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        ask(*sys.argv[2:])
    elif sys.argv[1:2] == ["--read"]:
        asyncio.run(read(*sys.argv[2:]))
    else:
        main(sys.argv[1:])
