"""Uploads, served with ranges (players seek, Safari will not start without), never as code."""

from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from wsgiref.headers import Headers

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from whitenoise.media_types import MediaTypes
from whitenoise.responders import NotARegularFileError, Response, SlicedFile, StaticFile

MEDIA_TYPES = MediaTypes(extra_types={".vtt": "text/vtt; charset=utf-8"})
# What a browser shows by itself; anything else is handed over as a file to keep.
SHOWN = ("application/pdf", "image/", "video/", "text/vtt")
NOT_SHOWN = ("image/svg",)
SHOWN_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'"
KEPT_POLICY = "default-src 'none'; sandbox"


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
        part = file_handle and SlicedFile(file_handle, start, end)
        return Response(HTTPStatus.PARTIAL_CONTENT, headers.items(), part)


@require_safe
def serve_media(request, path):
    """The upload at `path` below MEDIA_ROOT: 200, 206, 304 or 416; 404 for all that is no file."""
    headers = media_headers(path)
    upload = find_upload(path, headers)
    answer = upload.get_response(request.method, conditions(request, upload))
    response = FileResponse(answer.file) if answer.file else HttpResponse()
    response.status_code = answer.status
    response.block_size = 64 * 1024
    for name, value in [*headers, *answer.headers]:
        response[name] = value
    return response


def media_headers(path):
    kind = MEDIA_TYPES.get_type(path)
    shown = kind.startswith(SHOWN) and not kind.startswith(NOT_SHOWN)
    return [
        ("Content-Type", kind),
        ("Content-Disposition", "inline" if shown else "attachment"),
        ("Content-Security-Policy", SHOWN_POLICY if shown else KEPT_POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "public, max-age=60"),
        ("Accept-Ranges", "bytes"),
    ]


def find_upload(path, headers):
    root = Path(settings.MEDIA_ROOT).resolve()
    # A folder, an absent file, a name too long or with NUL in it: all are simply not there.
    with suppress(NotARegularFileError, OSError, ValueError):
        file = (root / path).resolve()
        if file.is_relative_to(root):
            return Upload(str(file), headers)
    raise Http404(_("There is no such file."))


def conditions(request, upload):
    """The request's headers, without a range that was asked of another version of the file."""
    meta = dict(request.META)
    if meta.get("HTTP_IF_RANGE", upload.etag) != upload.etag:
        meta.pop("HTTP_RANGE", None)
    return meta
