"""Rich text that editors write: what it may hold, and how everything else is taken out of it.

Two locks. The writer below reads any text in one pass and writes well-formed HTML of the allowed
elements, each in its place. nh3 then holds that against the same list with a browser's own rules.
It does not come first, for some 20 kB of crossed tags become 8 MB in a browser's hands.
"""

import re
from collections import Counter
from html import escape, unescape

import nh3
from django_prose_editor.config import allowlist_from_extensions
from django_prose_editor.fields import ProseEditorField

from catalog.text import strip_unprintable

# What the toolbar of the admin's editor offers; the allow-list is made from the same.
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
DEEPEST = 12  # elements inside each other: a link in a list in a list in a quote needs 8
WIDEST = 12  # cells that one cell may span

# Other elements, by the one that says the same here: what stands on its own becomes a paragraph.
ON_ITS_OWN = (
    "address article aside caption center dd div dt figure footer header hr main pre section"
)
RENAMED = (
    {"b": "strong", "i": "em", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
    | dict.fromkeys(["thead", "tfoot"], "tbody")
    | dict.fromkeys(ON_ITS_OWN.split(), "p")
)
HIDDEN = {"head", "script", "style", "template", "title", "xml"}

INLINE = {"a", "em", "strong"}
HEADINGS = {"h2", "h3"}
TEXTUAL = INLINE | HEADINGS | {"p"}  # no block may stand in these
# What an element must stand in; the first is made where there is none.
HOLDERS = {
    "li": ("ul", "ol"),
    "tbody": ("table",),
    "tr": ("tbody",),
    "td": ("tr",),
    "th": ("tr",),
}
# What these are made of; what else stands in them is put into one.
PARTS = {"ul": "li", "ol": "li", "table": "tbody", "tbody": "tr", "tr": "td"}

# A tag has at most 40 pieces between its quotes: without a limit, "<a '<a '<a '…" would be read to
# its end again at each "<".
TOKEN = re.compile(
    r"<!--|<[!?][^>]*+>?"
    r"|<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+'){0,40}+)>"
)
ATTRIBUTE = re.compile(r"([a-zA-Z-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))")
ADDRESS = re.compile(r"(https?://|mailto:|tel:)[^/?#]|/(?!/)|[#?]", re.IGNORECASE)
# All text is composed when saved; this mark and a ">" before it would become one, and break a tag.
OVERLAY = "\u0338"


def sanitize(html):
    """`html` with allowed elements only, each closed and in its place; "" when it says nothing.

    >>> sanitize("<h1 onclick=x>Hi<script>alert(1)</script><p>you")
    '<h2>Hi</h2><p>you</p>'
    """
    written = write(html)
    clean = CLEANER.clean(written)
    return clean if clean == written else CLEANER.clean(write(clean))


def write(html):
    writer = Writer()
    read(strip_unprintable(html), writer)
    written = writer.html().strip()
    return written if writer.says_something else ""


def read(html, writer):
    """Hands the texts and tags of `html` to `writer`, in one pass."""
    place = 0
    while token := TOKEN.search(html, place):
        writer.text(html[place : token.start()])
        place = token.end()
        closing, tag, attributes = token.groups("")
        tag = tag.lower()
        if token[0] == "<!--":
            place = end_of(re.compile("-->"), html, place - 2)
        elif tag in HIDDEN and not closing:
            place = end_of(re.compile(f"</{tag}[^<>]*>", re.IGNORECASE), html, place)
        elif closing:
            writer.end(RENAMED.get(tag, tag))
        elif tag:
            writer.start(RENAMED.get(tag, tag), attributes)
    writer.text(html[place:])


def end_of(pattern, html, place):
    found = pattern.search(html, place)
    return found.end() if found else len(html)


def attributes_of(tag, text):
    """The allowed attributes in `text`, a start tag's inside: {name: value}."""
    found = {}
    for name, *values in ATTRIBUTE.findall(text):
        name = name.lower()
        if name in ATTRIBUTES.get(tag, ()) and name not in found:
            found[name] = clamp(name, strip_unprintable(unescape("".join(values))).strip())
    return {name: value for name, value in sorted(found.items()) if value}


def clamp(name, value):
    """What `value` may say as the attribute `name`; "" for nothing."""
    if name in ("colspan", "rowspan", "start"):
        number = int(value) if re.fullmatch("[0-9]{1,9}", value) else 1
        return str(max(1, min(number, 999 if name == "start" else WIDEST)))
    if name == "scope":
        return value if value in ("col", "row") else ""
    if name == "href":
        return address(value)
    return value


def address(text):
    """`text` as a link may lead to it, or "".

    >>> address("www.example.org/a b")
    'https://www.example.org/a%20b'
    """
    text = re.sub(r"[\t\n]", "", text).replace(" ", "%20")
    if text.lower().startswith("www."):
        text = f"https://{text}"
    return text if ADDRESS.match(text) else ""


def parts_below(tag):
    """What text in `tag` must stand in: ["tbody", "tr", "td"] for "table", [] for "p"."""
    parts = []
    while tag := PARTS.get(tag):
        parts.append(tag)
    return parts


class Writer:
    """Writes allowed elements, each where it may stand, at most DEEPEST inside each other.

    A subheading before any heading becomes a heading, so that no level is skipped on the page.
    """

    def __init__(self):
        self.out, self.words = [], []
        self.open = []  # the open tags, each with the place in self.out where it begins
        self.refused = Counter()  # start tags left out, whose end tags are to be left out too
        self.headed = self.says_something = False
        self.rows = 0

    def html(self):
        self.close_to(0)
        return "".join(self.out)

    @property
    def inside(self):
        return self.open[-1][0] if self.open else ""

    def text(self, html):
        if html:
            self.words.append(unescape(html))

    def start(self, tag, attributes):
        self.write_words()
        if tag == "br":
            self.start_break()
        elif tag in INLINE:
            self.start_inline(tag, attributes_of(tag, attributes))
        elif tag in TAGS:
            self.start_block(tag, attributes_of(tag, attributes))

    def start_break(self):
        around = parts_below(self.inside)
        if self.fits(len(around) + 1):
            self.begin(*around)
            self.out.append("<br>")
        else:
            self.words.append(" ")

    def start_inline(self, tag, attributes):
        around = parts_below(self.inside)
        known = tag in (other for other, _place in self.open)
        if known or (tag == "a" and "href" not in attributes) or not self.fits(len(around) + 1):
            self.refused[tag] += 1
        else:
            self.begin(*around, tag, **attributes)

    def start_block(self, tag, attributes):
        while self.inside in TEXTUAL:
            self.close_to(len(self.open) - 1)
        if tag == "h3" and not self.headed:
            tag = "h2"
        place, missing = self.holders(tag)
        if place is not None:
            self.close_to(place + 1)
        around = [] if place is not None else parts_below(self.inside)
        if self.fits(len(around) + len(missing) + 1 + len(parts_below(tag))):
            self.begin(*around, *missing, tag, **attributes)
        else:
            self.refused[tag] += 1
            self.words.append(" ")

    def holders(self, tag):
        """Where the nearest element is that may hold `tag` (or None), and what is missing below."""
        missing = []
        while tag in HOLDERS:
            place = self.place_of(HOLDERS[tag])
            if place is not None:
                return place, missing
            tag = HOLDERS[tag][0]
            missing.insert(0, tag)
        return None, missing

    def end(self, tag):
        if tag == "h3" and self.place_of(["h3"]) is None:
            tag = "h2"
        place = self.place_of([tag])
        if self.refused[tag]:
            self.refused[tag] -= 1
        elif place is not None:
            self.close_to(place)
        elif tag == "p":
            self.words.append(" ")

    def place_of(self, tags):
        """Where in self.open the innermost of `tags` is, not looking out of a table; or None."""
        for place in range(len(self.open) - 1, -1, -1):
            tag = self.open[place][0]
            if tag in tags:
                return place
            if tag == "table":
                return None
        return None

    def fits(self, depth):
        return len(self.open) + depth <= DEEPEST

    def begin(self, *tags, **attributes):
        """Writes the start tags `tags`, the last one with `attributes`."""
        for number, tag in enumerate(tags, 1):
            self.begin_one(tag, attributes if number == len(tags) else {})

    def begin_one(self, tag, attributes):
        if tag in ("table", "tr"):
            self.rows = self.rows + 1 if tag == "tr" else 0
        if tag == "th":
            attributes.setdefault("scope", "col" if self.rows == 1 else "row")
        pairs = "".join(f' {name}="{quoted(value)}"' for name, value in attributes.items())
        self.open.append((tag, len(self.out)))
        self.out.append(f"<{tag}{pairs}>")

    def close_to(self, depth):
        while len(self.open) > depth:
            self.write_words()
            tag, place = self.open.pop()
            inner = "".join(self.out[place + 1 :])
            if tag in INLINE and not inner.strip():
                self.out[place:] = [inner]
            elif (tag in HEADINGS or tag in PARTS) and not inner.strip():
                self.out[place:] = []
            else:
                self.headed = self.headed or tag == "h2"
                self.out[place:] = [f"{self.out[place]}{inner}</{tag}>"]
        self.write_words()

    def write_words(self):
        words = strip_unprintable("".join(self.words)).replace(OVERLAY, "")
        self.words.clear()
        if words.strip():
            self.says_something = True
            self.begin(*parts_below(self.inside))
        elif self.inside in PARTS:
            return
        self.out.append(escaped(words))


def escaped(text):
    """As nh3 and browsers write it."""
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


def quoted(text):
    return escaped(text).replace('"', "&quot;")


class RichTextField(ProseEditorField):
    """HTML that is sanitised whenever it is saved, wherever it comes from."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("config", {"extensions": EXTENSIONS})
        kwargs["sanitize"] = sanitize
        super().__init__(*args, **kwargs)

    def pre_save(self, instance, add):
        html = sanitize(super().pre_save(instance, add) or "")
        setattr(instance, self.attname, html)
        return html
