from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.codes import LIST, code_in
from catalog.editions.lists import list_print
from catalog.lib.qr import qr_svg
from catalog.lib.text import clean_line
from catalog.listings.listing import search_listing
from courses.course_names import names_of
from courses.models import Course
from courses.plan import Plan
from courses.plan_calendar import calendar_of
from courses.plan_query import HOURS, Asked

MOST_MEANT = 6  # courses offered for the name of one


@require_safe
def plan_page(request):
    asked, name = Asked.read(request.GET), clean_line(request.GET.get("add", ""))[:100]
    meant = courses_meant(name) if name else []
    if len(meant) == 1 and goes_by(meant[0], name):
        return redirect(reverse("plan") + with_wanted(asked, meant[0]))
    plan = Plan(asked)
    context = {
        "section": "path",
        "plan": plan,
        "asked": asked,
        "hours": HOURS,
        "name": name,
        "meant": [(course, with_wanted(asked, course)) for course in meant],
        "qr": "" if asked.is_empty else qr_svg(plan.link, _("The link of this plan, for a phone")),
    }
    code = code_in(request.GET, LIST)
    if code is not None:
        context["print_notice"] = list_print(code, plan.members)
    return render(request, "courses/plan.html", context)


def courses_meant(name):
    """The published course that goes by `name`, else the first that a search for it finds."""
    found = search_listing({"q": name, "kind": "course"}).ids[:MOST_MEANT]
    courses = Course.objects.published().list_of(found)
    exact = [course for course in courses if goes_by(course, name)]
    return exact if len(exact) == 1 else courses


def goes_by(course, name):
    return bool(course.names & names_of(name))


def with_wanted(asked, course):
    return asked.query(want=sorted({*asked.wanted, course.slug}))


@require_safe
def plan_calendar(request):
    plan = Plan(Asked.read(request.GET))
    if not plan.all_steps:
        return redirect(plan.address("plan"))
    response = HttpResponse(calendar_of(plan), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="plan.ics"'
    return response
