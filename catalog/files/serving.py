"""Serves uploaded files: from this application, nginx or an object storage, as the settings say.

Files are served with ranges, because players seek and Safari does not play without them. Nothing
that is uploaded can run as code.
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
# Types that a browser shows itself. All other files are sent as downloads.
SHOWN = ("application/pdf", "image/", "video/", "text/vtt")
NOT_SHOWN = ("image/svg", "image/tiff")
SHOWN_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'"
KEPT_POLICY = "default-src 'none'; sandbox"
NOT_KEPT = "private, no-store"


class Part(SlicedFile):
    """A range that the operating system can send (sendfile).

    The file is positioned at the start of the range.
    """

    def fileno(self):
        return self.fileobj.fileno()

    def seek(self, *place):
        return self.fileobj.seek(*place)


class Upload(StaticFile):
    def get_range_response(self, range_header, base_headers, file_handle):
        """Replaces WhiteNoise's method, which answers 416 when the range is a single byte."""
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
    """Answers with the file `name` of the storage: 200, 206, 304 or 416.

    `public` says whether caches may keep the answer. `version` has the `sha256` and the
    `made_at` of the file that this address has now. Raises Http404 if there is no such file.
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
    """Tells nginx to send the file (docs/operations.md). nginx handles ranges and Accept-Ranges."""
    said = {key: text for key, text in headers.items() if key != "Accept-Ranges"}
    place = settings.MEDIA_ACCEL + quote(name)
    return HttpResponse(headers=said | {"X-Accel-Redirect": place})


def sent_from_storage(request, name, headers):
    """Redirects to the storage's own address of the file, which expires after some minutes.

    This site sends the text tracks of a video itself, because browsers load tracks only from the
    site of the page.
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
    """Closes the database connection: a slow download takes minutes and needs no more queries."""
    if not connection.in_atomic_block:
        connection.close()


def stamps_of(version):
    """Returns Last-Modified and ETag of a version.

    The date is when the address got the file, so restoring an older file counts as a change.
    """
    modified = http_date(version.made_at.timestamp())
    return {"Last-Modified": modified, "ETag": f'"{version.sha256}"'}


def find_upload(name, headers):
    # A folder, a missing file, a name that is too long or holds NUL: all of them answer 404.
    with suppress(NotARegularFileError, OSError, ValueError, SuspiciousFileOperation):
        file = Path(default_storage.path(name)).resolve()
        if file.is_relative_to(Path(default_storage.location).resolve()):
            return Upload(str(file), headers)
    raise Http404(_("There is no such file."))


def conditions(request, upload):
    """Returns the request's headers without Range if If-Range names another version of the file."""
    meta = dict(request.META)
    if meta.get("HTTP_IF_RANGE", upload.etag) != upload.etag:
        meta.pop("HTTP_RANGE", None)
    return meta
