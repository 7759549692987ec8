"""Reads the file formats and color versions of a tool."""

import re

from .text import straighten

SPELLINGS = {
    "PDF": ("pdf", "pdfs"),
    "PPT": ("ppt", "pptx", "powerpoint", "powerpoints"),
    "DOC": ("doc", "docx", "word"),
    "XLS": ("xls", "xlsx", "excel", "spreadsheet"),
    "JPG": ("jpg", "jpeg", "jpgs", "jpegs"),
    "TIF": ("tif", "tiff"),
    "PNG": ("png", "pngs"),
    "EPS": ("eps",),
    "GIF": ("gif",),
    "SVG": ("svg",),
    "MP3": ("mp3",),
    "MP4": ("mp4",),
    "MOV": ("mov",),
    "WMV": ("wmv",),
    "ZIP": ("zip",),
    "RTF": ("rtf",),
    "TXT": ("txt",),
    "PUB": ("publisher",),
}
FORMATS = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
WORD = re.compile(r"[a-z0-9]+")
COLORS = re.compile(
    r"\b(?P<plain>black[ -](?:and|&)[ -]white|b ?[&/] ?w|gr[ae]y ?scale)\b|\b(?P<color>colou?r)\b"
)


def read_formats(text: str) -> tuple[str, ...]:
    """Returns each format once, in the order of the text.

    >>> read_formats("PDF and PPT slide"), read_formats("PNG/TIF/EPS/JPG")
    (('PDF', 'PPT'), ('PNG', 'TIF', 'EPS', 'JPG'))
    >>> read_formats("Word document (.docx)"), read_formats("wall chart")
    (('DOC',), ())
    """
    words = WORD.findall(text.lower())
    return tuple(dict.fromkeys(FORMATS[word] for word in words if word in FORMATS))


def read_color_versions(text: str) -> tuple[str, ...]:
    """Returns the color versions that the text states.

    >>> read_color_versions("PDF (color and black and white)")
    ('color', 'black and white')
    """
    found = COLORS.finditer(straighten(text).lower())
    return tuple(dict.fromkeys("color" if match["color"] else "black and white" for match in found))
