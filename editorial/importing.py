"""Imports page text: makes a plan of changes that can be printed, then applies it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.admin.accessibility import barriers
from catalog.models import Resource, Topic
from catalog.search.indexing import indexed_together
from courses.course_names import normalize_name
from editorial.circles import find_circles
from editorial.facts import (
    MODELS,
    facts_from_record,
    facts_from_resource,
    get_label,
    save_facts,
    validate_facts,
)
from editorial.models import ImportedRecord
from editorial.pagetext import read_page

MINUTES_RANGE = {"minutes_min", "minutes_max"}
MAX_FILE_BYTES = 10_000_000  # the longest stored listing page has less than 100 kB


class UnreadableFile(Exception):
    """The message is a sentence that says why a file cannot be read as page text."""


@dataclass
class Change:
    """What one record changes in the catalog. `action` is create, update or unchanged."""

    action: str
    record: object
    facts: dict
    resource: Resource | None = None
    changes: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Something that a person must look at, and where it is."""

    file: str
    line: int
    sentence: str


def read_file(path):
    """Reads the page in the file at `path`. Raises UnreadableFile."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableFile(
                _("%(file)s is larger than 10 MB, which is too large for a listing page.")
                % {"file": path.name}
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFile(
            _("%(file)s cannot be opened: %(why)s.") % {"file": path, "why": error.strerror}
        ) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("%(file)s is not text in UTF-8 (byte %(byte)d).")
            % {"file": path.name, "byte": error.start}
        ) from error
    if "\x00" in text:
        raise UnreadableFile(
            _("%(file)s is not text: it contains zero bytes.") % {"file": path.name}
        )
    return read_page(text, path.name)


def make_plan(pages):
    """Returns the changes that the pages ask for and the notes for a person. Saves nothing."""
    notes = [Note(note.file, note.line, note.sentence) for page in pages for note in page.attention]
    changes = []
    for record, facts in pick_records(pages, notes):
        change, more = make_change(record, facts)
        if record.audience_only and not facts["only_for"]:
            notes.append(make_limit_note(record))
        changes += [change] if change else []
        notes += more
    return changes, notes + list(make_circle_notes(changes))


def make_circle_notes(changes):
    records = {change.facts["title"]: change.record for change in changes}
    sentence = _("These requirements form a circle, so the import will fail: %s.")
    for titles in find_circles(changes):
        for record in [records[title] for title in titles if title in records][:1]:
            yield Note(record.file, record.line, sentence % " → ".join([*titles, titles[0]]))


def pick_records(pages, notes):
    """Returns each record that has a title once, with its facts.

    Prefers the first complete record of a title to the first one. If two complete records differ,
    the second one goes into `notes`.
    """
    picked = {}
    for page in pages:
        for record in page.records:
            if record.title is None:
                continue  # pagetext has made a note of it
            facts = facts_from_record(record, find_topic_name(page.topic))
            key = (record.kind, normalize_name(record.title))
            chosen, known = picked.setdefault(key, (record, facts))
            topics = sorted({*known["topics"], *facts["topics"]})
            if record.complete and not chosen.complete:
                chosen, known = record, facts
            elif record.complete and without_topics(known) != without_topics(facts):
                sentence = _(
                    "“%s” is also here, with different words. The import uses the first one."
                )
                notes.append(Note(record.file, record.line, sentence % record.title))
            picked[key] = (chosen, known | {"topics": topics})
    return picked.values()


def find_topic_name(heading):
    """Returns the name of the topic with the heading's slug, or the heading if there is none."""
    topic = Topic.objects.filter(slug=slugify(heading)).first() if heading else None
    return topic.name if topic else heading


def without_topics(facts):
    return facts | {"topics": []}


def make_change(record, facts):
    imported = ImportedRecord.objects.filter(kind=record.kind, title=facts["title"]).first()
    try:
        validate_facts(record.kind, facts)
    except ValidationError as error:
        return None, [make_refusal_note(record, error)]
    resource = find_resource(record.kind, facts["title"], imported)
    if resource is None:
        return Change("create", record, facts, None, facts), []
    now = facts_from_resource(resource)
    facts = facts | {"topics": sorted({*now["topics"], *facts["topics"]})}
    base = imported.facts if imported else {}
    changes, kept = merge_facts(facts, base, now, whole=record.complete)
    action = "update" if changes else "unchanged"
    notes = [make_kept_note(record, name) for name in kept if record.complete]
    read = facts if record.complete or not base else base
    return Change(action, record, read, resource, changes), notes


def make_limit_note(record):
    sentence = _("“%(title)s” is limited to “%(audience)s”, but no audience has that name.")
    facts = {"title": record.title, "audience": record.audience_text[:80]}
    return Note(record.file, record.line, sentence % facts)


def make_kept_note(record, field):
    sentence = _("“%(title)s”: “%(field)s” differs from the page. The import keeps the editor's.")
    facts = {"title": record.title, "field": get_label(record.kind, field)}
    return Note(record.file, record.line, sentence % facts)


def make_refusal_note(record, error):
    sentence = _("We skipped “%(title)s”: %(why)s")
    facts = {"title": record.title[:80], "why": " ".join(error.messages)}
    return Note(record.file, record.line, sentence % facts)


def new_resource(kind):
    return MODELS[kind](kind=kind)


def find_resource(kind, title, imported):
    if imported:
        return MODELS[kind].objects.get(pk=imported.resource_id)
    return MODELS[kind].objects.filter(title__iexact=title).first()


def merge_facts(facts, base, now, whole=True):
    """Returns {field: value} to write and the list of fields that keep the editor's value.

    `facts` are those of the page, `base` those of the last import, `now` those of the resource.
    A field is written if the page says something new and nobody else has changed it since the
    last import, or if it is empty. A record that was cut off (not `whole`) only fills gaps.
    >>> merge_facts({"a": 2, "b": 2}, {"a": 1, "b": 1}, {"a": 1, "b": 9})
    ({'a': 2}, ['b'])
    """
    new = {
        name: value
        for name, value in facts.items()
        if value != now[name] and value != base.get(name) and value not in ("", None, [])
    }
    writable = {
        name
        for name in new
        if now[name] in ("", None, [], False)
        or (whole and name in base and base[name] == now[name])
    }
    writable |= {"topics"} & new.keys()
    if MINUTES_RANGE & new.keys() - writable:
        writable -= MINUTES_RANGE  # never mix one end of the page's range with one of the editor's
    return {name: new[name] for name in new if name in writable}, sorted(new.keys() - writable)


@indexed_together()
def apply_changes(changes, publish=False):
    """Saves the changes of a plan.

    With `publish`, drafts are published now, in the order of the pages, except those that were
    cut off.
    """
    now = timezone.now()
    for position, change in enumerate(changes):
        resource = change.resource or new_resource(change.record.kind)
        publishes = publish and change.record.complete and can_publish(resource)
        if publishes:
            resource.published_at = now - timedelta(milliseconds=position)
        if publishes or change.changes:
            save_facts(resource, change.changes)
        save_imported_record(resource, change)
    link_related_resources()


def can_publish(resource):
    """Whether it is a draft without accessibility problems, which an editor may have added."""
    return not resource.published_at and not (resource.pk and barriers(resource))


def save_imported_record(resource, change):
    ImportedRecord.objects.update_or_create(
        resource=resource,
        defaults={
            "kind": change.record.kind,
            "title": change.facts["title"],
            "facts": change.facts,
            "file": change.record.file,
            "line": change.record.line,
        },
    )


def link_related_resources():
    """Relates resources to those that their texts name. Only titles without an entry stay text."""
    by_title = {
        normalize_name(title): pk for pk, title in Resource.objects.values_list("pk", "title")
    }
    for resource in Resource.objects.exclude(related_text=""):
        titles = resource.related_text.splitlines()
        found = {
            by_title[normalize_name(title)] for title in titles if normalize_name(title) in by_title
        }
        resource.related.add(*(found - {resource.pk}))
        unknown = [title for title in titles if normalize_name(title) not in by_title]
        Resource.objects.filter(pk=resource.pk).update(related_text="\n".join(unknown))
