from pathlib import PurePosixPath

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParserError

LONGEST = 20  # characters of an ending: the file that holds an upload meanwhile ends so as well


class UploadHandler(TemporaryFileUploadHandler):
    """Every upload goes to the disk, whatever its name, and comes whole or not at all."""

    is_whole = True

    def new_file(self, field_name, file_name, *args, **kwargs):
        path = PurePosixPath(file_name)
        self.is_whole = False
        super().new_file(field_name, path.stem + path.suffix[:LONGEST], *args, **kwargs)

    def file_complete(self, file_size):
        self.is_whole = True
        return super().file_complete(file_size)

    def upload_complete(self):
        """Django itself would pass over a last file that broke off, and save the rest."""
        if not self.is_whole:
            self.upload_interrupted()
            raise MultiPartParserError("The upload broke off within a file.")
