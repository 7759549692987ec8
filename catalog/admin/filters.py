from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("draft", _("Draft")),
            ("scheduled", _("Scheduled")),
            ("published", _("Published")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request, queryset):
        now = timezone.now()
        states = {
            "draft": Q(published_at=None),
            "scheduled": Q(published_at__gt=now),
            "withdrawn": Q(unpublished_at__lte=now),
        }
        if self.value() == "published":
            return queryset.published()
        return queryset.filter(states.get(self.value(), Q()))


class GapFilter(admin.SimpleListFilter):
    """Filters by what an entry lacks: `gaps()` of its admin, which also annotates the queryset."""

    title = _("what is missing")
    parameter_name = "gap"

    def lookups(self, request, model_admin):
        gaps = model_admin.gaps().items()
        return [
            ("any", _("Anything")),
            *((name, capfirst(label)) for name, (label, _query) in gaps),
        ]

    def queryset(self, request, queryset):
        names = [str(name) for name, _label in self.lookup_choices]
        if self.value() == "any":
            return queryset.filter(Q(*((name, True) for name in names[1:]), _connector=Q.OR))
        return queryset.filter(**{self.value(): True}) if self.value() in names else queryset
