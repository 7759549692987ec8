from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from catalog.detail import OF_KIND
        from catalog.models import Kind
        from courses.maps import map_of

        OF_KIND[Kind.COURSE] = map_of
