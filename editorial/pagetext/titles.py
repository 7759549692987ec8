"""Tells a title from a sentence."""

import re

MAX_CHARACTERS = 200  # in a title
SHORT_CHARACTERS = 60  # a longer line that ends in a period is a sentence
BRACKETED = re.compile(r"\([^()]*\)")
WORD = re.compile(r"[^\W_][\w'’.-]*")
DATE = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}")
SENTENCE_END = re.compile(r"[.!?][”\"’)]* [“\"‘(]?[A-Z]")


def can_be_title(text: str) -> bool:
    """Whether a line where a title is expected can be one: short, no label, date or sentence.

    >>> can_be_title("How to Use LMPartnership.org"), can_be_title("Learn how to use the website:")
    (True, False)
    """
    if len(text) > MAX_CHARACTERS or text.endswith((":", ";", ",")) or not WORD.search(text):
        return False
    if len(text) > SHORT_CHARACTERS:
        return not text.endswith(".") and not SENTENCE_END.search(text)
    return not DATE.fullmatch(text)


def looks_like_title(text: str) -> bool:
    """Whether a line anywhere reads like a title: most of its words are capitalized.

    >>> looks_like_title("Checklists for Running a Meeting")
    True
    >>> looks_like_title("This short animated video explains how to use our guides")
    False
    """
    if not can_be_title(text) or text.endswith(".") or SENTENCE_END.search(text):
        return False
    words = WORD.findall(BRACKETED.sub(" ", text))
    heavy = [word for word in words if len(word) > 3 or word.isupper()] or words
    capitals = sum(not word[0].islower() for word in heavy)
    return bool(words) and not words[0][0].islower() and capitals >= 0.6 * len(heavy)
