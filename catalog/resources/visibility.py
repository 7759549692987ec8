"""Who sees drafts: staff who may view entries, and nobody else."""

from django.conf import settings


def visible_to(request, model, resources=None):
    """Returns what this reader may see of `model`, or of the queryset `resources`."""
    resources = model.objects.for_detail() if resources is None else resources
    return resources if may_see_drafts(request) else resources.published()


def may_see_drafts(request):
    """Whether this reader may see drafts. It reads a session only if the request has its cookie."""
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return signed_in and request.user.is_staff and request.user.has_perm("catalog.view_resource")
