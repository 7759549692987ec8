"""Stores uploads in an S3-compatible object storage if MEDIA_BUCKET names one."""

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

LINK_MINUTES = 15  # until an address of the storage itself expires


class Bucket(S3Storage):
    """An S3 bucket. Pages link to this site, which redirects readers who may see the file."""

    def __init__(self, **options):
        defaults = {
            "signature_version": "s3v4",  # newer regions refuse older signatures
            "addressing_style": "path",
            "file_overwrite": False,
            "querystring_expire": LINK_MINUTES * 60,
        }
        super().__init__(**defaults | options)

    def url(self, name, parameters=None, expire=None, http_method=None):
        """Returns the address of the file at this site.

        With `parameters` it is the storage's own signed address, which checks no permissions.
        """
        if parameters is None:
            return settings.MEDIA_URL + filepath_to_uri(name)
        return super().url(name, parameters, expire, http_method)
