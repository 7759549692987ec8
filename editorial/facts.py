"""What an import knows of a resource, as plain values that can be compared and kept as JSON.

Facts are a dict from a field's name to text, number, None, a list of names or a list of rows.
They are made from a record of a page (`facts_of`), read from a resource (`facts_in`) and written
to one (`write`). A resource holds only the facts of its kind.
"""

from django.utils.html import format_html_join

from catalog.lib.richtext.writer import sanitize
from catalog.lib.text import clean_line, clean_text
from catalog.models import Audience, Level, Rendition, Tool, Topic, Video
from courses.models import Course
from editorial.audiences import limiting_audiences, named_audiences

MODELS = {"video": Video, "tool": Tool, "course": Course}

LINES = {"title", "level_text", "format_text", "size_text"}
PLAIN = [
    "title",
    "summary",
    "body",
    "level_text",
    "audience_text",
    "duration_text",
    "minutes_min",
    "minutes_max",
    "related_text",
]
PLAIN_OF = {
    "video": ["seconds"],
    "tool": ["format_text", "size_text", "best_used"],
    "course": ["outcomes", "requirements_text", "enrollment_text"],
}
LINKS = {
    "levels": (Level, "number"),
    "audiences": (Audience, "name"),
    "only_for": (Audience, "name"),
    "topics": (Topic, "name"),
}
ROWS = {"deliveries": ["mode", "minutes"]}
ROWS_OF = {
    "video": {"credits": ["role", "name"]},
    "tool": {"renditions": ["format", "color", "pages", "paper"]},
    "course": {
        "modules": ["title", "minutes"],
        "requirements": ["type", "necessity", "text"],
        "follow_ups": ["text"],
    },
}
# Whose pages a page count means, and whose a count of slides.
COUNTED = {False: {"PDF", "DOC"}, True: {"PPT"}}
LONGEST_SUMMARY = 500  # characters


def facts_of(record, topic=""):
    """The facts of an editorial.pagetext record that stood on the listing page of `topic`."""
    kind = record.kind
    facts = {name: _plain(name, record) for name in [*PLAIN, *PLAIN_OF[kind]]}
    facts["levels"] = list(record.levels)
    facts["audiences"] = sorted(named_audiences(record.audience_text or ""))
    facts["only_for"] = sorted(limiting_audiences(record.audience_text or ""))
    facts["topics"] = [topic] if topic else []
    facts["deliveries"] = [[mode, record.durations_by_mode.get(mode)] for mode in record.delivery]
    return facts | _rows_of(record, kind)


def _plain(name, record):
    if name in COMPOSED:
        return COMPOSED[name](record)
    value = getattr(record, name if name != "seconds" else "duration_seconds")
    if isinstance(value, bool | int) or name in ("seconds", "minutes_min", "minutes_max"):
        return value
    return clean_line(value or "") if name in LINES else clean_text(value or "").strip()


def _summary(record):
    """The record's own summary, else its first paragraph when that is short enough for a card."""
    summary = clean_text(record.summary or "").strip()
    first = summary or _paragraphs(record)[0]
    return first if len(first) <= LONGEST_SUMMARY else ""


def _body(record):
    """The description as HTML, without the paragraph that became the summary."""
    paragraphs = _paragraphs(record)
    if paragraphs[0] == _summary(record):
        del paragraphs[0]
    return sanitize(format_html_join("", "<p>{}</p>", ((part,) for part in paragraphs)))


def _paragraphs(record):
    text = clean_text(record.body or "").strip()
    return [part.strip() for part in text.split("\n\n")]


COMPOSED = {
    "summary": _summary,
    "body": _body,
    "outcomes": lambda record: "\n".join(clean_line(line) for line in record.outcomes),
    "related_text": lambda record: "\n".join(clean_line(line) for line in record.related),
}


def _rows_of(record, kind):
    if kind == "video":
        credits = {(role, name): None for role, names in record.credits for name in names}
        return {"credits": [list(credit) for credit in credits]}
    if kind == "tool":
        return {"renditions": _renditions(record)}
    return {
        "modules": [[title, minutes] for title, minutes in record.modules],
        "requirements": [[r.type, r.necessity, clean_line(r.text)] for r in record.requirements],
        "follow_ups": [[clean_line(title)] for title in record.next_courses],
    }


def _renditions(record):
    """A row for each format, twice where it comes in color and in black and white.

    Written color versions belong to the PDF; so do pages where there are several formats, and
    slides to the PowerPoint.
    """
    colors = ["bw" if color.startswith("black") else "color" for color in record.color_versions]
    paper = (record.paper or "").replace(" x ", " × ")
    counted = COUNTED["slide" in (record.size_text or "").lower()]
    alone = len(record.formats) == 1
    return [
        [format, color, record.pages if alone or format in counted else None, paper]
        for format in record.formats
        if format in Rendition.Format
        for color in (colors if format == "PDF" and colors else [""])
    ]


def facts_in(resource):
    """The facts that a saved video, tool or course holds now."""
    facts = {name: getattr(resource, name) for name in [*PLAIN, *PLAIN_OF[resource.kind]]}
    for name, (_model, key) in LINKS.items():
        facts[name] = sorted(getattr(resource, name).values_list(key, flat=True))
    for name, columns in (ROWS | ROWS_OF[resource.kind]).items():
        facts[name] = [list(row) for row in getattr(resource, name).values_list(*columns)]
    return facts


def label_of(kind, name):
    """What the admin calls the field or the rows of that name."""
    found = MODELS[kind]._meta.get_field(name)
    if found.one_to_many:
        return found.related_model._meta.verbose_name_plural
    return found.verbose_name


def check(kind, facts):
    """Raises ValidationError where something in `facts`, all of one kind, cannot be saved."""
    resource = MODELS[kind](kind=kind)
    fill(resource, facts)
    resource.full_clean(exclude=["slug"])
    for name in LINKS:
        model, key = LINKS[name]
        for value in facts[name]:
            model(**{key: value}).clean_fields(exclude={f.name for f in model._meta.fields} - {key})
    for name, columns in (ROWS | ROWS_OF[kind]).items():
        rows = model_of_rows(kind, name)
        others = {field.name for field in rows._meta.fields} - {*columns}
        for row in facts[name]:
            rows(**dict(zip(columns, row, strict=True))).clean_fields(exclude=others)


def model_of_rows(kind, name):
    return MODELS[kind]._meta.get_field(name).related_model


def write(resource, facts):
    """Save `facts`, some or all of those of its kind, to the resource and its rows."""
    fill(resource, facts)
    resource.save()
    for name in LINKS.keys() & facts.keys():
        getattr(resource, name).set(_terms(name, facts[name]))
    rows = ROWS | ROWS_OF[resource.kind]
    for name in rows.keys() & facts.keys():
        _write_rows(getattr(resource, name), rows[name], facts[name])


def fill(resource, facts):
    for name in {*PLAIN, *PLAIN_OF[resource.kind]} & facts.keys():
        setattr(resource, name, facts[name])


def _terms(name, values):
    model, key = LINKS[name]
    return [model.objects.get_or_create(**{key: value})[0] for value in values]


def _write_rows(manager, columns, rows):
    """Rows that stay are the same rows, with what editors hung on them: a link, a file.

    A rendition that is described in other words is the same one too.
    """
    wanted = [tuple(row) for row in rows]
    order = manager.model._meta.ordering
    staying, spare = _sort_rows(manager.all(), columns, wanted)
    if manager.model is not Rendition:
        _delete(spare)
    for position, row in enumerate(wanted):
        line = staying.pop(row, None) or (spare.pop(0) if spare else _new_row(manager))
        for column, value in zip(columns, row, strict=True):
            setattr(line, column, value)
        if "position" in order:
            line.position = position
        line.save()
    _delete(spare)


def _sort_rows(lines, columns, wanted):
    """Those that are wanted as they are, by their values; and the others."""
    staying, spare = {}, []
    for line in lines:
        row = tuple(getattr(line, column) for column in columns)
        if row in wanted and row not in staying:
            staying[row] = line
        else:
            spare.append(line)
    return staying, spare


def _new_row(manager):
    return manager.model(**{manager.field.name: manager.instance})


def _delete(lines):
    while lines:
        lines.pop().delete()
