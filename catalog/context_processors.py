from django.conf import settings
from django.utils.functional import SimpleLazyObject

from catalog.kinds import registered
from catalog.models import SiteSettings
from catalog.packets.link import MAX_ITEMS


def site(request):
    return {
        "site": SimpleLazyObject(SiteSettings.load),
        "site_url": settings.SITE_URL,
        "kinds": registered(),
        "packet_most": MAX_ITEMS,
    }
