"""The catalog PDF is bound from parts: documents that are made side by side, each kept for later.

Its document is {"front": a document, "chapters" and "indexes": documents with the "link" by which
the contents leads to them, "marks": [[title, id, level]] of its outline, "foot": a document with
the footer of each page}.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from catalog.printing import store, workers


@contextmanager
def head_start(seconds=workers.LARGE_TIMEOUT_S):
    """Yields a function that starts to make a part and returns it, while others are still built.

    Parts that have not started by the end are left to bind(), which also meets all errors.
    """
    until, threads = time.monotonic() + seconds, worker_threads()

    def start(part):
        threads.submit(make_part, part, until)
        return part

    try:
        yield start
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def worker_threads():
    return ThreadPoolExecutor(len(workers.slots_of_large()))


def bind(document, timeout_s, progress):
    """Makes all parts. Returns the document that a worker binds from them.

    It is {"files": the parts in order, "marks": [[title, page, level]], "foot"}. The chapters say
    where things are; then the indexes are made, then the contents. `progress` is told the percent
    that is done. Raises TooBusy, or Refused.
    """
    until, chapters = time.monotonic() + timeout_s, document["chapters"]
    with worker_threads() as threads:
        files = []
        for file in threads.map(partial(make_part, until=until), [document["front"], *chapters]):
            files.append(file)
            progress(80 * len(files) // (len(chapters) + 1))
        known = {"places": find_places(files)}
        indexes = [index | known for index in document["indexes"]]
        files += threads.map(partial(make_part, until=until), indexes)
    progress(95)
    places = find_places(files)
    files[0] = make_part(document["front"] | {"places": places}, until)
    marks = [[title, places[name], level] for title, name, level in document["marks"]]
    return {"files": files, "marks": marks, "foot": document["foot"]}


def make_part(part, until):
    """{"file": the path of its PDF, "pages": how many, "places": {id: page}, "link"}"""
    key = store.hash_of(part)
    path, facts = store.find_pdf(key), store.load_facts(key, "facts")
    if path and not facts:
        path.unlink(missing_ok=True)
    if not (path and facts):
        path = workers.make_pdf(key, part, until - time.monotonic(), workers.slots_of_large())
        facts = store.load_facts(key, "facts")
    return facts | {"file": str(path), "link": part.get("link", "")}


def find_places(files):
    """{id: page of the whole PDF} of its first files."""
    places, before = {}, 0
    for file in files:
        places |= {name: before + page for name, page in file["places"].items()}
        before += file["pages"]
    return places
