"""Finds what keeps some readers out of an entry, and decides whether it may be published anyway."""

from django.core.exceptions import ValidationError
from django.db.models import Q, prefetch_related_objects
from django.utils.text import get_text_list
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Rendition, Resource, Tool, Video

LACKS = {
    "title": gettext_lazy("a title"),
    "language": gettext_lazy("its language"),
    "tags": gettext_lazy("tags"),
}


def barriers(resource, renditions=None):
    """Returns a sentence for each thing that readers with low vision or hearing would miss.

    `renditions` are pairs (name, issues of its PDF) of a tool whose rows are not saved yet.
    """
    sentences = []
    if resource.image and not resource.image_alt and not resource.image_decorative:
        sentences.append(_("The image has no description."))
    if isinstance(resource, Video):
        sentences += video_barriers(resource)
    if isinstance(resource, Tool):
        rows = renditions_of(resource) if renditions is None else renditions
        sentences += [pdf_barrier(name, issues) for name, issues in rows if issues]
    return sentences


def video_barriers(video):
    if video.file and not video.captions:
        yield _("The video has no captions, which also become its transcript.")
    elif video.address and not (video.captions or video.transcript):
        yield _("The video has no transcript.")


def renditions_of(tool):
    renditions = tool.renditions.all()
    return [
        (rendition.name, rendition.accessibility_issues)
        for rendition in renditions
        if rendition.file
    ]


def pdf_barrier(name, issues):
    """
    >>> pdf_barrier("color", ["title", "tags"])
    'The PDF “color” lacks a title and tags.'
    """
    missing = get_text_list([str(LACKS[name]) for name in issues], _("and"))
    return _("The PDF “%(name)s” lacks %(missing)s.") % {"name": name, "missing": missing}


def refuse_barriers(resource, current, before, may_override):
    """Raises ValidationError if readers would get `resource` with barriers that are new to them.

    `current` are the barriers of what is being saved. `before` are those of what readers have now;
    none for an entry that is not public. A reason excuses barriers if the editor `may_override`.
    """
    new = [sentence for sentence in current if sentence not in before]
    excused = may_override and resource.access_reason.strip()
    if not new or excused or not appears(resource):
        return
    advice = (
        _("Fix this, or say below why you publish it anyway.")
        if may_override
        else _("Fix this, or ask a publisher to say why it is published anyway.")
    )
    raise ValidationError(
        _("Some readers would be left out. %(barriers)s %(advice)s")
        % {"barriers": " ".join(new), "advice": advice}
    )


def appears(resource):
    """Whether readers see it now, or will see it on its date."""
    unpublished = resource.unpublished_at
    return bool(resource.published_at) and not (unpublished and unpublished <= now())


def list_with_barriers():
    """Returns a list of the published entries with barriers, those without a reason first."""
    has_description = Q(image="") | ~Q(image_alt="") | Q(image_decorative=True)
    without_captions = ~Q(video__file="") & Q(video__captions="")
    without_transcript = ~Q(video__address="") & Q(video__transcript="", video__captions="")
    read = Rendition.objects.exclude(file="").exclude(accessibility_issues__isnull=True)
    pdfs = read.exclude(accessibility_issues=[])
    rows = Resource.objects.published().filter(
        ~has_description | without_captions | without_transcript | Q(pk__in=pdfs.values("tool"))
    )
    entries = Resource.objects.list_children(list(rows.values_list("pk", flat=True)))
    prefetch_related_objects(entries, "access_reason_by")
    return sorted(entries, key=lambda entry: (bool(entry.access_reason), entry.title))
