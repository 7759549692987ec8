from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.list_prints import list_print
from catalog.editions.paper_codes import LIST, code_in
from catalog.lib.qr import qr_svg
from catalog.lib.text import clean_line
from catalog.listings.listing import search_listing
from courses.course_names import names_of
from courses.models import Course
from courses.plan import Plan
from courses.plan_query import HOURS, PlanQuery

MAX_MATCHES = 6  # courses offered for a name


@require_safe
def plan_page(request):
    query, name = PlanQuery.read(request.GET), clean_line(request.GET.get("add", ""))[:100]
    matches = find_courses(name) if name else []
    if len(matches) == 1 and has_name(matches[0], name):
        return redirect(reverse("plan") + with_wanted(query, matches[0]))
    plan = Plan(query)
    context = {
        "section": "path",
        "plan": plan,
        "plan_query": query,
        "hours": HOURS,
        "name": name,
        "matches": [(course, with_wanted(query, course)) for course in matches],
        "qr": "" if query.is_empty else qr_svg(plan.link, _("The link of this plan, for a phone")),
    }
    code = code_in(request.GET, LIST)
    if code is not None:
        context["print_notice"] = list_print(code, plan.members)
    return render(request, "courses/plan.html", context)


def find_courses(name):
    """The published course that goes by `name`, else the first that a search for it finds."""
    ids = search_listing({"q": name, "kind": "course"}).ids[:MAX_MATCHES]
    courses = Course.objects.published().list_of(ids)
    exact = [course for course in courses if has_name(course, name)]
    return exact if len(exact) == 1 else courses


def has_name(course, name):
    return bool(course.names & names_of(name))


def with_wanted(query, course):
    return query.query_string(want=sorted({*query.wanted, course.slug}))


@require_safe
def plan_calendar(request):
    # Loaded when somebody asks: its library takes 5 MB and a tenth of a second.
    from courses.plan_calendar import calendar_of

    plan = Plan(PlanQuery.read(request.GET))
    if not plan.all_steps:
        return redirect(plan.address("plan"))
    response = HttpResponse(calendar_of(plan), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="plan.ics"'
    return response
