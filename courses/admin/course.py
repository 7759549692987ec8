from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.admin import site
from catalog.admin.forms import RowForm, Rows
from catalog.admin.resources import (
    DeliveryInline,
    ResourceAdmin,
    RowInline,
    RowsMixin,
    make_fieldsets,
)
from courses.admin.report import ReportMixin
from courses.models import Course, CourseModule, FollowUp, Requirement


class CourseReferenceForm(RowForm):
    def clean(self):
        super().clean()
        course = self.cleaned_data.get("named_course")
        if course and not self.cleaned_data.get("text"):
            self.cleaned_data["text"] = course.title
        if course and course.pk == self.instance.course_id:
            self.add_error(
                "named_course", _("Choose a different course. A course cannot name itself.")
            )
        if "text" in self.errors:
            # The form reports this error already, so keep the model from reporting an empty text.
            self.instance.text = "?"


class CourseReferenceRows(Rows):
    def clean(self):
        """Also refuses two rows that name the same course by different names."""
        super().clean()
        rows = [form.instance for form in self.forms if names_something(form)]
        named = [course_or_names(row) for row in rows]
        if len(set(named)) < len(named):
            raise ValidationError(self.get_unique_error_message(["named_course"]))


def names_something(form):
    facts = getattr(form, "cleaned_data", {})
    return facts.get("text") and not facts.get("DELETE") and form.instance.names_a_course


def course_or_names(row):
    """Returns the course that `row` will link to when it is saved, else the names it uses."""
    return row.named_course or row.course_named() or frozenset(row.names)


class CourseReferenceInline(RowsMixin, admin.StackedInline):
    form = CourseReferenceForm
    formset = CourseReferenceRows
    fk_name = "course"
    autocomplete_fields = ["named_course"]
    readonly_fields = ["linked"]

    @admin.display(description=_("in the catalog"), empty_value="")
    def linked(self, obj):
        """Says whether the catalog has the course; "" for a row that names none (a condition)."""
        if not obj.pk or not obj.names_a_course:
            return ""
        badge = ("public", _("yes")) if obj.named_course_id else ("hidden", _("not yet"))
        return format_html('<span class="state state-{}">{}</span>', *badge)


class RequirementInline(CourseReferenceInline):
    model = Requirement
    fields = [("text", "named_course"), ("type", "necessity", "position", "linked")]


class FollowUpInline(CourseReferenceInline):
    model = FollowUp
    fields = [("text", "named_course"), ("position", "linked")]


class ModuleInline(RowInline):
    model = CourseModule


@admin.register(Course, site=site)
class CourseAdmin(ReportMixin, ResourceAdmin):
    fieldsets = make_fieldsets(
        what=["outcomes", "other_names"],
        more=[
            (_("Enrollment"), {"fields": ["enrollment_text", "enrollment_address"]}),
            (_("Requirements"), {"fields": ["equivalents", "requirements_text"]}),
        ],
    )
    autocomplete_fields = [*ResourceAdmin.autocomplete_fields, "equivalents"]
    inlines = [RequirementInline, FollowUpInline, ModuleInline, DeliveryInline]
    search_fields = [*ResourceAdmin.search_fields, "other_names"]

    def gaps(self):
        required = Requirement.objects.dangling().filter(course=OuterRef("pk"))
        following = FollowUp.objects.dangling().filter(course=OuterRef("pk"))
        return super().gaps() | {
            "lacks_time": (_("time"), Q(minutes_min=None)),
            "lacks_required": (_("required course in the catalog"), Exists(required)),
            "lacks_following": (_("follow-up course in the catalog"), Exists(following)),
        }
