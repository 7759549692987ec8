from django.conf import settings
from django.utils.functional import SimpleLazyObject

from catalog.models import Kind, SiteSettings
from catalog.packets.link import MOST_ITEMS


def site(request):
    return {
        "site": SimpleLazyObject(SiteSettings.load),
        "site_url": settings.SITE_URL,
        "kinds": Kind,
        "packet_most": MOST_ITEMS,
    }
