from django.urls import include, path

from catalog.admin import site

urlpatterns = [
    path("admin/", site.urls),
    path("", include("catalog.urls")),
    path("", include("courses.urls")),
]
