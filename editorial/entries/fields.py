"""What a line says about an entry: the fields of each kind. docs/importing.md lists them."""

from catalog.models import Audience, Credit, Delivery, Dimension, Level, Region, Rendition, Topic
from courses.models import CourseModule, FollowUp, Requirement

COLUMNS = (
    *("uid", "slug", "title", "summary", "body", "level_text", "audience_text", "duration_text"),
    *("minutes_min", "minutes_max", "related_text", "published_at", "unpublished_at"),
    *("access_reason",),
)
COLUMNS_OF_KIND = {
    "video": ("seconds", "address", "transcript"),
    "tool": ("best_used", "format_text", "size_text"),
    "course": (
        *("other_names", "outcomes", "requirements_text"),
        *("enrollment_text", "enrollment_address"),
    ),
}
# {list of terms: the model}. A line gives names or slugs; a level is its number.
TERMS = {
    "levels": Level,
    "dimensions": Dimension,
    "audiences": Audience,
    "only_for": Audience,
    "topics": Topic,
    "regions": Region,
}
TAGS, TOOL_TYPE = "tags", "tool_type"
# Links to other entries, by slug: lists, and one that is a single slug.
LINKS = ("related",)
LINKS_OF_KIND = {"course": ("equivalents",)}
REPLACED_BY = "replaced_by"
# {list of rows: (model, the columns of a row)}. A row is an object.
ROWS = {"deliveries": (Delivery, ("mode", "minutes"))}
ROWS_OF_KIND = {
    "video": {"credits": (Credit, ("role", "name"))},
    "tool": {
        "renditions": (Rendition, ("name", "format", "color", "pages", "paper", "address")),
    },
    "course": {
        "modules": (CourseModule, ("title", "minutes")),
        "requirements": (Requirement, ("text", "type", "necessity")),
        "follow_ups": (FollowUp, ("text",)),
    },
}
COURSE = "course"  # in a requirement or follow-up: the slug of the course that its text names
NAMES_A_COURSE = ("requirements", "follow_ups")


def columns_of(kind):
    return COLUMNS + COLUMNS_OF_KIND[kind]


def rows_of(kind):
    return ROWS | ROWS_OF_KIND[kind]


def links_of(kind):
    return LINKS + LINKS_OF_KIND.get(kind, ())


def fields_of(kind):
    """Returns the names of all fields that a line of this kind may have."""
    tool_type = [TOOL_TYPE] if kind == "tool" else []
    others = ["kind", TAGS, REPLACED_BY, *tool_type]
    return [*columns_of(kind), *TERMS, *links_of(kind), *rows_of(kind), *others]
