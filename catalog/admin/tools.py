from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.accessibility import barriers, pdf_barrier, refuse_barriers
from catalog.admin.base import is_number, known_numbers
from catalog.admin.forms import RenditionForm, RenditionRows
from catalog.admin.resources import DeliveryInline, ResourceAdmin, RowsMixin, make_fieldsets
from catalog.admin.site import site
from catalog.models import Rendition, RenditionVersion, Tool


class RenditionInline(RowsMixin, admin.StackedInline):
    model = Rendition
    form = RenditionForm
    formset = RenditionRows
    verbose_name = _("file or link")
    verbose_name_plural = _("files and links")
    fields = [
        ("file", "address"),
        ("about_file", "history"),
        ("note", "notify_subscribers"),
        ("name", "color", "position"),
    ]
    readonly_fields = ["about_file", "history"]

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.may_override = request.user.has_perm("catalog.publish_resource")
        return formset

    @admin.display(description=_("about this file"))
    def about_file(self, obj):
        return about_file(obj) if obj.number or obj.format else _("You see this after you save.")

    @admin.display(description=_("versions"))
    def history(self, obj):
        if not obj.number:
            return _("None yet.")
        place = reverse("admin:catalog_tool_versions", args=[obj.tool_id])
        words = ngettext("%d version", "%d versions", obj.number) % obj.number
        return format_html('<a href="{}#rendition-{}">{}</a>', place, obj.pk, words)


@admin.register(Tool, site=site)
class ToolAdmin(ResourceAdmin):
    fieldsets = make_fieldsets(what=["tool_type", "best_used"], files=["format_text", "size_text"])
    inlines = [RenditionInline, DeliveryInline]
    list_display = [*ResourceAdmin.list_display[:2], "tool_type", *ResourceAdmin.list_display[2:]]
    list_filter = [*ResourceAdmin.list_filter[:2], "tool_type", *ResourceAdmin.list_filter[2:]]
    list_select_related = ["tool_type"]

    def save_formset(self, request, form, formset, change):
        for row in formset.forms if formset.model is Rendition else ():
            row.editor = request.user
        super().save_formset(request, form, formset, change)

    def get_urls(self):
        versions = path(
            "<int:pk>/versions/",
            self.admin_site.admin_view(self.versions_view),
            name="catalog_tool_versions",
        )
        return [versions, *super().get_urls()]

    def versions_view(self, request, pk):
        """Lists all files that a tool has had. A POST makes one of them the newest again."""
        with known_numbers():
            tool = get_object_or_404(Tool, pk=pk)
        if not self.has_change_permission(request, tool):
            raise PermissionDenied
        if request.method == "POST":
            return self.restore(request, tool)
        context = self.admin_site.each_context(request) | {
            "title": _("Versions of these files"),
            "opts": self.opts,
            "tool": tool,
            "renditions": tool.renditions.prefetch_related("versions__by"),
        }
        return TemplateResponse(request, "admin/tool_versions.html", context)

    def restore(self, request, tool):
        wanted = request.POST.get("version", "")
        versions = RenditionVersion.objects.filter(rendition__tool=tool)
        version = get_object_or_404(versions, pk=wanted if is_number(wanted) else None)
        try:
            self.refuse_worse(request, tool, version)
        except ValidationError as error:
            self.message_user(request, error.messages[0], messages.ERROR)
            return redirect("admin:catalog_tool_versions", tool.pk)
        note = _("Back to version %d.") % version.number
        version.rendition.restore(version, by=request.user, note=note)
        self.log_change(request, tool, f"{version.rendition}: {note}")
        sentence = _("“%(name)s” is back to version %(number)d.")
        facts = {"number": version.number, "name": version.rendition.name}
        self.message_user(request, sentence % facts, messages.SUCCESS)
        return redirect("admin:catalog_tool_versions", tool.pk)

    def refuse_worse(self, request, tool, version):
        """Raises ValidationError if the old version has barriers that the newest one lacks."""
        now = barriers(tool)
        name, issues = version.rendition.name, version.accessibility_issues
        found = [*now, pdf_barrier(name, issues)] if issues else now
        refuse_barriers(tool, found, now, self.has_publish_permission(request))

    def gaps(self):
        files = Rendition.objects.filter(tool=OuterRef("pk")).exclude(file="", address="")
        return super().gaps() | {"lacks_file": (_("file"), ~Exists(files))}


def about_file(rendition):
    """Returns what was read from the file of a rendition, in words."""
    facts = [rendition.get_format_display(), pages_in_words(rendition), rendition.paper]
    facts += [filesizeformat(rendition.bytes)] if rendition.bytes else []
    lines = [" · ".join(filter(None, facts))]
    if rendition.accessibility_issues:
        lines.append(pdf_barrier(rendition.name, rendition.accessibility_issues))
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


def pages_in_words(rendition):
    if not rendition.pages:
        return ""
    if rendition.format == Rendition.Format.PPT:
        return ngettext("%d slide", "%d slides", rendition.pages) % rendition.pages
    return ngettext("%d page", "%d pages", rendition.pages) % rendition.pages
