from django.views.decorators.http import require_safe

from catalog.views import detail_page, detail_pdf
from courses.models import Course


@require_safe
def course_detail(request, slug):
    return detail_page(request, Course, slug, "courses/course.html", more=path_of)


@require_safe
def course_pdf(request, slug):
    return detail_pdf(request, Course, slug, more=path_of)


def path_of(course):
    """What a course opens; what it requires and what follows are fields of its own."""
    opened = Course.objects.published().filter(requirements__named_course=course)
    return {"unlocks": opened.prefetch_related("levels")}
