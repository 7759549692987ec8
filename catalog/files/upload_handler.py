from pathlib import PurePosixPath

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParserError

MAX_ENDING = 20  # characters of an ending, because the temporary file gets the same ending


class UploadHandler(TemporaryFileUploadHandler):
    """Writes every upload to disk under a safe name, and refuses uploads that break off."""

    is_whole = True

    def new_file(self, field_name, file_name, *args, **kwargs):
        path = PurePosixPath(file_name)
        self.is_whole = False
        super().new_file(field_name, path.stem + path.suffix[:MAX_ENDING], *args, **kwargs)

    def file_complete(self, file_size):
        self.is_whole = True
        return super().file_complete(file_size)

    def upload_complete(self):
        """Refuses a form whose last file broke off. Django itself would save the rest."""
        if not self.is_whole:
            self.upload_interrupted()
            raise MultiPartParserError("The upload stopped before the file was complete.")
