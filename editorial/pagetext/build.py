"""Builds a record from an item's fields, with one function for each kind."""

import re
from collections.abc import Iterable

from .audiences import is_limit
from .credits import read_credit
from .delivery import names_only_modes, read_modes, read_title_modes
from .durations import read_duration, read_module
from .endings import is_cut
from .fields import SENTENCE_ENDS, Field, Fields
from .follow_ups import read_next_courses, split_interest
from .formats import read_color_versions, read_formats
from .items import Item
from .labels import COURSE, TOOL, VIDEO
from .level_lines import split_times
from .levels import read_audience_levels, read_levels
from .records import Record
from .requirements import read_requirements
from .running_times import read_seconds
from .sizes import read_pages, read_paper
from .text import tidy

PUBLIC = {*TOOL.values(), *COURSE.values(), *VIDEO.values(), "interest"}
MODULE = re.compile(r"(?:module|session|part) \d{1,2} ?[:.–—-] ?(.+)", re.IGNORECASE)
ASIDE = re.compile(r"\([^()]*\)")


def build(kind: str, item: Item, fields: Fields, file: str) -> Record:
    """Builds the record of an item of this kind."""
    facts = {
        "title": item.title,
        "related": _related(fields),
        "raw": _raw(fields),
        **BUILDERS[kind](item, fields),
    }
    complete = facts["title"] is not None and not is_cut(kind, item, fields)
    return Record(file=file, line=item.line, kind=kind, complete=complete, **facts)


def _video(item: Item, fields: Fields) -> dict:
    texts = fields["free"].texts
    paragraphs = [text for text in texts if not read_credit(text)]
    if item.is_dump:
        paragraphs = [text for text in paragraphs if text.endswith(SENTENCE_ENDS)]
    return {
        "summary": _join_paragraphs(fields["teaser"].texts),
        "body": _join_paragraphs(paragraphs),
        "duration_seconds": read_seconds(fields["running_time"].text),
        "credits": tuple(credit for text in texts if (credit := read_credit(text))),
        "raw": _raw(fields) | ({"(description)": "\n".join(paragraphs)} if paragraphs else {}),
    }


def _tool(item: Item, fields: Fields) -> dict:
    formats, size = fields["format"].text, fields["size"].text
    best_used = split_interest(fields["best_used"].text)[0]
    return {
        "summary": _join_paragraphs(fields["teaser"].texts or _lead_sentences(item, fields)),
        **_audience(fields["audience"]),
        "levels": read_audience_levels(fields["audience"].text),
        "format_text": _join_lines(fields["format"].texts),
        "formats": read_formats(formats),
        "color_versions": read_color_versions(f"{formats}\n{size}"),
        "size_text": _join_lines(fields["size"].texts),
        "pages": read_pages(size),
        "paper": read_paper(size),
        "best_used": _join_lines(best_used.split("\n")),
    }


def _course(item: Item, fields: Fields) -> dict:
    title = tidy(" ".join(fields["course_title"].texts[:1])) or item.title
    levels, times = fields["level"].texts, fields["duration"].texts
    if not times:
        levels, times = split_times(levels)
    return {
        "title": title,
        **_description(item, fields),
        **_audience(fields["attend"]),
        "level_text": _join_lines(levels),
        "levels": (
            read_levels(" ".join(levels)) if levels else read_audience_levels(fields["attend"].text)
        ),
        **_duration(times, fields),
        "delivery": _delivery(title or "", fields["headline"].text, levels, times),
        "outcomes": tuple(_outcomes(fields["outcomes"])),
        "enrollment_text": _join_lines(fields["enrollment"].texts),
        **_requirements(fields),
        "raw": _raw(fields) | _unlabeled_times(times, fields),
    }


BUILDERS = {"video": _video, "tool": _tool, "course": _course}


def _description(item: Item, fields: Fields) -> dict:
    """A course's description as its body, and the text before it as its summary."""
    description, story = fields["description"].texts, fields["story"].texts
    if not description:
        return {
            "summary": _join_paragraphs(fields["teaser"].texts),
            "body": _join_paragraphs(story or _lead_sentences(item, fields)),
        }
    before = fields["teaser"].texts or story or _lead_sentences(item, fields)
    return {"summary": _join_paragraphs(before), "body": _join_paragraphs(description)}


def _lead_sentences(item: Item, fields: Fields) -> list[str]:
    """Sentences between the title and the first label.

    A dump of the old editor has other things there.
    """
    texts = [] if item.is_dump else fields["lead"].texts
    return [text for text in texts if text.endswith(SENTENCE_ENDS)]


def _audience(field: Field) -> dict:
    return {"audience_text": _join_lines(field.texts), "audience_only": is_limit(field.text)}


def _unlabeled_times(times: list[str], fields: Fields) -> dict[str, str]:
    return {"": "\n".join(times)} if times and not fields["duration"].lines else {}


def _duration(times: list[str], fields: Fields) -> dict:
    duration = read_duration(times)
    return {
        "duration_text": _join_lines(times),
        "duration_minutes": duration.exact,
        "minutes_min": duration.low,
        "minutes_max": duration.high,
        "durations_by_mode": duration.by_mode,
        "modules": duration.modules or tuple(_modules(fields["outline"].texts)),
    }


def _modules(outline: Iterable[str]) -> Iterable[tuple[str, int | None]]:
    """The titles and minutes of the outline's "Module 1: …" lines."""
    for text in outline:
        if len(text) <= 200 and (module := MODULE.fullmatch(text)):
            yield read_module(module[1]) or (tidy(module[1]), None)


def _delivery(title: str, headline: str, levels: list[str], times: list[str]) -> tuple[str, ...]:
    """The modes in the title, the headline, the times, or on a separate line below the levels."""
    beside = [*times, *(text for text in levels if names_only_modes(text))]
    modes = read_title_modes(title) + read_title_modes(headline) + read_modes("; ".join(beside))
    return tuple(dict.fromkeys(modes))


def _outcomes(field: Field) -> Iterable[str]:
    listed = [line.text for line in field.lines if line.bullet] or field.texts
    return (tidy(text) for text in listed if not ASIDE.fullmatch(text) and not text.endswith(":"))


def _requirements(fields: Fields) -> dict:
    requirements = fields["requirements"].texts
    texts = [*fields["description"].texts, *fields["attend"].texts, *requirements]
    return {
        "requirements_text": _join_lines(requirements),
        "requirements": read_requirements([tidy(text) for text in requirements]),
        "next_courses": read_next_courses(" ".join(texts)),
    }


def _related(fields: Fields) -> tuple[str, ...]:
    """Titles named as related, in a separate field or at the end of another field."""
    beside = split_interest(fields["best_used"].text)[1]
    named = [*beside, *fields["interest"].texts, *fields["related"].texts]
    titles = (tidy(title).rstrip(".") for title in named)
    return tuple(dict.fromkeys(title for title in titles if title))


def _raw(fields: Fields) -> dict[str, str]:
    return {
        field.label: field.text for name, field in fields.items() if name in PUBLIC and field.lines
    }


def _join_lines(texts: Iterable[str]) -> str | None:
    return "\n".join(line for text in texts if (line := tidy(text))) or None


def _join_paragraphs(texts: Iterable[str]) -> str:
    return "\n\n".join(paragraph for text in texts if (paragraph := tidy(text)))
