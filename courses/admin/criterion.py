from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from catalog.admin import site
from catalog.admin.base import CatalogAdmin
from catalog.admin.resources import RowInline
from courses.models import BestResource, Criterion


class BestResourceInline(RowInline):
    model = BestResource
    autocomplete_fields = ["resource"]
    fields = ["resource", "position"]


@admin.register(Criterion, site=site)
class CriterionAdmin(CatalogAdmin):
    fields = ["dimension", "level", "text", "position"]
    inlines = [BestResourceInline]
    list_display = ["text", "dimension", "level_number", "best_count", "position"]
    list_filter = ["level", "dimension"]
    list_select_related = ["dimension", "level"]
    search_fields = ["text"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(best_count=Count("best_rows"))

    @admin.display(description=_("level"), ordering="level")
    def level_number(self, obj):
        return obj.level_id

    @admin.display(description=_("best resources"), ordering="best_count")
    def best_count(self, obj):
        return obj.best_count
