"""Makes one ZIP of files while sending it. The ZIP is never whole in memory or on disk."""

import zipfile

from django.utils import timezone

BLOCK_BYTES = 256 * 1024


class WriteBuffer:
    """A write-only file: keeps the written bytes until take() returns them."""

    def __init__(self):
        self.parts = []

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)

    def flush(self):
        pass

    def take(self):
        parts, self.parts = self.parts, []
        return b"".join(parts)


def zip_files(files):
    """Yields the bytes of a ZIP of `files`, pairs of (name, FieldFile). Skips missing files.

    The files are stored without compression: PDFs, slides and images are compressed already.
    """
    buffer = WriteBuffer()
    now = timezone.localtime().timetuple()[:6]
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, file in files:
            if not file.storage.exists(file.name):
                continue
            entry = zipfile.ZipInfo(name, now)
            with archive.open(entry, "w", force_zip64=True) as target, file.open() as source:
                for block in source.chunks(BLOCK_BYTES):
                    target.write(block)
                    yield buffer.take()
    yield buffer.take()
