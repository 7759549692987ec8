from django.views.decorators.http import require_safe

from catalog.resources.views import detail_page, detail_pdf
from courses.models import Course


@require_safe
def course_detail(request, slug):
    return detail_page(request, Course, slug, "courses/course.html")


@require_safe
def course_pdf(request, slug):
    return detail_pdf(request, Course, slug)
