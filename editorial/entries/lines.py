"""Reads lines into entries that are not saved yet. Each fault is a sentence with advice."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from catalog.admin.accessibility import barriers
from catalog.lib.text import clean_line
from catalog.models import Level, Resource, ToolType
from editorial.entries import fields
from editorial.facts import MODELS

MAX_NAMED = 5  # terms that a sentence about an unknown one lists


class LineFault(Exception):
    """The message is a sentence that says what is wrong with a line, and what to do."""


@dataclass
class Entry:
    """One line: `resource` and the rows of `rows` ({name: [(row, slug of its course or ""), …]})
    are not saved. `terms` is {name: primary keys}; `links` is {name: slugs of other entries}.
    """

    line: int
    resource: Resource
    terms: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    links: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    replaced_by: str = ""


class Vocabulary:
    """Finds terms by name, slug or number, without a query for each."""

    def __init__(self, add_terms=False):
        self.add_terms = add_terms
        models_of_terms = {*fields.TERMS.values(), ToolType}
        self.terms = {model: list(model.objects.all()) for model in models_of_terms}
        self.keys = {
            model: {key: term.pk for term in terms for key in keys_of_term(term)}
            for model, terms in self.terms.items()
        }

    def find(self, model, value):
        """Returns the primary key of the term called `value`, or the name of one to add.

        Raises LineFault.
        """
        key = self.keys[model].get(str(value).strip().casefold())
        if key is None and self.add_terms and model is not Level and isinstance(value, str):
            return new_name(model, value)
        if key is None or isinstance(value, bool):
            label = model._meta.verbose_name
            names = [str(getattr(term, "number", term)) for term in self.terms[model]]
            close = get_close_matches(str(value), names, MAX_NAMED, 0.5) or names[:MAX_NAMED]
            sentence = _("No %(label)s is called “%(value)s”. Add it in the admin or correct it.")
            known = _(" Some that exist: %s.") % ", ".join(close) if close else ""
            raise LineFault(sentence % {"label": label, "value": str(value)[:80]} + known)
        return key

    def key_of(self, model, found):
        """Returns the primary key of what find() returned, and adds the term if it is new."""
        if not isinstance(found, str):
            return found
        if found.casefold() not in self.keys[model]:
            term = model.objects.create(name=found)
            self.keys[model] |= dict.fromkeys(keys_of_term(term), term.pk)
        return self.keys[model][found.casefold()]


def new_name(model, value):
    """Returns `value` as the name of a new term. Raises LineFault."""
    term = model(name=value)
    try:
        term.clean_fields(exclude={"slug", "position", "parent"})
    except ValidationError as error:
        raise LineFault(f"“{value[:80]}”: {' '.join(error.messages)}") from error
    return term.name


def keys_of_term(term):
    if isinstance(term, Level):
        return [str(term.number)]
    return [term.slug.casefold(), term.name.casefold()]


def read_line(text, number, vocabulary):
    """Returns the Entry of one line. Raises LineFault."""
    facts = read_json(text)
    kind = facts.get("kind")
    if not isinstance(kind, str) or kind not in MODELS:
        sentence = _("“kind” is %(kind)s. Write one of: %(kinds)s.")
        shown = json.dumps(kind, ensure_ascii=False)[:80]
        raise LineFault(sentence % {"kind": shown, "kinds": ", ".join(MODELS)})
    known = fields.fields_of(kind)
    for name in facts:
        if name not in known:
            raise LineFault(unknown_field(name, kind, known))
    entry = Entry(number, MODELS[kind](kind=kind))
    set_columns(entry.resource, facts, fields.columns_of(kind))
    read_terms(entry, facts, vocabulary)
    for name in fields.links_of(kind):
        entry.links[name] = texts_in(facts, name)
    entry.replaced_by = text_in(facts, fields.REPLACED_BY)
    for name, (model, columns) in fields.rows_of(kind).items():
        entry.rows[name] = read_rows(entry, facts, name, model, columns)
    check_publishing(entry.resource)
    return entry


def read_json(text):
    try:
        facts = json.loads(text)
    except ValueError as error:
        sentence = _("This is not JSON (%s). Write one JSON object on each line.")
        raise LineFault(sentence % getattr(error, "msg", error)) from error
    except RecursionError as error:
        raise LineFault(_("This JSON is nested too deeply. Write plain lists.")) from error
    if not isinstance(facts, dict):
        raise LineFault(_("This is not a JSON object. Begin the line with { and end it with }."))
    return facts


def unknown_field(name, kind, known):
    close = get_close_matches(name, known, 1)
    advice = _("Did you mean “%s”?") % close[0] if close else _("docs/importing.md lists them.")
    sentence = _("A %(kind)s has no field “%(name)s”. %(advice)s")
    return sentence % {"kind": kind, "name": name[:80], "advice": advice}


def read_terms(entry, facts, vocabulary):
    for name, model in fields.TERMS.items():
        values = list_in(facts, name)
        found = [vocabulary.find(model, value) for value in values]
        entry.terms[name] = list(dict.fromkeys(found))
    if tool_type := text_in(facts, fields.TOOL_TYPE):
        entry.resource.tool_type_id = vocabulary.find(ToolType, tool_type)
    entry.tags = list(dict.fromkeys(filter(None, map(clean_line, texts_in(facts, fields.TAGS)))))
    if any(len(tag) > 100 for tag in entry.tags):
        raise LineFault(_("A tag is longer than 100 characters. Shorten it."))


def read_rows(entry, facts, name, model, columns):
    rows = []
    for position, values in enumerate(list_in(facts, name), 1):
        if not isinstance(values, dict):
            sentence = _("“%(name)s” holds %(value)s. Write objects like %(sample)s.")
            sample = "{" + ", ".join(f'"{column}": …' for column in columns) + "}"
            shown = json.dumps(values, ensure_ascii=False)[:80]
            raise LineFault(sentence % {"name": name, "value": shown, "sample": sample})
        allowed = [*columns, *([fields.COURSE] if name in fields.NAMES_A_COURSE else [])]
        for key in values:
            if key not in allowed:
                sentence = _("A row of “%(name)s” has no field “%(key)s”. It may have: %(all)s.")
                facts = {"name": name, "key": key[:80], "all": ", ".join(allowed)}
                raise LineFault(sentence % facts)
        row = model()
        if hasattr(row, "position"):
            row.position = position
        set_columns(row, values, columns, name)
        slug = text_in(values, fields.COURSE)
        check_row(row, name, slug)
        rows.append((row, slug))
    return rows


def check_row(row, name, slug):
    if name in fields.NAMES_A_COURSE and not (row.text or slug):
        sentence = _("A row of “%s” has no “text” and no “course”. Give one of them.")
        raise LineFault(sentence % name)
    for column in ("minutes", "pages"):
        if getattr(row, column, None) == 0:
            sentence = _("“%(column)s” in “%(name)s” is 0. Count from 1, or leave it out.")
            raise LineFault(sentence % {"column": column, "name": name})


def set_columns(row, facts, columns, where=""):
    """Sets the fields that `facts` has, and checks them as a form does. Raises LineFault."""
    given = [name for name in columns if name in facts and facts[name] is not None]
    for name in given:
        setattr(row, name, typed_value(row._meta.get_field(name), facts[name]))
    required = ("title", "mode", "role", "name")
    checked = {*given, *(name for name in required if name in columns)} - {"uid"}
    others = {column.name for column in row._meta.concrete_fields} - checked
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise LineFault(
            " ".join(
                f"“{f'{where}: ' if where else ''}{name}”: {' '.join(sentences)}"
                for name, sentences in error.message_dict.items()
            )
        ) from error


def typed_value(column, value):
    """Returns `value` for a model field. Raises LineFault when it has another type."""
    if isinstance(column, models.DateTimeField):
        return read_moment(column.name, value)
    if isinstance(column, models.UUIDField):
        try:
            return column.to_python(value)
        except (ValidationError, AttributeError, TypeError) as error:
            sentence = _("“%s” is not a UUID. Leave it out, and the entry gets a new one.")
            raise LineFault(sentence % column.name) from error
    number = isinstance(column, models.IntegerField)
    if not isinstance(value, int if number else str) or isinstance(value, bool):
        kind = _("a whole number") if number else _("text in quotes")
        raise LineFault(_("“%(name)s” is not %(kind)s.") % {"name": column.name, "kind": kind})
    return value


def read_moment(name, value):
    """Returns the aware datetime of an ISO 8601 text; a date alone is its first moment here."""
    try:
        moment = parse_datetime(value) or parse_date(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None:
        sentence = _("“%(name)s” is not a time. Write it like 2026-11-30T09:00:00-08:00.")
        raise LineFault(sentence % {"name": name})
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def check_publishing(resource):
    """Raises LineFault for what the database or the admin would refuse."""
    low, high = resource.minutes_min, resource.minutes_max
    if (low is None) != (high is None) or (low is not None and not 1 <= low <= high):
        raise LineFault(_("Give both “minutes_min” and “minutes_max”, from 1 up, or neither."))
    if resource.seconds == 0:
        raise LineFault(_("“seconds” is 0. Count from 1, or leave it out."))
    start, end = resource.published_at, resource.unpublished_at
    if end and not (start and end > start):
        raise LineFault(_("“unpublished_at” needs an earlier “published_at”."))
    excused = not start or resource.access_reason
    if sentences := [] if excused else barriers(resource, renditions=()):
        advice = _("Remove the barrier, give an “access_reason”, or leave out “published_at”.")
        raise LineFault(" ".join(map(str, [*sentences, advice])))


def list_in(facts, name):
    values = facts.get(name)
    if values is None:
        return []
    if not isinstance(values, list):
        raise LineFault(_("“%s” is not a list. Write it in [ ].") % name)
    return values


def texts_in(facts, name):
    values = list_in(facts, name)
    if not all(isinstance(value, str) for value in values):
        raise LineFault(_("“%s” holds something other than text. Write each in quotes.") % name)
    return values


def text_in(facts, name):
    value = facts.get(name)
    if value is not None and not isinstance(value, str):
        raise LineFault(_("“%s” is not text. Write it in quotes.") % name)
    return (value or "").strip()
