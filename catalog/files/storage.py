"""Uploads in an object storage that speaks S3, where MEDIA_BUCKET names one."""

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

MINUTES = 15  # that an address of the storage itself is good for


class Bucket(S3Storage):
    """Pages link to this site, which sends on those who may see a file."""

    def __init__(self, **options):
        fixed = {
            "signature_version": "s3v4",  # others are refused by newer regions
            "addressing_style": "path",
            "file_overwrite": False,
            "querystring_expire": MINUTES * 60,
        }
        super().__init__(**fixed | options)

    def url(self, name, parameters=None, expire=None, http_method=None):
        """The address at this site; with `parameters`, the storage's own, which asks nobody."""
        if parameters is None:
            return settings.MEDIA_URL + filepath_to_uri(name)
        return super().url(name, parameters, expire, http_method)
