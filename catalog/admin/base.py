from contextlib import contextmanager, nullcontext

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import (
    AdminFileWidget,
    AdminIntegerFieldWidget,
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, models
from django.db.models import ProtectedError
from django.forms import FileField, ModelForm
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from catalog.models import Job
from catalog.search.indexing import indexed_together

MAX_SEARCH_LENGTH = 200
# The comparisons that a filter's parameter may end in. Others, such as regex, can make the database
# fail.
COMPARISONS = ("exact", "isnull", "isempty")


class PictureWidget(AdminFileWidget):
    template_name = "admin/widgets/picture.html"


class IdsOnlyMixin:
    """Skips values that cannot be the id of a row. Django's widget would look them up."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if is_number(key)], attr)


class SuggestSelect(IdsOnlyMixin, AutocompleteSelect):
    pass


class SuggestSelectMultiple(IdsOnlyMixin, AutocompleteSelectMultiple):
    pass


class FieldsMixin:
    """The fields for numbers, addresses and files in every form of the admin, inlines included."""

    formfield_overrides = {
        models.PositiveIntegerField: {
            "widget": AdminIntegerFieldWidget,
            "min_value": 1,
            "max_value": 1_000_000,
            "error_messages": {
                "min_value": _("Write 1 or more. Leave it empty if you do not know.")
            },
        },
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        models.URLField: {"assume_scheme": "https"},
        models.ImageField: {"widget": PictureWidget, "form_class": FileField},
    }

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SuggestSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SuggestSelectMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.FileField):
            # Validate before the model has the file: assigning an image opens it, to measure it.
            kwargs["validators"] = db_field.validators
            kwargs["allow_empty_file"] = True  # the validators' error names the file
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # A small button beside a requirement must not delete a course.
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class RefusableForm(ModelForm):
    refused = None  # the ValidationError of an attempt to save it

    def clean(self):
        super().clean()
        if self.refused:
            self.add_error(None, self.refused)


class CatalogAdmin(FieldsMixin, admin.ModelAdmin):
    form = RefusableForm
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def get_deleted_objects(self, objs, request):
        """Asks for no permission to delete jobs: they go with their entry, and never alone."""
        found, count, missing, protected = super().get_deleted_objects(objs, request)
        return found, count, missing - {Job._meta.verbose_name}, protected

    def lookup_allowed(self, lookup, value, request=None):
        name, *rest = lookup.split("__")
        if lookup in self.filter_names():
            return True
        compares = name in self.filter_names() and rest and rest[-1] in COMPARISONS
        return bool(compares) and super().lookup_allowed(lookup, value, request)

    def filter_names(self):
        """Returns the names of the fields and parameters that filter this list."""
        return {
            getattr(item, "parameter_name", item[0] if isinstance(item, tuple) else item)
            for item in self.list_filter
        }

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH_LENGTH])

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Shows the form again, with the error, if saving was refused and undone."""
        show = super().changeform_view
        try:
            with known_numbers(), indexed_once(request):
                return show(request, object_id, form_url, extra_context)
        except ValidationError as error:
            request.refused = error
            with known_numbers():
                return show(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def history_view(self, request, object_id, extra_context=None):
        with known_numbers():
            return super().history_view(request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST":
            request.POST = with_numbers_only(request.POST, ACTION_CHECKBOX_NAME)
        try:
            with known_numbers(), indexed_once(request):
                return super().changelist_view(request, extra_context)
        except ProtectedError as error:
            return self.refuse_deletion(request, error)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            with known_numbers(), indexed_once(request):
                return super().delete_view(request, object_id, extra_context)
        except ProtectedError as error:
            return self.refuse_deletion(request, error)

    def refuse_deletion(self, request, error):
        """Tells the editor that a row came into use after the page asked whether to delete it."""
        users = ", ".join(sorted({str(user) for user in error.protected_objects}))
        sentence = _("Nothing was deleted, because it is now in use: %s") % users
        self.message_user(request, sentence, messages.ERROR)
        return redirect(request.get_full_path())


def indexed_once(request):
    """Indexes an entry once when a form saves it with its rows and links, not once for each."""
    return indexed_together() if request.method == "POST" else nullcontext()


@contextmanager
def known_numbers():
    """Answers 400 to a number in an address or a choice that is too large for the database."""
    try:
        yield
    except (OverflowError, DataError) as error:
        raise BadRequest(_("No entry has that number.")) from error


def with_numbers_only(values, name):
    """Returns a copy of the QueryDict `values`; of `name`, only the values that are numbers."""
    values = values.copy()
    values.setlist(name, list(filter(is_number, values.getlist(name))))
    return values


def is_number(value):
    """Whether `value` can be the id of a row. Every database can hold 18 digits."""
    return str(value).isascii() and str(value).isdigit() and len(str(value)) < 19
