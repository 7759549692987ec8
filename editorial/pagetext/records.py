"""What is read from a page."""

from dataclasses import asdict, dataclass, field, is_dataclass

from .requirements import Requirement


@dataclass(frozen=True)
class Attention:
    """Something a person must look at: where, and why."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Record:
    """One video, tool or course as its page states it.

    What is not stated is None, "" or empty, never 0. A `…_text` is the wording on the page,
    lines joined by a newline; `raw` keeps every public label with its verbatim text.
    Minutes and pages are whole numbers; `minutes_min` and `minutes_max` hold an exact time too.
    """

    file: str
    line: int
    kind: str
    title: str | None
    complete: bool = True
    summary: str = ""
    body: str = ""
    level_text: str | None = None
    levels: tuple[int, ...] = ()
    audience_text: str | None = None
    audience_only: bool = False
    duration_text: str | None = None
    duration_minutes: int | None = None
    minutes_min: int | None = None
    minutes_max: int | None = None
    durations_by_mode: dict[str, int] = field(default_factory=dict)
    duration_seconds: int | None = None
    format_text: str | None = None
    formats: tuple[str, ...] = ()
    color_versions: tuple[str, ...] = ()
    size_text: str | None = None
    pages: int | None = None
    paper: str | None = None
    best_used: str | None = None
    delivery: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    modules: tuple[tuple[str, int | None], ...] = ()
    enrollment_text: str | None = None
    requirements_text: str | None = None
    requirements: tuple[Requirement, ...] = ()
    next_courses: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    credits: tuple[tuple[str, tuple[str, ...]], ...] = ()
    raw: dict[str, str] = field(default_factory=dict)

    @property
    def prerequisites(self) -> tuple[str, ...]:
        return tuple(one.text for one in self.requirements if one.is_prerequisite)

    @property
    def requirement_other(self) -> tuple[str, ...]:
        return tuple(
            one.text
            for one in self.requirements
            if one.type in ("condition", "eligibility") and one.necessity == "required"
        )

    @property
    def requirement_recommended(self) -> tuple[str, ...]:
        return tuple(one.text for one in self.requirements if one.necessity == "recommended")

    def as_json(self) -> dict:
        """Every field, under its name: null or [] where nothing is stated."""
        stated = vars(self) | {
            "prerequisites": self.prerequisites,
            "requirement_other": self.requirement_other,
            "requirement_recommended": self.requirement_recommended,
        }
        return {name: _plain(value) for name, value in stated.items()}


@dataclass(frozen=True)
class Page:
    """`topic` is the heading of a listing page, "" on any other."""

    file: str
    url: str
    topic: str
    records: tuple[Record, ...]
    attention: tuple[Attention, ...]


def _plain(value: object) -> object:
    if is_dataclass(value):
        return asdict(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return None if value in ("", {}) else value
