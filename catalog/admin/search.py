"""The search desk: what readers searched for, and the synonyms and promoted results that help."""

from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case, F, Sum, When, Window
from django.db.models.functions import RowNumber
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.admin.base import CatalogAdmin, RefusableForm, known_numbers
from catalog.admin.relevance_checks import FIRST, is_among_first, place_of, refuse_harm
from catalog.admin.site import site
from catalog.lib.paging import page_of
from catalog.lib.stemming import stems_in, words_in
from catalog.listings.listing import search_listing
from catalog.models import BestBet, JudgedQuery, Resource, SearchCount, Synonym
from catalog.search.counting import KEEP_DAYS
from catalog.search.index import current_index
from catalog.search.no_results import MAX_TYPOS
from catalog.search.ranking import find, is_found, near_words

MIN_LETTERS = 4  # a shorter word is close to too many others
MAX_MEANINGS = 3  # known words proposed for one unknown word


class BestBetForm(RefusableForm):
    def validate_unique(self):
        """Checks the stems too, which are not in the form."""
        super().validate_unique()
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, error)


class VocabularyAdmin(CatalogAdmin):
    """Refuses to save or delete a row if this would harm a search check."""

    def save_model(self, request, obj, form, change):
        with refuse_harm():
            super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with refuse_harm():
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with refuse_harm():
            super().delete_queryset(request, queryset)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            return self.refuse(request, error)

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except ValidationError as error:
            return self.refuse(request, error)

    def refuse(self, request, error):
        for sentence in error.messages:
            self.message_user(request, _("Nothing was deleted. %s") % sentence, messages.ERROR)
        return redirect(request.get_full_path())


@admin.register(Synonym, site=site)
class SynonymAdmin(VocabularyAdmin):
    fields = list_display = search_fields = ["term", "meaning"]

    def success_message(self, row):
        return _("Search now treats “%(term)s” and “%(meaning)s” as the same.") % vars(row)


@admin.register(BestBet, site=site)
class BestBetAdmin(VocabularyAdmin):
    form = BestBetForm
    fields = list_display = ["words", "resource"]
    search_fields = ["words", "resource__title"]
    autocomplete_fields = list_select_related = ["resource"]

    def success_message(self, row):
        facts = {"title": row.resource, "words": row.words}
        return _("“%(title)s” now comes first for “%(words)s”.") % facts


@admin.register(JudgedQuery, site=site)
class JudgedQueryAdmin(CatalogAdmin):
    fields = ["words", "resource"]
    list_display = ["words", "resource", "place"]
    search_fields = ["words", "resource__title"]
    autocomplete_fields = list_select_related = ["resource"]

    @admin.display(description=gettext_lazy("place now"))
    def place(self, obj):
        place = place_of(obj)
        if is_among_first(place):
            return place
        if not obj.resource.is_public:
            return _("not public")
        return format_html('<strong class="wrong-rank">{}</strong>', place or _("not found"))


@admin.register(SearchCount, site=site)
class SearchDesk(CatalogAdmin):
    """The list is the search desk: all searches, those that went wrong first."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [
            path("synonym/", self.one_click(Synonym), name="search-synonym"),
            path("best-bet/", self.one_click(BestBet), name="search-best-bet"),
            *super().get_urls(),
        ]

    def one_click(self, model):
        return self.admin_site.admin_view(
            require_POST(lambda request: self.add_row(request, self.admin_of(model)))
        )

    def admin_of(self, model):
        return self.admin_site.get_model_admin(model)

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows, words = searches_by_need(), request.GET.get("words", "")
        paginator = Paginator(rows.filter(words=words) if words else rows, self.list_per_page)
        page, notice = page_of(paginator, request.GET.get("page"))
        context = self.admin_site.each_context(request) | {
            "title": _("Search desk"),
            "opts": self.opts,
            "days": KEEP_DAYS,
            "words": words,
            "page": page,
            "notice": notice,
            "pages": paginator.get_elided_page_range(page.number),
            "rows": rows_of(page.object_list, alone=bool(words)),
            "adds_synonyms": self.admin_of(Synonym).has_add_permission(request),
            "adds_best_bets": self.admin_of(BestBet).has_add_permission(request),
        }
        return TemplateResponse(request, "admin/search_report.html", context)

    def add_row(self, request, model_admin):
        """Saves the sent fields as the form of `model_admin` does. Returns to the page before."""
        if not model_admin.has_add_permission(request):
            raise PermissionDenied
        try:
            with known_numbers(), transaction.atomic():
                row = self.save_row(request, model_admin)
        except ValidationError as error:
            for sentence in error.messages:
                self.message_user(request, _("Nothing was changed. %s") % sentence, messages.ERROR)
        else:
            self.message_user(request, model_admin.success_message(row), messages.SUCCESS)
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("admin:catalog_searchcount_changelist") + query)

    def save_row(self, request, model_admin):
        form = model_admin.get_form(request)(request.POST)
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        row = form.save(commit=False)
        refuse_second_bet(row)
        model_admin.save_model(request, row, form, change=False)
        model_admin.log_addition(request, row, [{"added": {}}])
        return row


def refuse_second_bet(row):
    """Refuses a second promoted result for the same words: only one can come first."""
    if isinstance(row, BestBet) and (bet := BestBet.objects.filter(stems=row.stems).first()):
        raise ValidationError(_("“%s” already comes first for these words.") % bet.resource)


def searches_by_need():
    """Returns the latest SearchCount of all words with the sums of KEEP_DAYS days.

    Searches without results come first, then those without clicks.
    """
    same = {"partition_by": F("words")}
    rows = SearchCount.objects.filter(day__gte=timezone.localdate() - timedelta(days=KEEP_DAYS))
    rows = rows.annotate(
        latest=Window(RowNumber(), order_by=F("day").desc(), **same),
        all_searches=Window(Sum("searches"), **same),
        all_clicks=Window(Sum("clicks"), **same),
    )
    need = Case(When(results=0, then=0), When(all_clicks=0, then=1), default=2)
    return rows.filter(latest=1).order_by(need, "-all_searches", "words")


class Proposal(NamedTuple):
    """The known words `meanings` as possible synonyms for `term`, which no resource has."""

    term: str
    meanings: list


def rows_of(counts, alone):
    """Returns `counts`, each with what an editor can do. Checks a good search only if `alone`."""
    rows, index = list(counts), current_index()
    bets = best_bets(rows)
    for row in rows:
        row.sayable = bool(stems_in(row.words))
        row.bets = bets.get(stems_of(row), [])
        row.looked_into = alone or not (row.results and row.all_clicks)
        ids = search_listing({"q": row.words}).ids if row.looked_into else []
        row.now, row.first_ids = len(ids), ids[:FIRST]
        row.proposal = proposal(row.words, index) if row.looked_into and not ids else None
    resources = Resource.objects.in_bulk({pk for row in rows for pk in row.first_ids})
    for row in rows:
        row.first = [resources[pk] for pk in row.first_ids if pk in resources]
    return rows


def best_bets(rows):
    """Returns {stems: [promoted result, …]} for the words of `rows`."""
    bets = {}
    wanted = BestBet.objects.filter(stems__in=set(map(stems_of, rows)))
    for bet in wanted.select_related("resource"):
        bets.setdefault(bet.stems, []).append(bet)
    return bets


def stems_of(row):
    return " ".join(stems_in(row.words))


def proposal(text, index):
    """Returns a Proposal for the first word that finds nothing even with typos, or None.

    The caller knows that the whole `text` finds nothing. None means that no known word is near.
    """
    words, public = words_in(text), index.public()
    for word in words:
        if len(word) >= MIN_LETTERS and (len(words) == 1 or not find(word, index).hits):
            near = (
                other for other in near_words(word, MAX_TYPOS) if is_found(other, public, index)
            )
            if meanings := list(islice(near, MAX_MEANINGS)):
                return Proposal(text if len(words) == 1 else word, meanings)
    return None
