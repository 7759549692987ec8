from django.views.decorators.http import require_safe

from catalog.printing import handouts


@require_safe
def listing_pdf(request, find, **names):
    return handouts.listing_pdf(request, find(request.GET, **names))
