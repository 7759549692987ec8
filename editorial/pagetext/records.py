"""The results of reading a page."""

from dataclasses import asdict, dataclass, field, is_dataclass

from .requirements import Requirement


@dataclass(frozen=True)
class Attention:
    """Something that a person must look at: where it is, and why."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Record:
    """One video, tool or course as its page states it.

    A fact that the page does not state is None, "" or empty, never 0. A `…_text` has the wording
    on the page, with lines joined by a newline. `raw` has the verbatim text of every public label.
    Minutes and pages are whole numbers. `minutes_min` and `minutes_max` also hold an exact time.
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
        return tuple(
            requirement.text for requirement in self.requirements if requirement.is_prerequisite
        )

    @property
    def requirement_other(self) -> tuple[str, ...]:
        return tuple(
            requirement.text
            for requirement in self.requirements
            if requirement.type in ("condition", "eligibility")
            and requirement.necessity == "required"
        )

    @property
    def requirement_recommended(self) -> tuple[str, ...]:
        return tuple(
            requirement.text
            for requirement in self.requirements
            if requirement.necessity == "recommended"
        )

    def as_json(self) -> dict:
        """Returns every field by its name, with None or [] if the page does not state it."""
        stated = vars(self) | {
            "prerequisites": self.prerequisites,
            "requirement_other": self.requirement_other,
            "requirement_recommended": self.requirement_recommended,
        }
        return {name: _plain(value) for name, value in stated.items()}


@dataclass(frozen=True)
class Page:
    """A page's records. `topic` is the heading of a listing page, or "" on any other page."""

    file: str
    url: str
    topic: str
    records: tuple[Record, ...]
    attention: tuple[Attention, ...]


def _plain(value: object) -> object:
    if is_dataclass(value):
        return asdict(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if value in ("", {}) else value
