"""What a book is bound from: documents of their own, made side by side, and kept for the next one.

A book is {"front": a document, "chapters" and "indexes": documents with the "link" by which the
contents leads to them, "marks": [[title, id, level]] of its outline, "foot": a document with what
stands at the foot of each page}.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from catalog.printing import store


@contextmanager
def head_start(seconds):
    """A function that begins to make a part, and gives it back, while more are written.

    What was not begun by then is left to bound(), which also meets what went wrong.
    """
    until, threads = time.monotonic() + seconds, makers()

    def begin(part):
        threads.submit(part_made, part, until)
        return part

    try:
        yield begin
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def makers():
    return ThreadPoolExecutor(len(store.slots_of_large()))


def bound(book, seconds, progress):
    """The document from which the press binds the book: {"files": its parts in order, "marks":
    [[title, page, level]], "foot"}.

    The chapters say where things are, the indexes and then the contents are made from that.
    `progress` is told how far it is, in percent. Raises TooBusy, or Refused.
    """
    until, chapters = time.monotonic() + seconds, book["chapters"]
    with makers() as threads:
        files = []
        for file in threads.map(partial(part_made, until=until), [book["front"], *chapters]):
            files.append(file)
            progress(80 * len(files) // (len(chapters) + 1))
        known = {"places": places(files)}
        indexes = [index | known for index in book["indexes"]]
        files += threads.map(partial(part_made, until=until), indexes)
    progress(95)
    found = places(files)
    files[0] = part_made(book["front"] | {"places": found}, until)
    marks = [[title, found[name], level] for title, name, level in book["marks"]]
    return {"files": files, "marks": marks, "foot": book["foot"]}


def part_made(part, until):
    """{"file": the path of its PDF, "pages": how many, "places": {id: page}, "link"}"""
    key = store.hashed(part)
    path, facts = store.kept(key), store.remembered(key, "facts")
    if path and not facts:
        path.unlink(missing_ok=True)
    if not (path and facts):
        path = store.made(key, part, until - time.monotonic(), store.slots_of_large())
        facts = store.remembered(key, "facts")
    return facts | {"file": str(path), "link": part.get("link", "")}


def places(files):
    """{id: page of the book}, where these are its first files."""
    found, before = {}, 0
    for file in files:
        found |= {name: before + page for name, page in file["places"].items()}
        before += file["pages"]
    return found
