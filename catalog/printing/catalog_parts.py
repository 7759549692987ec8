"""The catalog PDF is bound from parts: documents that are made in parallel and kept for later.

Its document is {"front": a document, "chapters" and "indexes": documents, each with the "link" that
leads to it from the contents, "marks": [[title, id, level]] of its outline, "foot": a document with
the footer of each page}.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from catalog.printing import store, workers


@contextmanager
def head_start(seconds=workers.LARGE_TIMEOUT_S):
    """Yields a function that starts to make a part while the next parts are still being built.

    The function returns the part. bind() makes the parts that have not started by the end. It also
    raises all errors.
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

    It is {"files": the parts in order, "marks": [[title, page, level]], "foot"}. The chapters come
    first, because they say on which page things are; then the indexes, then the contents. Calls
    `progress` with the percent that is done. Raises TooBusy, or Refused.
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
    """Makes a part unless it is kept.

    Returns {"file": the path of its PDF, "pages": how many, "places": {id: page}, "link"}.
    """
    key = store.hash_of(part)
    path, facts = store.find_pdf(key), store.load_facts(key, "facts")
    if path and not facts:
        path.unlink(missing_ok=True)
    if not (path and facts):
        path = workers.make_pdf(key, part, until - time.monotonic(), workers.slots_of_large())
        facts = store.load_facts(key, "facts")
    return facts | {"file": str(path), "link": part.get("link", "")}


def find_places(files):
    """Returns {id: page number in the whole PDF}. `files` are its first files, in order."""
    places, before = {}, 0
    for file in files:
        places |= {name: before + page for name, page in file["places"].items()}
        before += file["pages"]
    return places
