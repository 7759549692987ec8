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
INLINE_TYPES = ("application/pdf", "image/", "video/", "text/vtt")
NEVER_INLINE = ("image/svg", "image/tiff")
INLINE_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'"
DOWNLOAD_POLICY = "default-src 'none'; sandbox"
NO_STORE = "private, no-store"


class FileRange(SlicedFile):
    """A range that the operating system can send (sendfile).

    The file is positioned at the start of the range.
    """

    def fileno(self):
        return self.fileobj.fileno()

    def seek(self, *args):
        return self.fileobj.seek(*args)


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
        file_range = file_handle and FileRange(file_handle, start, end)
        return Response(HTTPStatus.PARTIAL_CONTENT, headers.items(), file_range)


def serve(request, name, public=True, version=None):
    """Answers with the file `name` of the storage: 200, 206, 304 or 416.

    `public` says whether caches may keep the answer. `version` has the `sha256` and the
    `made_at` of the file that this address has now. Raises Http404 if there is no such file.
    """
    headers = file_headers(name, public)
    if settings.MEDIA_ACCEL:
        return send_by_proxy(name, headers)
    if not is_local(default_storage):
        return redirect_to_storage(request, name, headers)
    return send_file(request, name, headers, version)


def file_headers(name, public):
    media_type = MEDIA_TYPES.get_type(name)
    is_inline = media_type.startswith(INLINE_TYPES) and not media_type.startswith(NEVER_INLINE)
    return {
        "Content-Type": media_type,
        "Content-Disposition": "inline" if is_inline else "attachment",
        "Content-Security-Policy": INLINE_POLICY if is_inline else DOWNLOAD_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=60" if public else NO_STORE,
        "Accept-Ranges": "bytes",
    }


def send_by_proxy(name, headers):
    """Tells nginx to send the file (docs/operations.md). nginx handles ranges and Accept-Ranges."""
    sent = {key: text for key, text in headers.items() if key != "Accept-Ranges"}
    location = settings.MEDIA_ACCEL + quote(name)
    return HttpResponse(headers=sent | {"X-Accel-Redirect": location})


def redirect_to_storage(request, name, headers):
    """Redirects to the storage's own address of the file, which expires after some minutes.

    This site sends the text tracks of a video itself, because browsers load tracks only from the
    site of the page.
    """
    if name.endswith(".vtt") and default_storage.exists(name):
        return HttpResponse(default_storage.open(name).read(), headers=headers)
    parameters = {
        "ResponseContentType": headers["Content-Type"],
        "ResponseContentDisposition": headers["Content-Disposition"],
    }
    address = default_storage.url(name, parameters=parameters, http_method=request.method)
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = NO_STORE
    return response


def send_file(request, name, headers, version):
    extra_headers = version_headers(version) if version else {}
    upload = find_upload(name, [*headers.items(), *extra_headers.items()])
    close_connection()
    answer = upload.get_response(request.method, request_headers(request, upload))
    response = FileResponse(answer.file) if answer.file else HttpResponse()
    response.status_code = answer.status
    response.block_size = 64 * 1024
    for key, value in [*headers.items(), *answer.headers]:
        response[key] = value
    return response


def close_connection():
    """Closes the database connection: a slow download takes minutes and needs no more queries."""
    if not connection.in_atomic_block:
        connection.close()


def version_headers(version):
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


def request_headers(request, upload):
    """Returns the request's headers without Range if If-Range names another version of the file."""
    meta = dict(request.META)
    if meta.get("HTTP_IF_RANGE", upload.etag) != upload.etag:
        meta.pop("HTTP_RANGE", None)
    return meta
