"""Files of the catalog, served with ranges (players seek, Safari will not start without), never as
code: by this application, by nginx or by an object storage, as the settings say.
"""

from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote
from wsgiref.headers import Headers

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import http_date
from django.utils.translation import gettext as _
from whitenoise.media_types import MediaTypes
from whitenoise.responders import NotARegularFileError, Response, SlicedFile, StaticFile

from catalog.files.validators import is_local

MEDIA_TYPES = MediaTypes(
    extra_types={".vtt": "text/vtt; charset=utf-8", ".avif": "image/avif", ".webp": "image/webp"}
)
# What a browser shows by itself; anything else is handed over as a file to keep.
SHOWN = ("application/pdf", "image/", "video/", "text/vtt")
NOT_SHOWN = ("image/svg", "image/tiff")
SHOWN_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'"
KEPT_POLICY = "default-src 'none'; sandbox"
NOT_KEPT = "private, no-store"


class Part(SlicedFile):
    """A range that the system can send by itself: the file stands where the range begins."""

    def fileno(self):
        return self.fileobj.fileno()

    def seek(self, *place):
        return self.fileobj.seek(*place)


class Upload(StaticFile):
    def get_range_response(self, range_header, base_headers, file_handle):
        """WhiteNoise's own answers a range of a single byte with 416."""
        headers = Headers(list(base_headers))
        size = int(headers["Content-Length"])
        start, end = self.get_byte_range(range_header, size)
        if start > end:
            return self.get_range_not_satisfiable_response(file_handle, size)
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        headers["Content-Length"] = str(end - start + 1)
        part = file_handle and Part(file_handle, start, end)
        return Response(HTTPStatus.PARTIAL_CONTENT, headers.items(), part)


def serve(request, name, public=True, version=None):
    """The file `name` of the storage: 200, 206, 304 or 416; Http404 where it is not there.

    `version` is what says when an address got which file: something with sha256 and made_at.
    """
    headers = headers_of(name, public)
    if settings.MEDIA_ACCEL:
        return handed_to_proxy(name, headers)
    if not is_local(default_storage):
        return sent_from_storage(request, name, headers)
    return answered(request, name, headers, version)


def headers_of(name, public):
    kind = MEDIA_TYPES.get_type(name)
    shown = kind.startswith(SHOWN) and not kind.startswith(NOT_SHOWN)
    return {
        "Content-Type": kind,
        "Content-Disposition": "inline" if shown else "attachment",
        "Content-Security-Policy": SHOWN_POLICY if shown else KEPT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=60" if public else NOT_KEPT,
        "Accept-Ranges": "bytes",
    }


def handed_to_proxy(name, headers):
    """nginx sends the file with ranges (docs/operations.md) and sets Accept-Ranges itself."""
    said = {key: text for key, text in headers.items() if key != "Accept-Ranges"}
    place = settings.MEDIA_ACCEL + quote(name)
    return HttpResponse(headers=said | {"X-Accel-Redirect": place})


def sent_from_storage(request, name, headers):
    """The storage's own address of it, which is good for a while only.

    Tracks of a video are sent by this site: browsers take them from nowhere else.
    """
    if name.endswith(".vtt") and default_storage.exists(name):
        return HttpResponse(default_storage.open(name).read(), headers=headers)
    said = {
        "ResponseContentType": headers["Content-Type"],
        "ResponseContentDisposition": headers["Content-Disposition"],
    }
    address = default_storage.url(name, parameters=said, http_method=request.method)
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = NOT_KEPT
    return response


def answered(request, name, headers, version):
    stamps = stamps_of(version) if version else {}
    upload = find_upload(name, [*headers.items(), *stamps.items()])
    give_back_connection()
    answer = upload.get_response(request.method, conditions(request, upload))
    response = FileResponse(answer.file) if answer.file else HttpResponse()
    response.status_code = answer.status
    response.block_size = 64 * 1024
    for key, value in [*headers.items(), *answer.headers]:
        response[key] = value
    return response


def give_back_connection():
    """A slow reader may take minutes, and has of the database what was asked of it."""
    if not connection.in_atomic_block:
        connection.close()


def stamps_of(version):
    """An address that gets an older file back has changed all the same."""
    modified = http_date(version.made_at.timestamp())
    return {"Last-Modified": modified, "ETag": f'"{version.sha256}"'}


def find_upload(name, headers):
    # A folder, an absent file, a name too long or with NUL in it: all are simply not there.
    with suppress(NotARegularFileError, OSError, ValueError, SuspiciousFileOperation):
        file = Path(default_storage.path(name)).resolve()
        if file.is_relative_to(Path(default_storage.location).resolve()):
            return Upload(str(file), headers)
    raise Http404(_("There is no such file."))


def conditions(request, upload):
    """The request's headers, without a range that was asked of another version of the file."""
    meta = dict(request.META)
    if meta.get("HTTP_IF_RANGE", upload.etag) != upload.etag:
        meta.pop("HTTP_RANGE", None)
    return meta
