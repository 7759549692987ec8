from pathlib import PurePosixPath

from django.core.files.uploadhandler import TemporaryFileUploadHandler

LONGEST = 20  # characters of an ending: the file that holds an upload meanwhile ends so as well


class UploadHandler(TemporaryFileUploadHandler):
    """Every upload goes to the disk, whatever its name."""

    def new_file(self, field_name, file_name, *args, **kwargs):
        path = PurePosixPath(file_name)
        short = path.stem + path.suffix[:LONGEST]
        super().new_file(field_name, short, *args, **kwargs)
