from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.base import CatalogAdmin
from catalog.admin.site import site
from catalog.models import Job


@admin.action(description=_("Try failed jobs again"), permissions=["change"])
def try_again(model_admin, request, queryset):
    count = queryset.filter(state=Job.State.FAILED).restart()
    words = ngettext("Trying %d job again.", "Trying %d jobs again.", count) % count
    model_admin.message_user(request, words, messages.SUCCESS if count else messages.WARNING)


@admin.register(Job, site=site)
class JobAdmin(CatalogAdmin):
    """Background jobs. They come and go with their files and entries; nobody deletes one alone."""

    list_display = ["task", "of_entry", "name", "state", "percent", "failure", "asked_at"]
    list_filter = ["state", "task"]
    search_fields = ["resource__title", "order__title", "file"]
    list_select_related = ["resource", "order"]
    list_display_links = None
    ordering = ["-asked_at"]
    actions = [try_again]

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in self.opts.fields]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("entry"), ordering="resource__title")
    def of_entry(self, job):
        if job.resource is None:
            return ""
        place = reverse("admin:catalog_resource_change", args=[job.resource_id])
        return format_html('<a href="{}">{}</a>', place, job.resource.title)

    @admin.display(description=_("progress"), ordering="progress")
    def percent(self, job):
        return f"{job.progress} %" if job.state == Job.State.RUNNING else ""
