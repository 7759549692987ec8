"""Loads entries for cards and pages. The index knows which terms they have."""

from catalog.models import Audience, Dimension, Level, Region, Resource
from catalog.search.index import current_index


def cards_of(ids):
    """Returns a list of the public entries with these ids, in the order of `ids`."""
    return as_cards(Resource.objects.published().for_cards().list_of(ids))


def as_cards(resources):
    """Returns a list of `resources`, loaded by for_cards(), with all that a card shows."""
    resources, index = with_levels(resources), current_index()
    audiences = [(audience.slug, audience.name) for audience in index.terms(Audience)]
    set_values(resources, "audience_names", "audience", audiences)
    set_values(resources, "delivery_names", "delivery", sorted(index.choices["delivery"]))
    return resources


def as_page(resource):
    """Returns a `resource` that for_page() loaded, with all terms that its page shows."""
    with_levels([resource])
    for model in (Audience, Dimension, Region):
        facet = model._meta.model_name
        terms = [(term.slug, term) for term in current_index().terms(model)]
        set_values([resource], f"{facet}_terms", facet, terms)
    return resource


def with_levels(resources):
    """Returns a list of `resources`, which now know their levels without a query."""
    resources = list(resources)
    numbers = [(level.number, level.number) for level in current_index().terms(Level)]
    set_values(resources, "level_numbers", "level", numbers)
    return resources


def set_values(resources, name, facet, options):
    """Sets the attribute `name` of each of `resources`: a list of the values of its options.

    `options` has (key, value) for each option of the facet, in the order of the values.
    """
    index = current_index()
    sets = [(value, index.set_of(f"{facet}:{key}")) for key, value in options]
    used = [(value, found) for value, found in sets if found]
    for resource in resources:
        setattr(resource, name, [value for value, found in used if resource.pk in found])
