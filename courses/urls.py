from django.urls import path

from courses.views import course

urlpatterns = [
    path("courses/<slug:slug>/", course.course_detail, name="course-detail"),
    path("courses/<slug:slug>.pdf", course.course_pdf, name="course-pdf"),
]
