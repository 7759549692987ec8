"""What goes with one entry, on its page and on its sheet, beside the entry itself."""

from catalog.files.inspection.captions import clock
from catalog.files.serving import MEDIA_TYPES
from catalog.models import Kind

# Names of pictures, as MediaInfo gives them, that many browsers play as sound alone.
CODECS = {"HEVC": "hvc1.1.6.L120.B0", "MPEG-4 Visual": "mp4v.20.9"}


def detail_of(resource):
    """The context of a template; what a kind adds, its app has put into `OF_KIND`."""
    more = OF_KIND.get(resource.kind, lambda resource: {})
    return {"related": related_to(resource)} | more(resource)


def related_to(resource):
    return resource.related.published().for_cards()


def watching(video):
    """What goes with a film: its media type, and its parts and words with their times."""
    return {
        "film_type": film_type(video),
        "chapters": [(begin, clock(begin), title) for begin, _end, title in video.chapter_cues],
        "paragraphs": [(cues[0][0], clock(cues[0][0]), cues) for cues in video.paragraphs],
    }


def film_type(video):
    """As exact as it takes for a browser to leave a film that it cannot play for another one."""
    kind = MEDIA_TYPES.get_type(video.file.name or "")
    codec = video.phone_file and CODECS.get(video.film.get("picture"))
    return f"{kind}; codecs={codec}" if codec else kind


OF_KIND = {Kind.VIDEO: watching}
