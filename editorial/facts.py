"""The facts of a resource: plain values that an import can compare and save as JSON.

Facts are a dict from a field's name to text, a number, None, a list of names or a list of rows.
`facts_from_record` makes them from a record of a page, `facts_from_resource` reads them from a
resource, and `save_facts` writes them to one. A resource has only the facts of its kind.
"""

from django.utils.html import format_html_join

from catalog.lib.richtext.writer import sanitize
from catalog.lib.text import clean_line, clean_text
from catalog.models import Audience, Level, Rendition, Tool, Topic, Video
from courses.models import Course
from editorial.audiences import find_audiences, find_only_audiences

MODELS = {"video": Video, "tool": Tool, "course": Course}

ONE_LINE_FIELDS = {"title", "level_text", "format_text", "size_text"}
FIELDS = [
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
FIELDS_OF_KIND = {
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
ROWS_OF_KIND = {
    "video": {"credits": ["role", "name"]},
    "tool": {"renditions": ["format", "color", "pages", "paper"]},
    "course": {
        "modules": ["title", "minutes"],
        "requirements": ["type", "necessity", "text"],
        "follow_ups": ["text"],
    },
}
# The formats that a count of pages or a count of slides belongs to.
PAGED_FORMATS, SLIDE_FORMATS = {"PDF", "DOC"}, {"PPT"}
MAX_SUMMARY_CHARACTERS = 500


def facts_from_record(record, topic=""):
    """The facts of an editorial.pagetext record from the listing page of `topic`."""
    kind = record.kind
    facts = {name: _read_field(name, record) for name in [*FIELDS, *FIELDS_OF_KIND[kind]]}
    facts["levels"] = list(record.levels)
    facts["audiences"] = sorted(find_audiences(record.audience_text or ""))
    facts["only_for"] = sorted(find_only_audiences(record.audience_text or ""))
    facts["topics"] = [topic] if topic else []
    facts["deliveries"] = [[mode, record.durations_by_mode.get(mode)] for mode in record.delivery]
    return facts | _read_rows(record, kind)


def _read_field(name, record):
    if name in COMPOSED:
        return COMPOSED[name](record)
    value = getattr(record, name if name != "seconds" else "duration_seconds")
    if isinstance(value, bool | int) or name in ("seconds", "minutes_min", "minutes_max"):
        return value
    return clean_line(value or "") if name in ONE_LINE_FIELDS else clean_text(value or "").strip()


def _compose_summary(record):
    """The record's own summary, or its first paragraph if that is short enough for a card."""
    summary = clean_text(record.summary or "").strip()
    first = summary or _split_paragraphs(record)[0]
    return first if len(first) <= MAX_SUMMARY_CHARACTERS else ""


def _compose_body(record):
    """The description as HTML, without the paragraph that is used as the summary."""
    paragraphs = _split_paragraphs(record)
    if paragraphs[0] == _compose_summary(record):
        del paragraphs[0]
    return sanitize(format_html_join("", "<p>{}</p>", ((part,) for part in paragraphs)))


def _split_paragraphs(record):
    text = clean_text(record.body or "").strip()
    return [part.strip() for part in text.split("\n\n")]


COMPOSED = {
    "summary": _compose_summary,
    "body": _compose_body,
    "outcomes": lambda record: "\n".join(clean_line(line) for line in record.outcomes),
    "related_text": lambda record: "\n".join(clean_line(line) for line in record.related),
}


def _read_rows(record, kind):
    if kind == "video":
        credits = {(role, name): None for role, names in record.credits for name in names}
        return {"credits": [list(credit) for credit in credits]}
    if kind == "tool":
        return {"renditions": _read_renditions(record)}
    return {
        "modules": [[title, minutes] for title, minutes in record.modules],
        "requirements": [[r.type, r.necessity, clean_line(r.text)] for r in record.requirements],
        "follow_ups": [[clean_line(title)] for title in record.next_courses],
    }


def _read_renditions(record):
    """Makes a row for each format, and two rows for a PDF in color and in black and white.

    Color versions belong to the PDF. If there are several formats, a count of pages belongs to the
    PDF and the document, and a count of slides to the PowerPoint file.
    """
    colors = ["bw" if color.startswith("black") else "color" for color in record.color_versions]
    paper = (record.paper or "").replace(" x ", " × ")
    counts_slides = "slide" in (record.size_text or "").lower()
    counted = SLIDE_FORMATS if counts_slides else PAGED_FORMATS
    if len(record.formats) == 1:
        counted = record.formats
    return [
        [format, color, record.pages if format in counted else None, paper]
        for format in record.formats
        if format in Rendition.Format
        for color in (colors if format == "PDF" and colors else [""])
    ]


def facts_from_resource(resource):
    """The facts of a saved video, tool or course as they are now."""
    facts = {name: getattr(resource, name) for name in [*FIELDS, *FIELDS_OF_KIND[resource.kind]]}
    for name, (_model, key) in LINKS.items():
        facts[name] = sorted(getattr(resource, name).values_list(key, flat=True))
    for name, columns in (ROWS | ROWS_OF_KIND[resource.kind]).items():
        facts[name] = [list(row) for row in getattr(resource, name).values_list(*columns)]
    return facts


def get_label(kind, name):
    """Returns the admin's label of the field or the rows called `name`."""
    field = MODELS[kind]._meta.get_field(name)
    if field.one_to_many:
        return field.related_model._meta.verbose_name_plural
    return field.verbose_name


def validate_facts(kind, facts):
    """Raises ValidationError if `facts`, which are all facts of the kind, cannot be saved."""
    resource = MODELS[kind](kind=kind)
    set_fields(resource, facts)
    resource.full_clean(exclude=["slug"])
    for name in LINKS:
        model, key = LINKS[name]
        for value in facts[name]:
            model(**{key: value}).clean_fields(exclude={f.name for f in model._meta.fields} - {key})
    for name, columns in (ROWS | ROWS_OF_KIND[kind]).items():
        row_model = get_row_model(kind, name)
        others = {field.name for field in row_model._meta.fields} - {*columns}
        for row in facts[name]:
            row_model(**dict(zip(columns, row, strict=True))).clean_fields(exclude=others)


def get_row_model(kind, name):
    return MODELS[kind]._meta.get_field(name).related_model


def save_facts(resource, facts):
    """Saves `facts`, some or all of those of its kind, to the resource and its rows."""
    set_fields(resource, facts)
    resource.save()
    for name in LINKS.keys() & facts.keys():
        getattr(resource, name).set(_get_or_create_terms(name, facts[name]))
    rows = ROWS | ROWS_OF_KIND[resource.kind]
    for name in rows.keys() & facts.keys():
        _save_rows(getattr(resource, name), rows[name], facts[name])


def set_fields(resource, facts):
    for name in {*FIELDS, *FIELDS_OF_KIND[resource.kind]} & facts.keys():
        setattr(resource, name, facts[name])


def _get_or_create_terms(name, values):
    model, key = LINKS[name]
    return [model.objects.get_or_create(**{key: value})[0] for value in values]


def _save_rows(manager, columns, rows):
    """Keeps the rows that stay, because editors may have added a link or a file to them.

    A rendition with a new description stays the same row, too.
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
    """Returns the rows whose values are `wanted`, as {values: row}, and a list of the others."""
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
