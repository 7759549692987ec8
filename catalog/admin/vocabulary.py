from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from catalog.admin.base import CatalogAdmin, RefusableForm
from catalog.admin.fields import check_tag
from catalog.admin.site import site
from catalog.lib.text import clean_line
from catalog.models import Audience, Dimension, Level, Region, SiteSettings, ToolType, Topic


class CountedAdmin(CatalogAdmin):
    """Terms with the number of entries under each. `uses` is the relation to count."""

    uses = "resources"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(used=Count(self.uses, distinct=True))

    @admin.display(description=_("entries"), ordering="used")
    def entries(self, obj):
        return obj.used

    def get_readonly_fields(self, request, obj=None):
        """Keeps the address of a saved term, because feeds and links depend on it."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "slug"] if obj else fixed


class TermForm(RefusableForm):
    def clean(self):
        super().clean()
        name, slug = (clean_line(self.cleaned_data.get(field) or "") for field in ("name", "slug"))
        slug = slug or slugify(name) or "term"
        others = self._meta.model.objects.exclude(name=name)
        if self.instance.pk is None and (holder := others.filter(slug=slug).first()):
            self.add_error("slug", _("“%s” already has this address. Write another.") % holder)


class TermAdmin(CountedAdmin):
    form = TermForm
    ordering = ["position", "name"]
    fields = ["name", "slug", "summary", "position"]
    list_display = ["name", "entries", "position"]
    search_fields = ["name", "slug"]


@admin.register(Topic, site=site)
class TopicAdmin(TermAdmin):
    fields = ["name", "slug", "parent", "summary", "position"]
    list_display = ["name", "parent", "entries", "position"]
    list_select_related = ["parent"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "parent":
            kwargs["queryset"] = Topic.objects.filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Audience, Region, site=site)
class PlainTermAdmin(TermAdmin):
    pass


@admin.register(ToolType, site=site)
class ToolTypeAdmin(TermAdmin):
    uses = "tools"


class FixedAdmin(CountedAdmin):
    """A fixed set of terms. Editors change their words, but cannot add or delete one."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Dimension, site=site)
class DimensionAdmin(FixedAdmin, TermAdmin):
    pass


@admin.register(Level, site=site)
class LevelAdmin(FixedAdmin):
    ordering = ["number"]
    fields = ["number", "name", "summary"]
    readonly_fields = ["number"]
    list_display = ["__str__", "entries", "summary"]

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields


class TagForm(RefusableForm):
    def clean_name(self):
        name = clean_line(self.cleaned_data["name"])
        check_tag(name)
        if "," in name or ";" in name:
            raise ValidationError(_("A tag cannot have a comma or semicolon."))
        if taken := Tag.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).first():
            raise ValidationError(_("The tag “%s” already exists.") % taken)
        return name


@admin.register(Tag, site=site)
class TagAdmin(CountedAdmin):
    form = TagForm
    uses = "tagged_resources"
    list_display = ["name", "entries"]
    search_fields = ["name"]
    ordering = ["name"]

    def get_fields(self, request, obj=None):
        return ["name", "slug"] if obj else ["name"]

    def view_on_site(self, obj):
        return reverse("tag-listing", args=[obj.slug])


@admin.register(SiteSettings, site=site)
class SiteSettingsAdmin(CatalogAdmin):
    """A single row, which the first save creates."""

    def get_object(self, request, object_id, from_field=None):
        return SiteSettings.load() if object_id == "1" else None

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        return redirect("admin:catalog_sitesettings_change", 1)
