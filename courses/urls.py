from django.urls import path

from courses import views

urlpatterns = [
    path("courses/<slug:slug>/", views.course_detail, name="course-detail"),
    path("courses/<slug:slug>.pdf", views.course_pdf, name="course-pdf"),
]
