"""Rich text that editors write: what it may hold, and how everything else is taken out of it."""

from collections import Counter
from html import escape
from html.parser import HTMLParser

import nh3
from django_prose_editor.fields import ProseEditorField

from catalog.text import clean_text

# What the toolbar of the admin's editor offers; the sanitiser's allow-list says the same.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
}
TAGS = set(
    "p h2 h3 strong em ul ol li blockquote br a table caption thead tbody tr th td".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
RENAMED = {"b": "strong", "i": "em", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
VOID = {"br"}
DEEPEST = 12  # elements inside each other: a list in a list in a quote needs 6
WIDEST = 12  # cells that one cell may span


def sanitize(html):
    """`html` with allowed elements only, each closed, spans and nesting clamped; "" when empty.

    >>> sanitize("<h1 onclick=x>Hi</h1><script>alert(1)</script>")
    '<h2>Hi</h2>'
    """
    flat = _Flattener()
    flat.feed(clean_text(html))
    flat.close()
    clean = CLEANER.clean(flat.html())
    return clean.strip() if nh3.clean(clean, tags=set()).strip() else ""


def _clamp(_element, name, value):
    if name in ("colspan", "rowspan", "start"):
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 1
        return str(max(1, min(number, 999 if name == "start" else WIDEST)))
    if name == "scope":
        return value if value in ("col", "row") else "col"
    return value


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    attribute_filter=_clamp,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


class _Flattener(HTMLParser):
    """Writes the allowed elements again, at most DEEPEST inside each other.

    A subheading before any heading becomes a heading, so that no level is skipped on the page.
    """

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.open, self.too_deep = [], [], Counter()
        self.hidden, self.headed = "", False

    def html(self):
        return "".join(self.out) + "".join(f"</{tag}>" for tag in reversed(self.open))

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self.hidden = tag
        tag = self._name(tag)
        if self.hidden or tag not in TAGS:
            return
        if len(self.open) >= DEEPEST and tag not in VOID:
            self.too_deep[tag] += 1
            return
        pairs = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.out.append(f"<{tag}{pairs}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag == self.hidden:
            self.hidden = ""
        tag = RENAMED.get(tag, tag)
        if tag == "h3" and "h3" not in self.open:
            tag = "h2"
        if self.too_deep[tag]:
            self.too_deep[tag] -= 1
        elif tag in self.open:
            self._close(tag)

    def handle_data(self, data):
        if not self.hidden:
            self.out.append(escape(data, quote=False))

    def _name(self, tag):
        tag = RENAMED.get(tag, tag)
        if tag == "h3" and not self.headed:
            tag = "h2"
        self.headed = self.headed or tag == "h2"
        return tag

    def _close(self, tag):
        while True:
            last = self.open.pop()
            self.out.append(f"</{last}>")
            if last == tag:
                return


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
