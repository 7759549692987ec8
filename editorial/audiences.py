"""Finds the audiences of the catalog that a written audience text names."""

import re

from editorial.pagetext.audiences import is_limit

NAMES = {
    "Co-leads": r"co-?leads?",
    "Sponsors": r"sponsors?",
    "Stewards": r"stewards?",
    "Health and safety champions": r"health (?:and|&) saf\w+ champions?",
    "UBT consultants": r"consultants?",
    "Union partnership representatives": r"union partnership representatives?|UPRs?",
    "Frontline employees": r"frontline (?:employees|staff|workers)",
    "Union members": (
        r"labor participants|labor only|(?:labor|union) members|union-represented"
        r"|represented by a union|labor(?= \()"
    ),
    "Team members": r"(?:unit-based )?team members?|UBT members?|members of a unit-based team",
    "Managers": r"managers",
    "Physicians": r"physicians",
    "Leaders": r"leaders",
}
PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in NAMES.items()}
# "everyone except managers"; "Physicians are not required to attend."
EXCLUSION = re.compile(
    r"\b(?:except|other than|excluding|not for)\b[^.;]*"
    r"|[^.;]*\b(?:not required|not intended|not open|need not|do not)\b[^.;]*",
    re.IGNORECASE,
)
MAX_CHARACTERS = 2000  # of a text that are read; a written audience has about 300


def find_audiences(text):
    """Returns names of the catalog's audiences, in the order of its vocabulary.

    An adjective does not count: "physician co-leads" are co-leads, not physicians.
    >>> find_audiences("Labor, management and physician sponsors")
    ['Sponsors']
    >>> find_audiences("Everyone except physicians"), find_audiences("Labor only.")
    ([], ['Union members'])
    >>> find_audiences("Frontline employees, managers and physicians")
    ['Frontline employees', 'Managers', 'Physicians']
    """
    text = EXCLUSION.sub("", text[:MAX_CHARACTERS]).replace("\u2010", "-").replace("\u2011", "-")
    return [name for name, pattern in PATTERNS.items() if pattern.search(text)]


def find_only_audiences(text):
    """Returns the audiences that a sentence with "only" names. It excludes all others.

    >>> find_only_audiences("For labor participants only. Job categories: co-leads and sponsors.")
    ['Union members']
    """
    sentences = re.split(r"(?<=[.;])\s", text[:MAX_CHARACTERS])
    return find_audiences(" ".join(filter(is_limit, sentences)))
