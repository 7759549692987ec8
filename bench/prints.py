"""Times how long readers wait for PDFs, from the project's own server.

    .venv/bin/python bench/prints.py [kept] [first] [packet] [pages] [catalog]

Each measurement uses a catalog of 1,950 entries, which the script removes. Prints a Markdown table.
Compare the ratios.
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
from files import median_and_p95, memory_mb, running_site, temporary_site, time_pages

PER_KIND = 650  # entries, which give a catalog PDF of 200 pages
TOPICS = 12
RUNS = 40  # of requests that take milliseconds
ROOT = Path(__file__).resolve().parent.parent
TEXT = "<p>The team takes the huddle card in hand, and asks why, until all have said it.</p>" * 6
LIST = "<h2>What to do</h2><ul>" + "<li>Ask who does the work, and listen.</li>" * 6 + "</ul>"


def fill():
    """Adds entries of all kinds and returns the codes of thirty tools with a PDF of four pages."""
    from django.core.files.base import ContentFile

    from catalog.search.indexing import indexed_together
    from tests.makers import make_course, make_tool, make_video

    posters = make_poster_pdf()
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

    tools = Tool.objects.filter(renditions__format="PDF").order_by("pk")
    return [tool.get_short_url().rpartition("/")[2] for tool in tools]


def make_poster_pdf():
    """Returns a tagged PDF of 40 kB with embedded fonts."""
    import weasyprint

    html = "<html lang=en><title>Poster</title>" + "".join(
        f"<h1 style='break-before: page'>Page {number}</h1>{TEXT * 3}{LIST}" for number in range(4)
    )
    return weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


# ---- Requests ----


def wait_for_pdf(site, path, timeout_s=120):
    """Requests a PDF until it is ready and returns (seconds, bytes of the PDF).

    The waiting page says in its Refresh header where to ask again.
    """
    started = time.perf_counter()
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=timeout_s)
        connection.request("GET", path)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.status == 200:
            return time.perf_counter() - started, data
        assert answer.status in (202, 503), f"{path}: {answer.status} {data[:300]}"
        assert time.perf_counter() - started < timeout_s, f"{path} was not ready in time"
        _seconds, _mark, query = answer.headers["Refresh"].partition("url=")
        path = path.partition("?")[0] + query if query else path
        time.sleep(0.2)


def count_pages(data):
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def print_row(label, *figures):
    print(f"| {label} | {' | '.join(figures)} |", flush=True)


def median_and_most(times):
    return f"{statistics.median(times):.2f} s", f"{max(times):.2f} s"


# ---- Measurements ----


def measure_kept(site, _codes):
    """Compares a stored PDF with a static file of its size, on connections that stay open."""
    path = "/tools/tool-40.pdf"
    _time, data = wait_for_pdf(site, path)
    file = Path(os.environ["MEDIA_ROOT"]).parent / "static" / "as-large.bin"
    file.write_bytes(os.urandom(len(data)))
    with running_site() as other:  # WhiteNoise looks for static files when the server starts
        times = {}
        for address in [path, f"/static/{file.name}"] * 2:
            times[address] = time_requests(other, address)
    pdf, static = (statistics.median(times[address]) for address in times)
    print_row(f"a stored PDF of {len(data) >> 10} kB", f"{pdf:.2f} ms", f"{pdf / static:.1f} ×")
    print_row("a static file of that size", f"{static:.2f} ms", "1 ×")


def time_requests(site, path):
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    times = []
    for _run in range(RUNS * 5):
        started = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, path
        times.append((time.perf_counter() - started) * 1000)
    return times[RUNS:]


def measure_first(site, _codes):
    """Times sheets of one page and handouts that nobody has requested before."""
    wait_for_pdf(site, "/videos/video-0.pdf")
    times, counts = time_pdfs(site, [f"/courses/course-{number}.pdf" for number in range(1, 11)])
    assert set(counts) == {1}, counts
    print_row("a sheet of one page, the first time", *median_and_most(times))
    times, counts = time_pdfs(site, [f"/topics/topic-{number}.pdf" for number in range(3)])
    print_row(f"a handout of {counts[0]} pages, the first time", *median_and_most(times))


def time_pdfs(site, paths):
    """Returns ([seconds], [number of pages]) of the PDFs at `paths`."""
    results = [wait_for_pdf(site, path) for path in paths]
    return [took for took, _data in results], [count_pages(data) for _took, data in results]


def measure_packet(site, codes):
    path = f"/packet.pdf?items={'.'.join(codes)}"
    times, counts = time_pdfs(site, [f"{path}&title={number}" for number in (1, 2)])
    label = f"a packet of 30 tools of 4 pages, {counts[0]} pages"
    print_row(label, *median_and_most(times))


def measure_catalog(site, _codes):
    with PeakMemory() as memory:
        took, data = wait_for_pdf(site, "/catalog.pdf")
    label = f"the catalog PDF, {count_pages(data)} pages"
    print_row(label, f"{took:.1f} s", f"{memory.peak:.0f} MB")
    change_one_entry()
    took, data = wait_for_pdf(site, "/catalog.pdf")
    print_row("the same after one entry changed", f"{took:.1f} s")
    change_one_entry()
    stop, times, numbers = threading.Event(), [], iter(range(PER_KIND // 2, PER_KIND))

    def read():
        while not stop.is_set():
            times.append(wait_for_pdf(site, f"/videos/video-{next(numbers)}.pdf")[0])
            time.sleep(0.5)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    wait_for_pdf(site, "/catalog.pdf?paper=a4")
    stop.set()
    for reader in readers:
        reader.join()
    label = "a sheet, the first time, while the site makes a catalog PDF"
    print_row(label, *median_and_most(times))


def change_one_entry():
    from catalog.models import Tool

    tool = Tool.objects.order_by("pk").last()
    tool.summary += " Again."
    tool.save()


class PeakMemory(threading.Thread):
    """Measures the peak memory of a process that makes PDFs, every 50 ms."""

    def __enter__(self):
        self.peak, self.ended = 0, threading.Event()
        self.start()
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.join()

    def run(self):
        while not self.ended.wait(0.05):
            listing = subprocess.run(
                ["pgrep", "-f", "catalog.printing.render.renderers"], capture_output=True
            )
            taken = (memory_mb(int(pid), "VmRSS") for pid in listing.stdout.split())
            self.peak = max([self.peak, *taken])


def measure_pages(site, _codes):
    """Times pages while the site makes eight new PDFs at a time."""
    time_pages(site, 6)  # warm
    alone = time_pages(site, 8)
    stop, numbers = threading.Event(), iter(range(PER_KIND // 6, PER_KIND))

    def read():
        while not stop.is_set():
            wait_for_pdf(site, f"/videos/video-{next(numbers)}.pdf?paper=a4")

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    together = time_pages(site, 8)
    stop.set()
    for reader in readers:
        reader.join()
    for path in alone:
        before, now = (median_and_p95(times[path])[1] for times in (alone, together))
        label = f"{path} while the site makes 8 PDFs, p95"
        print_row(label, f"{now:.0f} ms", f"{now / before:.2f} ×")


MEASUREMENTS = {
    "kept": measure_kept,
    "first": measure_first,
    "packet": measure_packet,
    "pages": measure_pages,
    "catalog": measure_catalog,
}


def main(names):
    with temporary_site():
        codes = fill()
        print("| | | |\n|---|---:|---:|")
        with running_site() as site, JobWorkers(site):
            for name in names or MEASUREMENTS:
                MEASUREMENTS[name](site, codes)


class JobWorkers:
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
