"""The feed of a plan: changes of the plan itself, and of its courses."""

from datetime import UTC, datetime

from django.contrib.syndication.views import Feed

from catalog.lib.text import clean_line
from catalog.listings.feeds import absolute
from catalog.search.index import current_index
from courses.plan import Plan
from courses.plan_query import PlanQuery

FALLBACK_DATE = datetime(2000, 1, 1, tzinfo=UTC)


class PlanFeed(Feed):
    """The plan gets a new feed entry when a course is added, removed, moved, or given another time.
    A course gets a new feed entry on each day on which it changes.
    """

    def get_object(self, request):
        return Plan(PlanQuery.read(request.GET))

    def title(self, plan):
        return clean_line(f"{plan.title} – {current_index().site.name}")

    def description(self, plan):
        return clean_line(plan.total_words)

    def link(self, plan):
        return absolute(plan.address("plan"))

    def feed_url(self, plan):
        return absolute(plan.address("plan-feed"))

    def feed_guid(self, plan):
        return self.link(plan)

    def items(self, plan):
        changed = [(plan, step) for step in plan.steps if step.course]
        changed.sort(key=lambda pair: pair[1].course.updated_at, reverse=True)
        return [(plan, None), *changed]

    def item_title(self, item):
        plan, step = item
        return clean_line(step.title if step else plan.title)

    def item_description(self, item):
        plan, step = item
        if step:
            return clean_line("; ".join([step.time, *step.reasons]).lstrip("; "))
        names = "; ".join(f"{step.number}. {step.title}" for step in plan.steps)
        return clean_line(f"{plan.total_words}. {names}")

    def item_link(self, item):
        plan, step = item
        return absolute(step.course.get_absolute_url()) if step else self.link(plan)

    def item_guid(self, item):
        plan, step = item
        if step:
            return f"{step.course.uid.urn}:{step.course.updated_at:%Y-%m-%d}"
        return f"{self.link(plan)}#{plan.fingerprint}"

    item_guid_is_permalink = False

    def item_pubdate(self, item):
        plan, step = item
        return step.course.updated_at if step else plan.changed_at or FALLBACK_DATE
