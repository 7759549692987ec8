from django.contrib import admin

from catalog.admin import site
from catalog.admin.resources import DeliveryInline, ResourceAdmin, make_fieldsets
from tests.podcasts.models import Podcast


@admin.register(Podcast, site=site)
class PodcastAdmin(ResourceAdmin):
    fieldsets = make_fieldsets(what=["host"])
    inlines = [DeliveryInline]
