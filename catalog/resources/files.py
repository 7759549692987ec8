"""The files of entries: by storage path, at permanent addresses, and all of a tool as a zip."""

import posixpath
import re

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.files import serving
from catalog.kinds import kind_named
from catalog.lib.zip_stream import zip_files
from catalog.models import RenditionVersion, Resource, Tool, Video
from catalog.models.tool import extension
from catalog.resources.former_addresses import redirect_from_former_slug
from catalog.resources.visibility import may_see_drafts, visible_to

# Matches the paths that catalog.files.validators.file_place() makes.
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
STORED_PATH = re.compile(rf"[a-z]+s/(?P<uid>{UUID})/.+")


@require_safe
def stored_file(request, path):
    """Answers /media/… with a file of an entry that this reader may see. All else is a 404."""
    resource = owner_of(path)
    if resource is None or not (resource.is_public or may_see_drafts(request)):
        raise Http404(_("There is no such file."))
    return serving.serve(request, path, resource.is_public)


def owner_of(path):
    """Returns the Resource that a stored file belongs to, or None."""
    match = STORED_PATH.fullmatch(path)
    # With dots, a path could lead from a public entry to the files of another one.
    if match is None or path != posixpath.normpath(path):
        return None
    resources = Resource.objects.only("published_at", "unpublished_at")
    return resources.filter(uid=match["uid"]).first()


@require_safe
def tool_file(request, slug, name, extension):
    """Sends the newest version of a rendition. Its address stays when the file is replaced."""
    version = find_version(request, slug, name, extension)
    if version is None or not version.rendition.file:
        return redirect_file(request, slug, "tool-file", name, extension)
    return serving.serve(request, version.file.name, version.public, version)


@require_safe
def tool_version(request, slug, number, name, extension):
    version = find_version(request, slug, name, extension, number=number)
    if version is None:
        return redirect_file(request, slug, "tool-version", number, name, extension)
    return serving.serve(request, version.file.name, version.public, version)


def find_version(request, slug, name, ending, **which):
    """Returns the newest version, or the one that the filters `which` name, or None.

    Its attribute `public` says whether everybody may see it.
    """
    tools = visible_to(request, Tool, Tool.objects.all()).filter(slug=slug)
    versions = RenditionVersion.objects.select_related("rendition__tool").filter(
        rendition__tool__in=tools, rendition__name=name, **which
    )
    version = versions.order_by("-number").first()
    if version is None or extension(version.file.name) != ending:
        return None
    version.public = version.rendition.tool.is_public
    return version


def redirect_file(request, slug, name, *parts, kind="tool"):
    """Redirects a file's address that contains a former slug of its entry."""
    return redirect_from_former_slug(
        request, kind_named(kind), slug, lambda entry: reverse(name, args=[entry.slug, *parts])
    )


@require_safe
def tool_zip(request, slug):
    """Sends all files of a tool in one zip, which it makes while it sends."""
    tool = visible_to(request, Tool).filter(slug=slug).first()
    if tool is None:
        return redirect_file(request, slug, "tool-zip")
    files = [(f"{r.name}.{r.extension}", r.file) for r in tool.renditions.all() if r.file]
    if not files:
        raise Http404(_("This tool has no files here."))
    response = StreamingHttpResponse(zip_files(files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{tool.slug}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=60" if tool.is_public else serving.NO_STORE
    return response


@require_safe
def video_transcript(request, slug):
    """Sends the transcript of a video as a text file."""
    video = visible_to(request, Video).filter(slug=slug).first()
    if video is None:
        return redirect_file(request, slug, "video-transcript", kind="video")
    if not video.spoken:
        raise Http404(_("There is no transcript at this address."))
    text = f"{video.title}\n\n{video.spoken}\n"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(video.slug)}.txt"'
    if not video.is_public:
        response["Cache-Control"] = serving.NO_STORE
    return response
