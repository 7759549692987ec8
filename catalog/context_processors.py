from django.conf import settings
from django.utils.functional import SimpleLazyObject

from catalog.models import Kind, SiteSettings


def site(request):
    return {
        "site": SimpleLazyObject(SiteSettings.load),
        "site_url": settings.SITE_URL,
        "kinds": Kind,
    }
