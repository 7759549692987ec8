"""From page text to the catalog: a plan of changes that can be printed, then one transaction."""

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
from courses.course_names import plain
from editorial.circles import circles_with
from editorial.facts import MODELS, check, facts_in, facts_of, label_of, write
from editorial.models import ImportedRecord
from editorial.pagetext import read_page

MINUTES = {"minutes_min", "minutes_max"}
LARGEST = 10_000_000  # bytes; the longest listing page stored is under 100 kB


class UnreadableFile(Exception):
    """Says in a sentence why a file cannot be read as page text."""


@dataclass
class Change:
    """What one record means for the catalog: create, update or unchanged."""

    action: str
    record: object
    facts: dict
    resource: Resource | None = None
    changes: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Something that a person has to look at, and where."""

    file: str
    line: int
    sentence: str


def read_file(path):
    """The page in the file at `path`. Raises UnreadableFile."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableFile(
                _("%(file)s is larger than 10 MB; a listing page is never so long.")
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
        raise UnreadableFile(_("%(file)s is not text: it holds zero bytes.") % {"file": path.name})
    return read_page(text, path.name)


def plan(pages):
    """The changes that the pages ask for, and the notes on what needs a person. Saves nothing."""
    notes = [Note(note.file, note.line, note.sentence) for page in pages for note in page.attention]
    changes = []
    for record, facts in best_of(pages, notes):
        change, more = plan_record(record, facts)
        if record.audience_only and not facts["only_for"]:
            notes.append(note_of_limit(record))
        changes += [change] if change else []
        notes += more
    return changes, notes + list(notes_of_circles(changes))


def notes_of_circles(changes):
    lines = {change.facts["title"]: change.record for change in changes}
    sentence = _("A circle of requirements, which will be refused: %s.")
    for titles in circles_with(changes):
        for record in [lines[title] for title in titles if title in lines][:1]:
            yield Note(record.file, record.line, sentence % " → ".join([*titles, titles[0]]))


def best_of(pages, notes):
    """Each titled record once, with its facts: the first one printed whole, else the first one.

    Where two that are whole say different things, the second goes into `notes`.
    """
    best = {}
    for page in pages:
        for record in page.records:
            if record.title is None:
                continue  # the reader's own note says so
            facts = facts_of(record, topic_name(page.topic))
            key = (record.kind, plain(record.title))
            chosen, known = best.setdefault(key, (record, facts))
            topics = sorted({*known["topics"], *facts["topics"]})
            if record.complete and not chosen.complete:
                chosen, known = record, facts
            elif record.complete and without_topics(known) != without_topics(facts):
                sentence = _("“%s” stands here in another wording; the first one is taken.")
                notes.append(Note(record.file, record.line, sentence % record.title))
            best[key] = (chosen, known | {"topics": topics})
    return best.values()


def topic_name(heading):
    """A page's heading as the topic of that address calls itself, when there is one."""
    topic = Topic.objects.filter(slug=slugify(heading)).first() if heading else None
    return topic.name if topic else heading


def without_topics(facts):
    return facts | {"topics": []}


def plan_record(record, facts):
    imported = ImportedRecord.objects.filter(kind=record.kind, title=facts["title"]).first()
    try:
        check(record.kind, facts)
    except ValidationError as error:
        return None, [note_of_refusal(record, error)]
    resource = find(record.kind, facts["title"], imported)
    if resource is None:
        return Change("create", record, facts, None, facts), []
    now = facts_in(resource)
    facts = facts | {"topics": sorted({*now["topics"], *facts["topics"]})}
    base = imported.facts if imported else {}
    changes, kept = merge(facts, base, now, whole=record.complete)
    action = "update" if changes else "unchanged"
    notes = [note_of_kept(record, name) for name in kept if record.complete]
    read = facts if record.complete or not base else base
    return Change(action, record, read, resource, changes), notes


def note_of_limit(record):
    sentence = _("“%(title)s” is limited to “%(audience)s”, which names no audience we count.")
    facts = {"title": record.title, "audience": record.audience_text[:80]}
    return Note(record.file, record.line, sentence % facts)


def note_of_kept(record, field):
    sentence = _("“%(title)s”: an editor's “%(field)s” differs from the page's; it is kept.")
    facts = {"title": record.title, "field": label_of(record.kind, field)}
    return Note(record.file, record.line, sentence % facts)


def note_of_refusal(record, error):
    sentence = _("“%(title)s” is set aside: %(why)s")
    facts = {"title": record.title[:80], "why": " ".join(error.messages)}
    return Note(record.file, record.line, sentence % facts)


def new(kind):
    return MODELS[kind](kind=kind)


def find(kind, title, imported):
    if imported:
        return MODELS[kind].objects.get(pk=imported.resource_id)
    return MODELS[kind].objects.filter(title__iexact=title).first()


def merge(facts, base, now, whole=True):
    """What to write so that `now` follows the page, and the fields that an editor keeps.

    A field is written when the page says something new and nobody else has changed it since the
    last import (`base`), or when it is empty. What was cut off (not `whole`) only fills gaps.
    >>> merge({"a": 2, "b": 2}, {"a": 1, "b": 1}, {"a": 1, "b": 9})
    ({'a': 2}, ['b'])
    """
    news = {
        name: value
        for name, value in facts.items()
        if value != now[name] and value != base.get(name) and value not in ("", None, [])
    }
    free = {
        name
        for name in news
        if now[name] in ("", None, [], False)
        or (whole and name in base and base[name] == now[name])
    }
    free |= {"topics"} & news.keys()
    if MINUTES & news.keys() - free:
        free -= MINUTES  # a range with one end of each would be nobody's
    return {name: news[name] for name in news if name in free}, sorted(news.keys() - free)


@indexed_together()
def apply(changes, publish=False):
    """Carry the plan out.

    With `publish`, drafts appear now, in the order of the pages; not those that were cut off.
    """
    now = timezone.now()
    for position, change in enumerate(changes):
        resource = change.resource or new(change.record.kind)
        appears = publish and change.record.complete and may_appear(resource)
        if appears:
            resource.published_at = now - timedelta(milliseconds=position)
        if appears or change.changes:
            write(resource, change.changes)
        remember(resource, change)
    link_related()


def may_appear(resource):
    """A draft that leaves nobody out: what an editor put into it since, above all."""
    return not resource.published_at and not (resource.pk and barriers(resource))


def remember(resource, change):
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


def link_related():
    """Relate resources to those that their texts name by title; only other titles stay written."""
    by_title = {plain(title): pk for pk, title in Resource.objects.values_list("pk", "title")}
    for resource in Resource.objects.exclude(related_text=""):
        titles = resource.related_text.splitlines()
        found = {by_title[plain(title)] for title in titles if plain(title) in by_title}
        resource.related.add(*(found - {resource.pk}))
        waiting = [title for title in titles if plain(title) not in by_title]
        Resource.objects.filter(pk=resource.pk).update(related_text="\n".join(waiting))
