"""Decides whether two texts name the same course."""

import re
import unicodedata

# Short forms that titles and requirements use for the same words.
SHORT_FORMS = {
    "lmp": "labor management partnership",
    "lmpo": "labor management partnership orientation",
    "ubt": "unit based team",
    "ubts": "unit based teams",
    "ibps": "interest based problem solving",
    "cdm": "consensus decision making",
    "rim": "rapid improvement model",
    "kp": "kaiser permanente",
}
BRACKETS = re.compile(r"\(([^()]{1,80})\)")


def names_of(text):
    """Returns the names that `text` gives a course: the whole text, and the text without brackets.

    Brackets hold a short form, or how the course is delivered. Short forms are written out.
    >>> sorted(names_of("LMP Orientation (LMPO)"))
    ['labor management partnership orientation']
    >>> sorted(names_of("Effective Stakeholding (classroom)"))
    ['effective stakeholding', 'effective stakeholding classroom']
    """
    bare = normalize_name(BRACKETS.sub(" ", text))
    whole = normalize_name(text)
    if whole != bare and whole == f"{bare} {bare}":
        whole = bare
    return {name for name in (bare, whole) if name}


def normalize_name(text):
    """Returns lower-case words without accents and punctuation, with short forms written out.

    >>> normalize_name("Co-Lead Workshop — UBT")
    'co lead workshop unit based team'
    """
    letters = unicodedata.normalize("NFKD", text).casefold()
    words = re.findall(r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c)))
    return " ".join(SHORT_FORMS.get(word, word) for word in words)
