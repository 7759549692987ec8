"""Writes entries as lines that read_line() reads."""

import json

from catalog.models import Level, Resource
from catalog.models.base import linked
from catalog.search.loading import read_batch
from courses.models import Course
from editorial.entries import fields

CHUNK = 500


def export_lines():
    """Yields a line of JSON for each entry, the first created first."""
    ids = list(Resource.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        slugs = read_slugs(part)
        for resource in read_batch(part).resources():
            yield json.dumps(facts_of(resource, slugs), ensure_ascii=False)


def read_slugs(ids):
    """Returns {name of a link: {id: slugs of the linked entries}}."""
    models = {"related": Resource, "replaced_by": Resource, "equivalents": Course}
    slugs = {}
    for name, model in models.items():
        by_id, slug = slugs.setdefault(name, {}), f"{name}__slug"
        rows = model.objects.filter(pk__in=ids).exclude(**{slug: None}).order_by("pk", slug)
        for pk, linked_slug in rows.values_list("pk", slug):
            by_id.setdefault(pk, []).append(linked_slug)
    return slugs


def facts_of(resource, slugs):
    """Returns the facts of a loaded entry, without those that are empty."""
    kind = resource.kind
    facts = {"kind": kind}
    facts |= {name: plain(getattr(resource, name)) for name in fields.columns_of(kind)}
    for name in fields.TERMS:
        facts[name] = [name_of(term) for term in linked(resource, name)]
    if kind == "tool":
        facts[fields.TOOL_TYPE] = resource.tool_type and resource.tool_type.name
    facts[fields.TAGS] = sorted(tag.name for tag in linked(resource, "tags"))
    for name, (_model, columns) in fields.rows_of(kind).items():
        facts[name] = [facts_of_row(row, columns) for row in linked(resource, name)]
    for name in fields.links_of(kind):
        facts[name] = slugs[name].get(resource.pk, [])
    facts[fields.REPLACED_BY] = next(iter(slugs[fields.REPLACED_BY].get(resource.pk, [])), "")
    return {name: value for name, value in facts.items() if value not in ("", None, [])}


def facts_of_row(row, columns):
    facts = {name: plain(getattr(row, name)) for name in columns}
    if getattr(row, "named_course_id", None):
        facts[fields.COURSE] = row.named_course.slug
    return {name: value for name, value in facts.items() if value not in ("", None)}


def name_of(term):
    return term.number if isinstance(term, Level) else term.name


def plain(value):
    """Returns a value of a model field as JSON has it."""
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
