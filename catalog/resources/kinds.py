"""The two kinds of the catalog itself: videos and tools."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.files.inspection.captions import clock
from catalog.files.serving import MEDIA_TYPES
from catalog.kinds import Kind, register
from catalog.models import Tool, Video

# By MediaInfo's names, the codec strings of formats that some browsers play without a picture.
CODECS = {"HEVC": "hvc1.1.6.L120.B0", "MPEG-4 Visual": "mp4v.20.9"}


def player_context(video):
    """Returns the media type of a video, and its chapters and paragraphs with their times."""
    return {
        "video_type": media_type(video),
        "chapters": [(begin, clock(begin), title) for begin, _end, title in video.chapter_cues],
        "paragraphs": [(cues[0][0], clock(cues[0][0]), cues) for cues in video.paragraphs],
    }


def media_type(video):
    """Returns the media type of a video's file.

    It names the codec if there is a copy for phones: a browser without that codec plays the copy.
    """
    kind = MEDIA_TYPES.get_type(video.file.name or "")
    codec = video.phone_file and CODECS.get(video.file_info.get("picture"))
    return f"{kind}; codecs={codec}" if codec else kind


def video_files(video):
    return [(video.file, video.file.url, video.bytes)] if video.file else []


def tool_files(tool):
    return [(r.file, r.url, r.bytes) for r in tool.renditions.all() if r.file]


def register_kinds():
    register(
        Kind(
            name="video",
            model=Video,
            position=1,
            label=_("Video"),
            plural=_("Videos"),
            summary=_("Short videos to show in a huddle or a meeting."),
            path="videos",
            count=lambda n: ngettext("%d video", "%d videos", n) % n,
            page_template="catalog/video.html",
            pdf_template="pdf/video.html",
            icon_template="catalog/icons/video.html",
            context=player_context,
            files=video_files,
            varies_by=("Save-Data",),
        )
    )
    register(
        Kind(
            name="tool",
            model=Tool,
            position=2,
            label=_("Tool"),
            plural=_("Tools"),
            summary=_("Posters, checklists, templates and guides to print and post."),
            path="tools",
            count=lambda n: ngettext("%d tool", "%d tools", n) % n,
            page_template="catalog/tool.html",
            pdf_template="pdf/tool.html",
            icon_template="catalog/icons/tool.html",
            files=tool_files,
            has_renditions=True,
        )
    )
