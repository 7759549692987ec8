from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from courses.requirement_report import Report


class ReportMixin:
    """Adds the path report to the admin of courses."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.report_view)
        return [path("report/", view, name="courses_course_report"), *super().get_urls()]

    def report_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("Path report"),
            "opts": self.opts,
            "report": Report(),
        }
        return TemplateResponse(request, "admin/path_report.html", context)
