"""Finds other entries that a text names: the next course and "also interested in" titles."""

import re

from .titles import looks_like_title

MAX_CHARACTERS = 5000  # that are searched for a next course
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z“\"])")
AFTERWARDS = re.compile(r"\b(?:following|after|upon completing|on completing)\b", re.IGNORECASE)
NAMED = re.compile(
    r"\b(?:attend|take|enroll in|sign up for|continue with)\b"
    r"(?: (?:the|an?)(?: [\w-]{1,20}){0,3}?(?: (?:course|training|workshop|class),?))? (.+)",
    re.IGNORECASE,
)
INTEREST = re.compile(r"\byou (?:may|might) also be interested in\b:? ?", re.IGNORECASE)


def read_next_courses(text: str) -> tuple[str, ...]:
    """Returns the courses that the text recommends next.

    >>> read_next_courses("After this course, take the advanced course, Leading Change.")
    ('Leading Change',)
    >>> read_next_courses("After this course you can take part in team meetings.")
    ()
    """
    sentences = SENTENCE.split(text[:MAX_CHARACTERS])
    found = (NAMED.search(sentence) for sentence in sentences if AFTERWARDS.search(sentence))
    names = (match[1].rstrip(". ") for match in found if match)
    return tuple(dict.fromkeys(name for name in names if looks_like_title(name)))


def split_interest(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns the text without its "You may also be interested in …", and the titles there.

    >>> split_interest("Hand out. You may also be interested in Lean: A Guide")
    ('Hand out.', ('Lean: A Guide',))
    """
    rest, *named = INTEREST.split(text)
    titles = (title.strip().rstrip(".") for title in named)
    return rest.strip(), tuple(title for title in titles if title)
