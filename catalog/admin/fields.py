import re

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.forms import TagField, TagWidgetMixin
from taggit.models import Tag

from catalog.lib.text import clean_line

MAX_SUGGESTIONS = 500


def check_tag(name):
    """Raises ValidationError unless `name` can be a tag with a page of its own."""
    if len(name) > Tag._meta.get_field("name").max_length:
        raise ValidationError(_("“%s…” is too long for a tag. Make it shorter.") % name[:40])
    if not slugify(name, allow_unicode=True):
        raise ValidationError(_("“%s” cannot be a tag: it needs a letter or a digit.") % name)


class TagsWidget(TagWidgetMixin, AdminTextInputWidget):
    template_name = "admin/widgets/tags.html"

    def format_value(self, value):
        if value is None or isinstance(value, str):
            return value
        return ", ".join(sorted(tag.name for tag in value))

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}_known"
        context["known"] = Tag.objects.order_by("name").values_list("name", flat=True)
        context["known"] = context["known"][:MAX_SUGGESTIONS]
        return context


class TagsField(TagField):
    """Tags with commas between them. Unlike in taggit's own field, a tag may have several words."""

    widget = TagsWidget

    def clean(self, value):
        text = forms.CharField.clean(self, value)
        names = filter(None, (clean_line(part) for part in re.split(r"[,;\n]", text)))
        tags = {name.casefold(): name for name in names}
        if self.required and not tags:
            raise ValidationError(self.error_messages["required"], code="required")
        for name in tags.values():
            check_tag(name)
        return sorted(tags.values())
