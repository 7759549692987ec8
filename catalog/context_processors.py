from django.conf import settings
from django.utils.functional import SimpleLazyObject

from catalog.kinds import registered
from catalog.packets.link import MAX_ITEMS
from catalog.search.index import current_index


def site(request):
    return {
        "site": SimpleLazyObject(lambda: current_index().site),
        "site_url": settings.SITE_URL,
        "kinds": registered(),
        "packet_most": MAX_ITEMS,
    }
