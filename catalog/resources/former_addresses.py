"""The addresses that an entry had before its title changed. They redirect to the new one."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.models import FormerSlug


def redirect_from_former_slug(request, kind, slug, address):
    """Redirects permanently from a former slug to `address(resource)`, with the same query string.

    Raises Http404 if no public resource of this kind had that slug.
    """
    former = FormerSlug.objects.select_related("resource").filter(slug=slug).first()
    if former is None or former.resource.kind != kind.name or not former.resource.is_public:
        raise Http404(_("There is no %(kind)s at this address.") % {"kind": kind.label.lower()})
    query = request.META["QUERY_STRING"]
    return redirect(address(former.resource) + (query and f"?{query}"), permanent=True)
