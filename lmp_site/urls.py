from django.urls import include, path, re_path

from catalog.admin import site
from lmp_site.media import serve_media

urlpatterns = [
    path("admin/", site.urls),
    re_path(r"^media/(?P<path>.+)$", serve_media, name="media"),
    path("", include("catalog.urls")),
    path("", include("courses.urls")),
]
