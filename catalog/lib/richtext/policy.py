"""What rich text may hold: elements, attributes, addresses, and how much of each."""

import re
from html import unescape

import nh3
from django_prose_editor.config import allowlist_from_extensions

from catalog.lib.text import strip_unprintable

# What the toolbar of the admin's editor offers. The allow-list is made from it.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}
TAGS = allowlist_from_extensions(EXTENSIONS)["tags"] - {"thead"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
CLEANER = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
MAX_DEPTH = 12  # levels of nesting: a link in a list in a list in a quote needs 8
MAX_SPAN = 12  # rows or columns that one cell may span
# What the PDF process can lay out: each of these limits alone takes 3 to 7 s; a page takes 10 ms.
# A form refuses more than this. Without a form, elements are left out and all words stay.
MAX_TEXT = 200_000  # characters: about 70 pages
MAX_LINES = 4000  # LINES and rows, all together
MAX_CELLS = 4000  # of all tables: a table counts its rows times the cells of its widest row
MAX_COLUMNS = 30
MAX_INLINES = 5000
# A longer word is broken at the end of a line. To break it, the PDF process reads its whole
# paragraph, so the time grows with the letters of such words times those of the paragraph.
LONG_WORD = 60
MAX_BREAKING = 500_000_000  # as much as one word of 22 000 letters

# Elements that are replaced by an allowed one. These blocks become paragraphs.
BLOCKS = "address article aside caption center dd div dt figure footer header hr main pre section"
RENAMED = (
    {"b": "strong", "i": "em", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
    | dict.fromkeys(["thead", "tfoot"], "tbody")
    | dict.fromkeys(BLOCKS.split(), "p")
)
HIDDEN = {"head", "script", "style", "template", "title", "xml"}

INLINE = {"a", "em", "strong"}
HEADINGS = {"h2", "h3"}
TEXTUAL = INLINE | HEADINGS | {"p"}  # no block may be inside these
SPANS = ("colspan", "rowspan")
LINES = HEADINGS | {"p", "li", "blockquote", "br"}
# The parents that an element needs. If it has none of them, the writer adds the first.
PARENTS = {
    "li": ("ul", "ol"),
    "tbody": ("table",),
    "tr": ("tbody",),
    "td": ("tr",),
    "th": ("tr",),
}
# The parts of these elements. Anything else inside an element is wrapped in its part.
PARTS = {"ul": "li", "ol": "li", "table": "tbody", "tbody": "tr", "tr": "td"}

# A tag has at most 40 pieces in and between quotes. Without this limit, "<a '<a '<a '…" would be
# read to its end again at each "<".
TOKEN = re.compile(
    r"<!--|<[!?][^>]*+>?"
    r"|<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+'){0,40}+)>"
)
ATTRIBUTE = re.compile(r"([a-zA-Z-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))")
ADDRESS = re.compile(r"(https?://|mailto:|tel:)[^/?#]|/(?!/)|[#?]", re.IGNORECASE)
MAY_BREAK = "\u200b"  # invisible: a line may end at this character
WORD_CHARACTER = f"[^ \t\n{MAY_BREAK}]"
LONG_WORDS = re.compile(rf"(?<!{WORD_CHARACTER}){WORD_CHARACTER}{{{LONG_WORD + 1},}}+")
BREAK_EVERY = 20  # letters between two MAY_BREAK marks
# All text is composed (NFC) when it is saved. A ">" with this mark after it would become one
# character and break a tag, so the mark is removed.
OVERLAY = "\u0338"


def read_attributes(tag, text):
    """Returns {name: value} of the allowed attributes in `text`, the inside of a start tag."""
    attributes = {}
    for name, *values in ATTRIBUTE.findall(text):
        name = name.lower()
        if name in ATTRIBUTES.get(tag, ()) and name not in attributes:
            attributes[name] = clamp(name, strip_unprintable(unescape("".join(values))).strip())
    return {name: value for name, value in sorted(attributes.items()) if value}


def clamp(name, value):
    """Returns the allowed form of `value` for the attribute `name`; "" if nothing is allowed."""
    if name in ("colspan", "rowspan", "start"):
        number = int(value) if re.fullmatch("[0-9]{1,9}", value) else 1
        return str(max(1, min(number, 999 if name == "start" else MAX_SPAN)))
    if name == "scope":
        return value if value in ("col", "row") else ""
    if name == "href":
        return clean_address(value)
    return value


def clean_address(text):
    """Returns `text` as an address that a link may lead to, or "".

    >>> clean_address("www.example.org/a b")
    'https://www.example.org/a%20b'
    """
    text = re.sub(r"[\t\n]", "", text).replace(" ", "%20")
    if text.lower().startswith("www."):
        text = f"https://{text}"
    return text if ADDRESS.match(text) else ""
