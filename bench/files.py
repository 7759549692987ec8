"""Times an upload of 1 GB, a PDF of 200 pages, and pages while 50 people watch a video.

    .venv/bin/python bench/files.py [upload] [pdf] [readers]

Each measurement runs the project's server with a new database and a new folder
of files; the script removes both. Prints Markdown tables. Compare the ratios.
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
DEMO_VIDEO = ROOT / "editorial/demo/videos/what-consensus-is.mp4"
PASSWORD = "a word between us"
PATHS = ["/", "/topics/topic-0/"]
READERS, VIDEO_SIZE = 50, 50 * MEGABYTE
PLAYBACK_RATE = 4_000_000 / 8  # bytes per second
# How people watch. They fetch 1 MB at a time: at the speed of playback, at the speed at which 50
# people fill a line of 1 Gbit/s, or without a limit. Or they fetch the whole file in one request
# and read it at the speed of playback.
PACED, FULL, UNPACED = "1 MB at 4 Mbit/s", "1 MB at 20 Mbit/s", "1 MB unpaced"
OPEN = "open at 4 Mbit/s"
RATES = {PACED: PLAYBACK_RATE, FULL: 5 * PLAYBACK_RATE, UNPACED: float("inf"), OPEN: PLAYBACK_RATE}
MEASURE_S = 12  # how long each measurement takes
TIMEOUT_S = 20  # of a request for a page
ROUNDS = 2
SETTINGS = """
from pathlib import Path
from lmp_site.settings import *
STATIC_ROOT = Path("{folder}/static")
PDF_ROOT = "{folder}/prints"
"""


@contextmanager
def temporary_site():
    """Makes a folder with its own settings, database and files. This process uses them too."""
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
    """Runs the server as `manage.py start` does."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "lmp_site.server"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PORT": str(self.port)},
            stdout=subprocess.PIPE,
        )
        self.process.stdout.readline()
        while not self.workers():
            time.sleep(0.1)

    def workers(self):
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True)
        return [int(pid) for pid in found.stdout.split()]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def running_site():
    site = Site()
    try:
        yield site
    finally:
        site.stop()


# ---- Memory ----


def memory_mb(pid, name):
    """Returns megabytes: "VmRSS" is memory now, "VmHWM" the peak since reset_peak_memory()."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(rf"{name}:\s+(\d+)", status)  # a process that ended has no such line
    return int(found[1]) / 1024 if found else 0


def reset_peak_memory(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


# ---- A video of 1 GB, uploaded with the form ----


class Browser:
    def __init__(self, site):
        self.site, self.jar = site, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def form_values(self, path, data=None):
        """Returns {name: value} of the largest form of a page, as the page prefills it."""
        from lxml import html

        with self.opener.open(f"http://127.0.0.1:{self.site.port}{path}", data) as response:
            forms = html.fromstring(response.read()).forms
        return dict(max(forms, key=lambda form: len(form.fields)).form_values())

    def sign_in(self):
        typed = {"username": "root", "password": PASSWORD}
        sent = urllib.parse.urlencode(self.form_values("/admin/login/") | typed).encode()
        self.form_values("/admin/login/?next=/admin/catalog/video/add/", sent)

    def upload_video(self, title, size):
        """Adds a video with a file of `size` bytes and returns how many seconds that took."""
        values = self.form_values("/admin/catalog/video/add/") | {"title": title, "_save": "1"}
        length, body = upload_form(values, size)
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=600)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
        headers = {
            "Content-Type": "multipart/form-data; boundary=border-of-the-bench",
            "Content-Length": str(length),
            "Cookie": cookies,
        }
        started_at = time.monotonic()
        connection.request("POST", "/admin/catalog/video/add/", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, f"{answer.status}: the form was refused"
        return time.monotonic() - started_at


def upload_form(values, size):
    """Returns (length, chunks) of the form with a video, which is never whole in memory."""
    head = "--border-of-the-bench\r\nContent-Disposition: form-data; name="
    words = "".join(
        f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in values.items() if value is not None
    )
    begin = f'{words}{head}"file"; filename="video.mp4"\r\n\r\n'.encode()
    end = b"\r\n--border-of-the-bench--\r\n"
    return len(begin) + size + len(end), chain([begin], video_chunks(size), [end])


def video_chunks(size):
    """Yields a video of the demo, followed by an MP4 box that players skip."""
    video = DEMO_VIDEO.read_bytes()
    room = size - len(video) - 8
    yield video + (room + 8).to_bytes(4, "big") + b"free"
    yield from repeat(bytes(MEGABYTE), room // MEGABYTE)
    yield bytes(room % MEGABYTE)


def measure_upload():
    print("\n| video | seconds | worker before, MB | peak | growth | upload checker, peak |")
    print("|---|---|---|---|---|---|")
    with running_site() as site:
        browser = Browser(site)
        browser.sign_in()
        for _worker in range(4):  # both workers have most likely handled the form by then
            browser.upload_video("A small video", 2 * MEGABYTE)
        for size in (10 * MEGABYTE, 100 * MEGABYTE, GIGABYTE):
            show_upload(site, browser, size)


def show_upload(site, browser, size):
    before = {pid: memory_mb(pid, "VmRSS") for pid in site.workers()}
    for pid in before:
        reset_peak_memory(pid)
    seconds = browser.upload_video("A video", size)
    peak = {pid: memory_mb(pid, "VmHWM") for pid in before}
    pid = max(before, key=lambda pid: peak[pid] - before[pid])
    checker = max((memory_mb(child, "VmHWM") for child in child_pids(before)), default=0)
    print(
        f"| {size >> 20} MB | {seconds:.1f} | {before[pid]:.0f} | {peak[pid]:.0f} "
        f"| {peak[pid] - before[pid]:.1f} | {checker:.0f} |",
        flush=True,
    )


def child_pids(pids):
    found = subprocess.run(
        ["pgrep", "-P", ",".join(map(str, pids))], capture_output=True, text=True
    )
    return [int(pid) for pid in found.stdout.split()]


# ---- A PDF of 200 pages ----


def long_pdf(pages=200):
    """Returns a PDF with forty lines of text on each page."""
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
    from tests.files import pdf_from_objects

    return pdf_from_objects(*parts)


def measure_pdf():
    from django.core.files.base import ContentFile

    from catalog.jobs import queue
    from catalog.models import Job, Rendition
    from tests.makers import make_tool

    tool = make_tool("A long PDF")
    content = long_pdf()
    started_at = time.monotonic()
    tool.renditions.create(file=ContentFile(content, "long.pdf"))
    saved = time.monotonic() - started_at
    print(f"\n| a PDF of 200 pages, {len(content) // 1000} kB | seconds |\n|---|---|")
    print(f"| checked and saved | {saved:.2f} |")
    for task in (Job.Task.PREVIEW, Job.Task.TEXT):
        started_at = time.monotonic()
        assert queue.run_waiting_jobs([task]) == 1
        print(f"| {task.label} | {time.monotonic() - started_at:.2f} |")
    failed = tool.jobs.filter(state=Job.State.FAILED)
    assert not failed, list(failed.values_list("task", "failure"))
    assert Rendition.objects.get().preview


# ---- Pages while people watch a video ----


def fill():
    """Adds a topic with sixty entries and a video. Returns the path of the video file."""
    from django.core.files.base import ContentFile

    from tests.makers import make_course, make_tool, make_video

    for number in range(20):
        for make in (make_video, make_tool, make_course):
            make(f"{make.__name__[5:]} {number}", topics=["Topic 0"], levels=[1 + number % 5])
    content = b"".join(video_chunks(VIDEO_SIZE))
    return make_video("Watched", file=ContentFile(content, "video.mp4")).file.url


def measure_readers():
    video = fill()
    print("\n| 50 readers | page | p50 alone, ms | p95 alone | p50 | p95 | ratio | MB/s |")
    print("|---|---|---|---|---|---|---|---|")
    with running_site() as site:
        started = sum(memory_mb(pid, "VmRSS") for pid in site.workers()) / len(site.workers())
        time_pages(site, 3)  # warm
        for way in RATES:
            for _round in range(ROUNDS):
                show_readers(site, video, way)
        loaded = [memory_mb(pid, "VmRSS") for pid in site.workers()]
        print(f"\nA worker takes {started:.0f} MB after its start,", end=" ")
        print(f"{statistics.mean(loaded):.0f} MB after all this.", flush=True)


def show_readers(site, video, way):
    alone = time_pages(site, MEASURE_S)
    command = [sys.executable, __file__, "--watch", str(site.port), video, way]
    reading = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    time.sleep(3)
    together = time_pages(site, MEASURE_S)
    reading.terminate()
    speed = float(reading.communicate()[0] or 0)
    for path in PATHS:
        (p50_alone, p95_alone), (p50, p95) = map(median_and_p95, (alone[path], together[path]))
        print(
            f"| {way} | {path} | {p50_alone:.1f} "
            f"| {p95_alone:.1f} | {p50:.1f} | {p95:.1f} | {p95 / p95_alone:.2f} | {speed:.0f} |",
            flush=True,
        )


def median_and_p95(times):
    ordered = sorted(times)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.95)]


def time_pages(site, seconds):
    """Returns {path: [milliseconds]} of pages that another process requests one after another."""
    command = [sys.executable, __file__, "--request", str(site.port), str(seconds)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return {path: [float(ms) for ms in lines[number :: len(PATHS)]]
            for number, path in enumerate(PATHS)}  # fmt: skip


def request_pages(port, seconds):
    """Runs in that process: requests the pages again and again on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_S)
    until = time.monotonic() + int(seconds)
    while time.monotonic() < until:
        for path in PATHS:
            started_at = time.perf_counter()
            for _try in range(2):  # a web process that is replaced closes its connections
                try:
                    connection.request("GET", path)
                    connection.getresponse().read()
                    break
                except (http.client.HTTPException, OSError):
                    connection.close()
            print((time.perf_counter() - started_at) * 1000)
            time.sleep(0.03)


async def watch_videos(port, video, way):
    """Runs in its own process: READERS people watch until the process is told to end.

    Real viewers use their own devices, so this process only takes CPU time that the site leaves.
    """
    os.nice(19)
    received = [0]
    started_at = time.monotonic()
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(watch_one(port, video, way, n, received)) for n in range(READERS)]
    loop.add_signal_handler(signal.SIGTERM, lambda: [task.cancel() for task in tasks])
    await asyncio.gather(*tasks, return_exceptions=True)
    print(received[0] / MEGABYTE / (time.monotonic() - started_at))


async def watch_one(port, video, way, number, received):
    position = number * MEGABYTE % VIDEO_SIZE
    await asyncio.sleep(number / READERS * MEGABYTE / PLAYBACK_RATE)
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(port), limit=1 << 16)
            while True:
                last = min(position + MEGABYTE, VIDEO_SIZE) - 1
                byte_range = f"{position}-" if way == OPEN else f"{position}-{last}"
                headers = f"Host: 127.0.0.1\r\nRange: bytes={byte_range}\r\n"
                writer.write(f"GET {video} HTTP/1.1\r\n{headers}\r\n".encode())
                position = (position + await receive(reader, way, received)) % VIDEO_SIZE


async def receive(reader, way, received):
    """Reads one answer at full speed or at the speed of playback, and returns its size in bytes."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = left = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    until = time.monotonic()
    while left:
        data = await reader.read(min(left, 1 << 16))
        if not data:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(data)
        received[0] += len(data)
        until += len(data) / RATES[way]
        if way == OPEN:
            await asyncio.sleep(until - time.monotonic())
    if way != OPEN:
        await asyncio.sleep(until - time.monotonic())
    return size


MEASUREMENTS = {"upload": measure_upload, "pdf": measure_pdf, "readers": measure_readers}


def main(names):
    with temporary_site():
        for name in names or MEASUREMENTS:
            MEASUREMENTS[name]()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--request"]:
        request_pages(*sys.argv[2:])
    elif sys.argv[1:2] == ["--watch"]:
        asyncio.run(watch_videos(*sys.argv[2:]))
    else:
        main(sys.argv[1:])
