from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from catalog.models import Kind
        from catalog.printing.context import OF_KIND
        from courses.course_map import map_of

        OF_KIND[Kind.COURSE] = map_of
