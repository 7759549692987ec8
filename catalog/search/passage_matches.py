"""Finds the caption, page or slide of a result that holds the searched words."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from catalog.files.validators import ending
from catalog.lib.stemming import excerpt, stems_in
from catalog.models import Passage
from catalog.search.queries import stems_of


@dataclass(frozen=True)
class PassageMatch:
    """A place with the words in a file: a link to it, its name, and the marked text around it."""

    address: str
    place: str
    pieces: list


def passage_matches(resources, groups):
    """Returns {resource id: PassageMatch}, without resources whose cards show the whole query.

    Makes two database queries for any number of resources.
    """
    best = best_passages([resource.pk for resource in resources], groups)
    passages = Passage.objects.select_related("source").in_bulk(list(best.values()))
    stems = stems_of(groups)
    matches = {}
    for resource in resources:
        passage = passages.get(best.get(resource.pk))
        if passage and not is_on_card(resource, groups):
            matches[resource.pk] = passage_match(resource, passage, stems)
    return matches


def best_passages(ids, groups):
    """Returns {resource id: id of the passage with the most groups; the first of equals}."""
    if not groups:
        return {}
    score = sum((group_score(group) for group in groups), Value(0))
    rows = (
        Passage.objects.filter(source__resource__in=ids)
        .annotate(score=score)
        .filter(score__gt=0)
        .order_by("score", "-source", "-place", "-id")
    )
    return dict(rows.values_list("source__resource", "pk"))


def group_score(group):
    """Returns the score of a group in a passage: 2 for an option in one piece, 1 word by word."""
    whole = [When(contains_phrases([sum(option, ())]), then=2) for option in group]
    parts = [When(contains_phrases(option), then=1) for option in group]
    return Case(*whole, *parts, default=0, output_field=IntegerField())


def contains_phrases(phrases):
    return Q(*(("stems__contains", f" {' '.join(phrase)} ") for phrase in phrases))


def is_on_card(resource, groups):
    return has_all(stems_in(f"{resource.title} . {resource.blurb}"), groups)


def has_all(stems, groups):
    text = f" {' '.join(stems)} "
    return all(
        any(all(f" {' '.join(phrase)} " in text for phrase in option) for option in group)
        for group in groups
    )


def passage_match(resource, passage, stems):
    address, place = place_of(resource, passage)
    return PassageMatch(address, place, excerpt(passage.text, stems))


def place_of(resource, passage):
    page, number = resource.get_absolute_url(), passage.place
    name = passage.source.name
    kind = ending(passage.source)
    if kind == "vtt":
        return f"{page}?t={number}#player", _("At %s") % f"{number // 60}:{number % 60:02}"
    if kind == "pdf":
        address = next((r.url for r in resource.tool.renditions.all() if r.file == name), page)
        return f"{address}#page={number}", _("Page %d of the PDF") % number
    label = _("Part %d of the Word file") if kind == "docx" else _("Slide %d")
    return f"{page}#get", label % number
