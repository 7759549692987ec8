from django.contrib import admin

from catalog.admin import site
from catalog.admin.resources import DeliveryInline, ResourceAdmin, arranged
from tests.podcasts.models import Podcast


@admin.register(Podcast, site=site)
class PodcastAdmin(ResourceAdmin):
    fieldsets = arranged(what=["host"])
    inlines = [DeliveryInline]
