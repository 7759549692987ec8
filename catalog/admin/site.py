from functools import update_wrapper

from django.contrib import admin
from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.csrf import csrf_failure as refuse_request
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from catalog.admin.autocomplete import Suggestions
from catalog.kinds import registered
from catalog.models import SiteSettings

# The index, in the order an editor looks for things. All other models follow by their app.
GROUPS = (
    (_("Catalog"), ()),  # the kinds of resource
    (
        _("Vocabulary"),
        ("topic", "tag", "audience", "tooltype", "region"),
    ),
    (_("Files"), ("job",)),
    (_("Path to Performance"), ("criterion", "dimension", "level")),
    (_("Search"), ("searchcount", "synonym", "bestbet", "judgedquery")),
    (_("Site and people"), ("sitesettings", "user", "group")),
)
NOT_KEPT = ("csrfmiddlewaretoken", "kept")


class CatalogAdminSite(admin.AdminSite):
    index_title = _("What would you like to edit?")
    login_template = "admin/login_again.html"

    def each_context(self, request):
        name = SiteSettings.load().name
        return super().each_context(request) | {"site_header": name, "site_title": name}

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        return apps if app_label else group_apps(apps)

    def get_urls(self):
        """Adds short addresses of the reports, to say aloud and to link to."""
        desk = RedirectView.as_view(pattern_name="admin:catalog_searchcount_changelist")
        report = RedirectView.as_view(pattern_name="admin:courses_course_report")
        access = RedirectView.as_view(pattern_name="admin:catalog_resource_accessibility")
        return [
            path("search/", desk, name="search-desk"),
            path("path/", report, name="path-report"),
            path("accessibility/", access, name="access-report"),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request):
        return Suggestions.as_view(admin_site=self)(request)

    def admin_view(self, view, cacheable=False):
        """Keeps a form that is sent after its editor was logged out until they log in again."""
        guarded = super().admin_view(view, cacheable)

        def keeping(request, *args, **kwargs):
            signed_out = request.method == "POST" and request.user.is_anonymous
            if signed_out and request.path != reverse("admin:logout"):
                return self.keep_text_and_ask_login(request)
            return guarded(request, *args, **kwargs)

        return update_wrapper(keeping, guarded)

    def keep_text_and_ask_login(self, request):
        extra = {
            "kept": signing.dumps(sent_texts(request), salt="kept", compress=True),
            "lost_files": [file.name for file in request.FILES.values()],
            "next": request.get_full_path(),
            "app_path": reverse("admin:login"),
        }
        request.method = "GET"
        response = self.login(request, extra)
        response.status_code = 403
        return response

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        kept = request.POST.get("kept", "")
        response = super().login(request, {"kept": kept} | (extra_context or {}))
        if kept and isinstance(response, HttpResponseRedirect):
            return self.send_again(request, response.url, kept_texts(kept))
        return response

    def send_again(self, request, address, texts):
        """Returns a page whose one button sends `texts` to `address` in the current session."""
        context = self.each_context(request) | {
            "title": _("Your text is still here"),
            "address": address,
            "pairs": [(name, text) for name, values in texts.items() for text in values],
        }
        return TemplateResponse(request, "admin/resubmit.html", context)


site = CatalogAdminSite(name="admin")


def group_apps(apps):
    """Returns the apps of the index as GROUPS, then the rest of each app."""
    models = {model["object_name"].lower(): model for app in apps for model in app["models"]}
    kinds = [kind.name for kind in registered()]
    groups = [
        {
            "name": title,
            "app_label": f"group-{number}",
            "app_url": reverse("admin:index"),
            "has_module_perms": True,
            "models": [models.pop(name) for name in names or kinds if name in models],
        }
        for number, (title, names) in enumerate(GROUPS, 1)
    ]
    for app in apps:
        app["models"] = [m for m in app["models"] if m["object_name"].lower() in models]
    return [app for app in groups + apps if app["models"]]


def sent_texts(request):
    return {name: texts for name, texts in request.POST.lists() if name not in NOT_KEPT}


def kept_texts(kept):
    """Returns the texts that keep_text_and_ask_login() put into the login form.

    Returns {} if someone changed them.
    """
    try:
        return signing.loads(kept, salt="kept")
    except signing.BadSignature:
        return {}


def csrf_failure(request, reason=""):
    """Answers a form with a stale token: its editor logged in again in another window.

    Only a form of this site gets this answer: the browser sends its origin. Any other form is
    refused.
    """
    same_origin = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if not same_origin or not request.path.startswith(reverse("admin:index")):
        return refuse_request(request, reason)
    if request.path == reverse("admin:login"):
        return redirect(request.get_full_path())
    if request.user.is_anonymous:
        return site.keep_text_and_ask_login(request)
    return site.send_again(request, request.get_full_path(), sent_texts(request))
