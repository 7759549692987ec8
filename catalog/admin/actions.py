"""The actions for several entries at once."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from taggit.models import Tag

from catalog.admin.accessibility import barriers
from catalog.admin.fields import TagsField
from catalog.search.indexing import indexed_together

MAX_TITLES = 20  # titles on the page that asks for tags


@admin.action(description=gettext_lazy("Publish the selected entries"), permissions=["publish"])
def publish(model_admin, request, queryset):
    hidden = [resource for resource in queryset if not resource.is_public]
    ready = [resource for resource in hidden if not is_held_back(model_admin, request, resource)]
    with indexed_together():
        for resource in ready:
            if not resource.published_at or resource.published_at > timezone.now():
                resource.published_at = timezone.now()
            resource.unpublished_at = None
            save_and_log(
                model_admin, request, resource, _("Published."), "published_at", "unpublished_at"
            )
    done = ngettext("%d entry is now published.", "%d entries are now published.", len(ready))
    model_admin.message_user(request, done % len(ready), messages.SUCCESS)


@admin.action(description=gettext_lazy("Withdraw the selected entries"), permissions=["publish"])
def withdraw(model_admin, request, queryset):
    """Withdraws a published entry. Makes a scheduled entry a draft again."""
    shown = [resource for resource in queryset if resource.is_public or is_scheduled(resource)]
    with indexed_together():
        for resource in shown:
            if is_scheduled(resource):
                resource.published_at = resource.unpublished_at = None
            else:
                just_after = resource.published_at + timedelta(microseconds=1)
                resource.unpublished_at = max(timezone.now(), just_after)
            save_and_log(
                model_admin, request, resource, _("Withdrawn."), "published_at", "unpublished_at"
            )
    done = ngettext("%d entry is now off the site.", "%d entries are now off the site.", len(shown))
    model_admin.message_user(request, done % len(shown), messages.SUCCESS)


@admin.action(description=gettext_lazy("Add tags to the selected entries"), permissions=["change"])
def add_tags(model_admin, request, queryset):
    form = AddTagsForm(request.POST if "apply" in request.POST else None)
    if not form.is_valid():
        return ask_for_tags(model_admin, request, queryset, form, _("Add tags"))
    tag_all(model_admin, request, queryset, "add", form.cleaned_data["tags"])


@admin.action(
    description=gettext_lazy("Remove tags from the selected entries"), permissions=["change"]
)
def remove_tags(model_admin, request, queryset):
    used = Tag.objects.filter(tagged_resources__content_object__in=queryset.values("pk")).distinct()
    form = RemoveTagsForm(request.POST if "apply" in request.POST else None)
    form.fields["tags"].queryset = used.order_by("name")
    if not form.is_valid():
        return ask_for_tags(model_admin, request, queryset, form, _("Remove tags"))
    tag_all(
        model_admin, request, queryset, "remove", [tag.name for tag in form.cleaned_data["tags"]]
    )


def is_held_back(model_admin, request, resource):
    """Returns whether it has barriers and no publisher gave a reason. If so, tells the editor."""
    found = [] if resource.access_reason else barriers(resource)
    if found:
        facts = {"title": resource, "barriers": " ".join(found)}
        sentence = _("“%(title)s” is not published. %(barriers)s Open it to fix this.")
        model_admin.message_user(request, sentence % facts, messages.WARNING)
    return bool(found)


class AddTagsForm(forms.Form):
    tags = TagsField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Any words, with commas between them."),
    )


class RemoveTagsForm(forms.Form):
    tags = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags"), queryset=None, widget=forms.CheckboxSelectMultiple
    )


def tag_all(model_admin, request, queryset, change, names):
    resources = list(queryset)
    with indexed_together():
        for resource in resources:
            getattr(resource.tags, change)(*names)
            save_and_log(model_admin, request, resource, _("Changed tags."))
    done = ngettext(
        "Changed the tags of %d entry.", "Changed the tags of %d entries.", len(resources)
    )
    model_admin.message_user(request, done % len(resources), messages.SUCCESS)


def ask_for_tags(model_admin, request, queryset, form, title):
    """Returns the page between choosing an action and doing it, which asks for what it needs."""
    context = model_admin.admin_site.each_context(request) | {
        "title": title,
        "opts": model_admin.model._meta,
        "form": form,
        "count": queryset.count(),
        "resources": queryset[:MAX_TITLES],
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "action": request.POST["action"],
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "admin/add_tags.html", context)


def save_and_log(model_admin, request, resource, message, *fields):
    resource.save(update_fields=[*fields, "updated_at"])
    model_admin.log_change(request, resource, message)


def is_scheduled(resource):
    return bool(resource.published_at and resource.published_at > timezone.now())
