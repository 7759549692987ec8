from django.urls import path
from django.views.decorators.http import require_safe

from catalog.listings.listing import level_listing
from catalog.printing.views import pdf_view
from catalog.urls import listing_urls
from courses import path_listings, plan_feed
from courses.catalog_pdf import catalog_recipe
from courses.plan_pdf import action_plan_recipe, plan_recipe
from courses.views import huddle, plan
from courses.views import path as path_views

urlpatterns = [
    path("catalog.pdf", pdf_view(catalog_recipe), name="catalog-pdf"),
    path("path/", path_views.grid, name="path"),
    path("path/check/", path_views.team_check, name="team-check"),
    path("path/check.pdf", pdf_view(action_plan_recipe), name="action-sheet"),
    path("path/plan/", plan.plan_page, name="plan"),
    path("path/plan.pdf", pdf_view(plan_recipe), name="plan-pdf"),
    path("path/plan.ics", plan.plan_calendar, name="plan-calendar"),
    path("path/huddle/", huddle.huddle, name="huddle"),
    path("path/plan/feed/", require_safe(plan_feed.PlanFeed()), name="plan-feed"),
    *listing_urls(
        "path/<slug:slug>", "dimension", path_listings.dimension_listing, path_views.dimension_page
    ),
    *listing_urls(
        "path/<slug:slug>/level-<int:number>",
        "cell",
        path_listings.cell_listing,
        path_views.cell_page,
    ),
    *listing_urls("levels/<int:number>", "level", level_listing, path_views.level_page),
]
