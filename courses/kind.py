from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.kinds import Kind, register, registered
from courses.course_map import map_context
from courses.models import Course


def helping_kinds():
    """Returns the names of the kinds that help with a course: all but the course itself."""
    return [kind.name for kind in registered() if kind.model is not Course]


def register_kind():
    register(
        Kind(
            name="course",
            model=Course,
            position=3,
            label=_("Course"),
            plural=_("Courses"),
            summary=_("Training for teams, their co-leads, sponsors and consultants."),
            path="courses",
            count=lambda n: ngettext("%d course", "%d courses", n) % n,
            page_template="courses/course.html",
            pdf_template="pdf/course.html",
            icon_template="courses/icon.html",
            context=map_context,
        )
    )
