"""The PDFs of a plan, and of the action plan of a team."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.editions.list_prints import address_with_code
from catalog.lib.qr import qr_image
from catalog.printing.documents import document_of, one_at_a_time
from catalog.printing.recipes import Printable, with_query
from courses.plan import Plan
from courses.plan_query import PlanQuery
from courses.team_check import TeamCheck

MAX_HELPS = 2  # of a kind, for one criterion
LEVELS = ("1", "2", "3", "4", "5")


def plan_recipe(query):
    """The Printable of a plan, or the address of the plan page if nothing is asked for."""
    plan = Plan(PlanQuery.read(query))
    if plan.query.is_empty:
        return plan.address("plan")

    @one_at_a_time()
    def build(options):
        context = {
            "plan": plan,
            "plan_query": plan.query,
            "title": plan.title,
            "address": plan.address("plan"),
            "qr": qr_image(
                settings.SITE_URL + address_with_code(plan.address("plan"), plan.members)
            ),
        }
        return document_of("pdf/plan.html", context, options, fit=True)

    return Printable(plan.title, plan.address("plan-pdf"), build)


def action_plan_recipe(query):
    """The Printable of a team check: the team's next level, or blank pages for all levels."""
    check, level = TeamCheck.read(query.get("check", "")), query.get("level", "")
    level = level if level in LEVELS and not check.code else ""

    @one_at_a_time()
    def build(options):
        return document_of("pdf/action_sheet.html", action_plan_context(check, level), options)

    address = check.address("action-sheet") if check.code else reverse("action-sheet")
    return Printable(_("Action plan"), with_query(address, level and f"level={level}"), build)


def action_plan_context(check, level):
    levels = list(check.levels())
    if check.code:
        check.path.help_for(check.standing.open)
        levels = [row for row in levels if row.number == check.standing.next_level] or levels
    elif level:
        levels = [row for row in levels if str(row.number) == level]
    return {
        "check": check,
        "levels": levels,
        "helps": action_plan_helps(check) if check.code else [],
        "title": _("Action plan"),
        "address": check.address("team-check"),
        "qr": qr_image(check.link),
    }


def action_plan_helps(check):
    """[(criterion, [(resource, QR code of its short address)])] of the next steps that have any."""
    return [
        (criterion, [(resource, short_qr(resource)) for resource in resources])
        for criterion in check.standing.open
        if (resources := [r for _kind, rows, _more in criterion.help for r in rows[:MAX_HELPS]])
    ]


def short_qr(resource):
    return qr_image(settings.SITE_URL + resource.get_short_url())
