from contextlib import suppress
from pathlib import PurePosixPath

import js_asset
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from catalog.admin import actions
from catalog.admin.accessibility import barriers, list_with_barriers
from catalog.admin.base import CatalogAdmin, FieldsMixin, known_numbers
from catalog.admin.fields import TagsField
from catalog.admin.filters import GapFilter, StateFilter
from catalog.admin.forms import ResourceForm, RowForm, Rows
from catalog.admin.site import site
from catalog.models import (
    Delivery,
    Job,
    Resource,
)

PUBLISHING = ("published_at", "unpublished_at")
FOCUS = ("focus_x", "focus_y")
HISTORY = ["newest_edition", "former_addresses", "created_at", "updated_at"]
# “Save as new” makes a draft, which does not get these fields.
NOT_COPIED = [*(f"{name}_{part}" for name in PUBLISHING for part in (0, 1)), "replaced_by"]


def make_fieldsets(what=(), time=(), files=(), more=()):
    """Returns the fieldsets of an entry in the order that editors work in.

    The closing ones follow the inlines.
    """
    return [
        (_("What it is"), {"fields": ["title", "summary", "body", *what, "topics", "tags"]}),
        (
            _("Who it is for"),
            {"fields": ["audience_text", "audiences", "only_for", "regions"]},
        ),
        (_("Path to Performance"), {"fields": ["levels", "level_text", "dimensions"]}),
        (_("Time"), {"fields": ["duration_text", ("minutes_min", "minutes_max"), *time]}),
        (_("Files"), {"fields": [*files, "image", "image_alt", "image_decorative", FOCUS, "work"]}),
        *more,
        (_("Related"), {"fields": ["related", "related_text"], "classes": ["closing"]}),
        (
            _("Publishing"),
            {
                "fields": [
                    "state_now",
                    *PUBLISHING,
                    "replaced_by",
                    "access_reason",
                    "slug",
                    "owner",
                ],
                "classes": ["closing"],
            },
        ),
        (_("History"), {"fields": HISTORY, "classes": ["closing"]}),
    ]


class RowsMixin(FieldsMixin):
    form = RowForm
    formset = Rows
    extra = 0
    max_num = 100

    def get_formset(self, request, obj=None, **kwargs):
        """Limits how many rows are read, because a request can claim more than anyone writes."""
        return super().get_formset(request, obj, absolute_max=2 * self.max_num, **kwargs)


class RowInline(RowsMixin, admin.TabularInline):
    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Labels each field, because a screen reader does not use the column head as its label."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = field.label
        return field


class DeliveryInline(RowInline):
    model = Delivery


class ResourceAdmin(CatalogAdmin):
    """What the forms and lists of videos, tools and courses share."""

    form = ResourceForm
    change_form_template = "admin/resource_form.html"
    fieldsets = make_fieldsets()
    readonly_fields = ["state_now", "work", *HISTORY]
    autocomplete_fields = ["topics", "audiences", "only_for", "related", "replaced_by", "owner"]
    save_as = True
    save_on_top = True
    actions = [actions.publish, actions.withdraw, actions.add_tags, actions.remove_tags]
    list_display = ["title", "state_now", "levels_in_words", "in_topics", "time", "missing"]
    list_filter = [
        StateFilter,
        GapFilter,
        "levels",
        "topics",
        "audiences",
        ("image", admin.EmptyFieldListFilter),
    ]
    search_fields = ["title", "slug", "summary", "tags__name"]
    ordering = ["-updated_at"]

    class Media:
        js = ["catalog/admin.js"]

    def gaps(self):
        """Returns what an entry may lack: {annotation: (label, condition)}.

        Lists show it and filter by it.
        """
        topics = Resource.topics.through.objects.filter(resource=OuterRef("pk"))
        levels = Resource.levels.through.objects.filter(resource=OuterRef("pk"))
        return {
            "lacks_summary": (_("summary"), Q(summary="")),
            "lacks_topic": (_("topic"), ~Exists(topics)),
            "lacks_level": (_("level"), ~Exists(levels)),
            "lacks_related": (_("related title in the catalog"), ~Q(related_text="")),
        }

    def get_queryset(self, request):
        gaps = {
            name: ExpressionWrapper(condition, models.BooleanField())
            for name, (_label, condition) in self.gaps().items()
        }
        resources = super().get_queryset(request).annotate(**gaps)
        return resources.prefetch_related("levels", "topics")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:-1]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        for_publishers = [*PUBLISHING, "access_reason"]
        return fixed if self.has_publish_permission(request) else [*fixed, *for_publishers]

    def has_publish_permission(self, request):
        return request.user.has_perm("catalog.publish_resource")

    def get_changeform_initial_data(self, request):
        return {"owner": request.user.pk} | super().get_changeform_initial_data(request)

    def view_on_site(self, obj):
        return obj.get_absolute_url()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TaggableManager):
            kwargs["form_class"] = TagsField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.may_override = self.has_publish_permission(request)
        if "_saveasnew" in request.POST:
            form.original = self.get_object(request, unquote(address_id(request)))
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with known_numbers():
            if request.method == "POST" and object_id:
                self.keep_text_of_deleted_entry(request, object_id)
        if "_saveasnew" in request.POST:
            request.POST = values_for_copy(request.POST)
        self.read_uploads(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def read_uploads(self, request):
        """Reads uploads before the transaction, so that others do not wait. Results are kept."""
        for name, file in request.FILES.items():
            with suppress(FieldDoesNotExist, ValidationError):
                for check in self.file_field(name).validators:
                    check(file)

    def file_field(self, name):
        """Returns the model field for the `name` of a form field. Rows have their own model."""
        prefix, _dash, field = name.rpartition("-")
        rows = {inline.model._meta.model_name: inline.model for inline in self.inlines}
        model = next((rows[row] for row in rows if prefix.startswith(row)), self.model)
        return model._meta.get_field(field)

    def keep_text_of_deleted_entry(self, request, object_id):
        """Keeps the text as a new draft if someone deleted the entry in the meantime."""
        if self.get_object(request, unquote(object_id)) is None:
            request.POST = request.POST.copy()
            request.POST["_saveasnew"] = "1"
            sentence = _(
                "This entry was deleted while you were writing. Your text is now a new draft."
            )
            self.message_user(request, sentence, messages.WARNING)

    def render_change_form(self, request, context, *args, **kwargs):
        if request.method == "POST":
            forms = forms_of(context)
            ask_for_files_again(request.FILES, forms)
            context["wrong"] = [place for form in forms for place in wrong_fields(form)]
        # The rich text editor's import map is inline, so it needs a nonce.
        context["media"] = js_asset.Media.from_media(context["media"], nonce=request.csp_nonce)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change:
            copy_files(obj)
        if "access_reason" in form.changed_data:
            obj.access_reason_by, obj.access_reason_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)
        if change and obj.time_short and form.says_another_time():
            sentence = _(
                "You changed the time as written. Plans and cards still say %s. "
                "Check the minutes below it."
            )
            self.message_user(request, sentence % obj.time_short, messages.WARNING)

    def save_formset(self, request, form, formset, change):
        for row in formset.forms if not change else ():
            copy_files(row.instance)
        super().save_formset(request, form, formset, change)

    def save_related(self, request, form, formsets, change):
        """Saves the rows. Removes the reason once the entry has no barriers any more."""
        super().save_related(request, form, formsets, change)
        entry = self.model.objects.get(pk=form.instance.pk)
        if entry.access_reason and not barriers(entry):
            kept = Resource.objects.filter(pk=entry.pk)
            kept.update(access_reason="", access_reason_by=None, access_reason_at=None)

    @admin.display(description=_("file jobs"))
    def work(self, obj):
        if not obj.pk:
            return _("These start when you save the entry.")
        jobs = obj.jobs.all()
        failed = any(job.state == Job.State.FAILED for job in jobs)
        place = reverse(self.named("jobs"), args=[obj.pk])
        facts = {"place": place, "jobs": jobs, "failed": failed}
        return mark_safe(render_to_string("admin/jobs.html", facts))

    def named(self, view):
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}"

    def get_urls(self):
        view, name = self.admin_site.admin_view(self.jobs_view), self.named("jobs")
        jobs = path("<int:pk>/jobs/", view, name=name.removeprefix("admin:"))
        return [jobs, *super().get_urls()]

    def jobs_view(self, request, pk):
        """Shows the progress of the jobs of an entry. A POST starts its failed jobs again."""
        with known_numbers():
            entry = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, entry):
            raise PermissionDenied
        if request.method == "POST":
            entry.jobs.filter(state=Job.State.FAILED).restart()
            return redirect(self.named("change"), pk)
        return HttpResponse(self.work(entry))

    @admin.display(description=_("state"), ordering="published_at")
    def state_now(self, obj):
        public = "public" if obj.is_public else "hidden"
        return format_html('<span class="state state-{}">{}</span>', public, obj.state)

    @admin.display(description=_("levels"))
    def levels_in_words(self, obj):
        return obj.level_words

    @admin.display(description=_("topics"))
    def in_topics(self, obj):
        return ", ".join(topic.name for topic in obj.topics.all())

    @admin.display(description=_("time"), ordering="minutes_min")
    def time(self, obj):
        return obj.running_time or obj.time_short

    @admin.display(description=_("missing"))
    def missing(self, obj):
        return ", ".join(
            str(label) for name, (label, _q) in self.gaps().items() if getattr(obj, name)
        )

    @admin.display(description=_("info sheet"))
    def newest_edition(self, obj):
        edition = obj.editions.first()
        if edition is None:
            return _("The first version is made when you publish.")
        facts = {"number": edition.number, "date": date_format(localtime(edition.made_at))}
        return _("Version %(number)d, %(date)s") % facts

    @admin.display(description=_("former addresses"))
    def former_addresses(self, obj):
        return ", ".join(former.slug for former in obj.former_slugs.all()) or _("none")


@admin.register(Resource, site=site)
class EveryResourceAdmin(CatalogAdmin):
    """All kinds together, for suggestions and search. Each entry opens in the form of its kind."""

    list_display = ["title", "kind", "state"]
    list_filter = [StateFilter, "kind"]
    search_fields = ["title", "slug", "tags__name"]
    ordering = ["-updated_at"]
    actions = None

    def get_urls(self):
        view = self.admin_site.admin_view(self.access_report)
        report = path("accessibility/", view, name="catalog_resource_accessibility")
        return [report, *super().get_urls()]

    def access_report(self, request):
        """Lists the published entries that leave some readers out, with the reasons."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("Accessibility report"),
            "opts": self.opts,
            "entries": [(entry, barriers(entry)) for entry in list_with_barriers()],
        }
        return TemplateResponse(request, "admin/accessibility_report.html", context)

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self.redirect_to_kind(request, object_id, "change")

    def delete_view(self, request, object_id, extra_context=None):
        return self.redirect_to_kind(request, object_id, "delete")

    def history_view(self, request, object_id, extra_context=None):
        return self.redirect_to_kind(request, object_id, "history")

    def redirect_to_kind(self, request, object_id, role):
        with known_numbers():
            resource = self.get_object(request, unquote(object_id))
        if resource is None:
            raise Http404(_("There is no such entry."))
        app = resource.kind_row.model._meta.app_label
        return redirect(f"admin:{app}_{resource.kind}_{role}", resource.pk)


def address_id(request):
    """Returns the id in the address of the sent form; "" for a form that adds."""
    return request.resolver_match.kwargs.get("object_id", "")


def values_for_copy(values):
    """Returns the `values` of a form without those that a copy must not share with its original."""
    values = values.copy()
    for name in NOT_COPIED:
        values.pop(name, None)
    if Resource.objects.filter(slug=values.get("slug", "")).exists():
        values["slug"] = ""
    return values


def copy_files(row):
    """Gives a new row its own copies of the files it shares with the row it was made from."""
    for field in row._meta.concrete_fields:
        file = getattr(row, field.name) if isinstance(field, models.FileField) else None
        if file and file._committed:
            exists = file.storage.exists(file.name)
            name = PurePosixPath(file.name).name
            setattr(row, field.name, File(file.storage.open(file.name), name) if exists else "")


def forms_of(context):
    """Returns the form of an entry and the forms of its rows."""
    rows = [row for inline in context["inline_admin_formsets"] for row in inline.formset.forms]
    return [context["adminform"].form, *rows]


def wrong_fields(form):
    """Returns (id in the page, label, first error) for each field with an error."""
    return [
        (form[name].id_for_label or form[name].auto_id, form[name].label, errors[0])
        for name, errors in form.errors.items()
        if name in form.fields
    ]


def ask_for_files_again(files, forms):
    """Asks for chosen files again: no browser keeps them when a form comes back with errors."""
    for form in forms:
        for name in form.fields:
            file = files.get(form.add_prefix(name))
            if file and name not in form.errors:
                sentence = _("Choose “%s” again. It was not saved, and the browser forgot it.")
                form.add_error(name, sentence % file.name)
