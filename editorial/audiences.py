"""Which of the countable audiences a written audience text names."""

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
SHUT_OUT = re.compile(
    r"\b(?:except|other than|excluding|not for)\b[^.;]*"
    r"|[^.;]*\b(?:not required|not intended|not open|need not|do not)\b[^.;]*",
    re.IGNORECASE,
)
LONGEST = 2000  # characters read; a written audience has about 300


def named_audiences(text):
    """Names of audiences, as catalog's vocabulary has them, in the order of that vocabulary.

    An adjective names nobody: "physician co-leads" are co-leads.
    >>> named_audiences("Labor, management and physician sponsors")
    ['Sponsors']
    >>> named_audiences("Everyone except physicians"), named_audiences("Labor only.")
    ([], ['Union members'])
    >>> named_audiences("Frontline employees, managers and physicians")
    ['Frontline employees', 'Managers', 'Physicians']
    """
    text = SHUT_OUT.sub("", text[:LONGEST]).replace("\u2010", "-").replace("\u2011", "-")
    return [name for name, pattern in PATTERNS.items() if pattern.search(text)]


def limiting_audiences(text):
    """Those that a sentence with "only" names: all others are shut out.

    >>> limiting_audiences("For labor participants only. Job categories: co-leads and sponsors.")
    ['Union members']
    """
    sentences = re.split(r"(?<=[.;])\s", text[:LONGEST])
    return named_audiences(" ".join(filter(is_limit, sentences)))
