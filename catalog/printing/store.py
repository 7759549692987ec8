"""Finished PDFs, each kept under a hash of what it was made from.

Files in PDF_ROOT, which all processes of the site share:

    pdf/<key>.pdf       a finished PDF; `key` is a hash of its document
    name/<name>.json    the document of an address in one state of the catalog: {key, title}
    facts/<key>.json    how many pages a PDF has, and what is on which page
    bound/<hash>.json   the facts of a tool's PDF that a packet binds
    failed/<key>.json   why a document could not be made; nobody tries again for an hour
    lock/, slot/        system locks that say which process makes what, see workers.py
"""

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from catalog.printing.fingerprint import fingerprint

# "order" has files of versions before December 2026 only.
FOLDERS = ("pdf", "name", "facts", "failed", "order", "bound")
HOUR_S = 60 * 60
SWEEP_INTERVAL_S = 5 * 60
MAX_AGE_S = 7 * 24 * HOUR_S  # since somebody last asked for a file
MAX_BYTES, MAX_FILES = 4 << 30, 20_000  # of each folder; the files asked for last stay


def hash_of(*facts):
    """Returns a hexadecimal SHA-256 of plain values and of everything that makes documents."""
    text = json.dumps([fingerprint(), *facts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def folder(name):
    """Returns the path of a folder in PDF_ROOT. Creates it if it does not exist."""
    path = Path(settings.PDF_ROOT, name)
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(key):
    return Path(settings.PDF_ROOT, "pdf", f"{key}.pdf")


def find_pdf(key):
    """Returns the path of the PDF of this key, None if there is none. Resets its age."""
    path = path_of(key)
    try:
        os.utime(path)
    except FileNotFoundError:
        return None
    return path


def save_facts(name, facts, folder_name="name"):
    """Saves a dictionary in one of the folders above."""
    write(folder(folder_name) / f"{name}.json", json.dumps(facts).encode())


def load_facts(name, folder_name="name"):
    """Returns the dictionary that was saved under `name`, {} if there is none. Resets its age."""
    path = Path(settings.PDF_ROOT, folder_name, f"{name}.json")
    try:
        os.utime(path)
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}


def write(path, content):
    """Writes the whole file or nothing, even if another process writes the same file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


def sweep():
    """Removes files that nobody has asked for in a while, or that exceed the limits."""
    mark = folder("") / "swept"
    now = time.time()
    if mark.exists() and now - mark.stat().st_mtime < SWEEP_INTERVAL_S:
        return
    mark.touch()
    for name in FOLDERS:
        files = [(path, stat) for path in folder(name).iterdir() if (stat := stat_of(path))]
        files.sort(key=lambda pair: pair[1].st_mtime, reverse=True)
        total = 0
        for place, (path, stat) in enumerate(files):
            total += stat.st_size
            is_old = now - stat.st_mtime > MAX_AGE_S
            if is_old or total > MAX_BYTES or place >= MAX_FILES:
                path.unlink(missing_ok=True)


def stat_of(path):
    """Returns the size and times of a file, None if another process has just removed it."""
    with suppress(FileNotFoundError):
        return path.stat()
