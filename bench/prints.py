"""Times PDFs, as a reader waits for them, on a gunicorn with the project's own settings.

    .venv/bin/python bench/prints.py [kept] [first] [packet] [book] [crowd]

Each in one run, with a catalog of 1 950 entries that is gone afterwards. Prints a Markdown table;
the ratios are what to compare.
"""

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pypdfium2
from files import memory, place, running, shares, timed

PER_KIND = 650  # a book of 200 pages
TOPICS = 12
RUNS = 40  # of what takes milliseconds
ROOT = Path(__file__).resolve().parent.parent
TEXT = "<p>The team takes the huddle card in hand, and asks why, until all have said it.</p>" * 6
LIST = "<h2>What to do</h2><ul>" + "<li>Ask who does the work, and listen.</li>" * 6 + "</ul>"


def fill():
    """Entries of all kinds, thirty tools with a PDF of four pages; the codes of these."""
    from django.core.files.base import ContentFile

    from catalog.search.indexing import indexed_together
    from tests.makers import make_course, make_tool, make_video

    posters = four_pages()
    with indexed_together():
        for number in range(PER_KIND):
            facts = {
                "topics": [f"Topic {number % TOPICS}"],
                "levels": [1 + number % 5],
                "summary": "What a team gets from it, in a sentence or two that say it plainly.",
                "body": TEXT + LIST,
            }
            make_video(f"Video {number}", seconds=60 + number, **facts)
            minutes = {"minutes_min": 30 + number, "minutes_max": 30 + number}
            make_course(f"Course {number}", **minutes, **facts)
            tool = make_tool(f"Tool {number}", **facts)
            if number < 30:
                tool.renditions.create(file=ContentFile(posters, f"poster-{number}.pdf"))
    from catalog.models import Tool

    ids = Tool.objects.filter(renditions__format="PDF").order_by("pk")
    return [tool.get_short_url().rpartition("/")[2] for tool in ids]


def four_pages():
    """A tagged PDF with some pictures of letters, 40 kB."""
    import weasyprint

    html = "<html lang=en><title>Poster</title>" + "".join(
        f"<h1 style='break-before: page'>Page {number}</h1>{TEXT * 3}{LIST}" for number in range(4)
    )
    return weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


# ---- Asking ----


def get(site, path, until=120):
    """(seconds until the PDF is there, its bytes), asking again where the page that waits says."""
    began = time.perf_counter()
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=until)
        connection.request("GET", path)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.status == 200:
            return time.perf_counter() - began, data
        assert answer.status in (202, 503), f"{path}: {answer.status} {data[:300]}"
        assert time.perf_counter() - began < until, f"{path} was not made in time"
        _seconds, _mark, query = answer.headers["Refresh"].partition("url=")
        path = path.partition("?")[0] + query if query else path
        time.sleep(0.2)


def pages(data):
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def show(what, *figures):
    print(f"| {what} | {' | '.join(figures)} |", flush=True)


def seconds(times):
    return f"{statistics.median(times):.2f} s", f"{max(times):.2f} s"


# ---- What is measured ----


def kept(site, _codes):
    """A PDF that is there against a file of its size, on connections that stay."""
    path = "/tools/tool-40.pdf"
    _time, data = get(site, path)
    file = Path(os.environ["MEDIA_ROOT"]).parent / "static" / "as-large.bin"
    file.write_bytes(os.urandom(len(data)))
    with running() as other:  # static files are looked for at the start
        times = {}
        for asked in [path, f"/static/{file.name}"] * 2:
            times[asked] = many(other, asked)
    pdf, static = (statistics.median(times[asked]) for asked in times)
    show(f"a PDF of {len(data) >> 10} kB that is kept", f"{pdf:.2f} ms", f"{pdf / static:.1f} ×")
    show("a static file of that size", f"{static:.2f} ms", "1 ×")


def many(site, path):
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    times = []
    for _run in range(RUNS * 5):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, path
        times.append((time.perf_counter() - began) * 1000)
    return times[RUNS:]


def first(site, _codes):
    """Sheets of one page and handouts that nobody asked for yet."""
    get(site, "/videos/video-0.pdf")
    found = [get(site, f"/courses/course-{number}.pdf") for number in range(1, 11)]
    assert all(pages(data) == 1 for _time, data in found), [pages(data) for _t, data in found]
    show("a sheet of one page, the first time", *seconds([took for took, _data in found]))
    found = [get(site, f"/topics/topic-{number}.pdf") for number in range(3)]
    named = f"a handout of {pages(found[0][1])} pages, the first time"
    show(named, *seconds([took for took, _data in found]))


def packet(site, codes):
    found = [get(site, f"/packet.pdf?items={'.'.join(codes)}&title={number}") for number in (1, 2)]
    named = f"a packet of 30 tools of 4 pages, {pages(found[0][1])} pages"
    show(named, *seconds([took for took, _data in found]))


def book(site, _codes):
    with Memory() as memory:
        took, data = get(site, "/catalog.pdf")
    show(f"the whole catalog, {pages(data)} pages", f"{took:.1f} s", f"{memory.most:.0f} MB")
    change_one()
    took, data = get(site, "/catalog.pdf")
    show("the same after one entry changed", f"{took:.1f} s")
    change_one()
    stop, times, numbers = threading.Event(), [], iter(range(300, PER_KIND))

    def read():
        while not stop.is_set():
            times.append(get(site, f"/videos/video-{next(numbers)}.pdf")[0])
            time.sleep(0.5)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    get(site, "/catalog.pdf?paper=a4")
    stop.set()
    for reader in readers:
        reader.join()
    show("a sheet, the first time, while a book is made for others", *seconds(times))


def change_one():
    from catalog.models import Tool

    tool = Tool.objects.order_by("pk").last()
    tool.summary += " Again."
    tool.save()


class Memory(threading.Thread):
    """The most that a process of the press takes, looked at every 50 ms."""

    def __enter__(self):
        self.most, self.ended = 0, threading.Event()
        self.start()
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.join()

    def run(self):
        while not self.ended.wait(0.05):
            found = subprocess.run(
                ["pgrep", "-f", "catalog.printing.render.renderers"], capture_output=True
            )
            taken = (memory(int(pid), "VmRSS") for pid in found.stdout.split())
            self.most = max([self.most, *taken])


def crowd(site, _codes):
    """Pages while eight PDFs are made for the first time, again and again."""
    timed(site, 6)  # warm
    alone = timed(site, 8)
    stop, numbers = threading.Event(), iter(range(100, PER_KIND))

    def read():
        while not stop.is_set():
            get(site, f"/videos/video-{next(numbers)}.pdf?paper=a4")

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    together = timed(site, 8)
    stop.set()
    for reader in readers:
        reader.join()
    for path in alone:
        (_p50, before), (_p50_now, now) = shares(alone[path]), shares(together[path])
        show(f"{path} while 8 PDFs are made, p95", f"{now:.0f} ms", f"{now / before:.2f} ×")


def main(wanted):
    with place():
        codes = fill()
        print("| | | |\n|---|---:|---:|")
        with running() as site, working(site):
            for what in (kept, first, packet, crowd, book):
                if not wanted or what.__name__ in wanted:
                    what(site, codes)


class working:
    """Runs `manage.py run_jobs` for the large PDFs, after the file jobs are done."""

    def __init__(self, site):
        self.environment = os.environ | {"PORT": str(site.port)}

    def __enter__(self):
        from catalog.models import Job

        Job.objects.filter(task=Job.Task.SHEET).delete()
        command = [sys.executable, "manage.py", "run_jobs"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )
        while Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).exists():
            time.sleep(0.5)

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(30)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(sys.argv[1:])
