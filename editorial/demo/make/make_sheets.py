"""Makes editorial/demo/pdfs/ from sheets/*.html: one PDF per sheet and print.

    python make_sheets.py [slug …]

In a sheet, [[sign NAME]] is a pictogram, [[track 1 2]] the level track with its words,
[[squares 31 16]] graph paper and [[puzzle NAME]] a part of puzzles.py.
"""

import re
import sys
from dataclasses import dataclass
from urllib.parse import quote

from kit import DEMO, LEVELS, MAKE, font_faces, level_track, path, svg
from pictograms import sign
from puzzles import puzzle
from weasyprint import HTML

GRAYS = ["#ffffff", "#dddddd", "#888888", "#555555", "#000000"]


@dataclass
class Sheet:
    """`prints` are the endings of its files: "" is color on letter; "bw" and "tabloid" say so."""

    prints: tuple = ("",)
    pages: int = 1
    landscape: bool = False
    largest: float = 13.5  # points that its text may have; it is as large as the pages allow


WITH_BW = ("", "bw")
POSTER = {"prints": ("", "bw", "tabloid"), "largest": 30}
SHEETS = {
    "a-good-first-minute": Sheet(),
    "certificate-thank-you-team": Sheet(WITH_BW, landscape=True, largest=12.5),
    "checklists-for-running-a-meeting": Sheet(),
    "co-lead-planning-sheet": Sheet(),
    "consensus-decision-making-continuum": Sheet(landscape=True),
    "crossword-words-of-partnership": Sheet(("bw",), pages=2),
    "employment-and-income-security-agreement": Sheet(pages=6, largest=14.5),
    "five-whys": Sheet(),
    "huddle-starter-cards": Sheet(pages=2, largest=12),
    "icebreaker-common-ground": Sheet(),
    "interest-based-problem-solving-a-step-by-step-guide": Sheet(WITH_BW, pages=2),
    "path-to-performance-team-assessment": Sheet(pages=2, landscape=True),
    "plan-do-study-act-worksheet": Sheet(WITH_BW),
    "poster-lift-with-a-partner": Sheet(largest=30),
    "poster-path-to-performance": Sheet(**POSTER),
    "poster-say-it-before-it-hurts": Sheet(**POSTER),
    "poster-the-value-compass": Sheet(("", "tabloid"), largest=30),
    "questions-and-answers-goals": Sheet(),
    "run-chart-paper": Sheet(("bw",), landscape=True),
    "safety-walk-around-checklist": Sheet(WITH_BW),
    "shift-handoff-in-five-lines": Sheet(),
    "sleep-after-a-night-shift": Sheet(),
    "smart-goal-worksheet": Sheet(),
    "sponsors-first-90-days": Sheet(pages=2),
    "team-notes-the-huddle-issue": Sheet(pages=4, largest=11.75),
    "team-working-agreement": Sheet(),
    "waste-walk-eight-kinds-of-waste": Sheet(WITH_BW, pages=2),
    "welcome-a-new-teammate": Sheet(),
    "who-does-what-in-a-unit-based-team": Sheet(),
    "word-search-a-safer-shift": Sheet(("bw",), pages=2, largest=12),
    "words-and-short-forms": Sheet(),
}


def backdrop(drawing, kind):
    """`drawing` as a background: decoration, which a screen reader passes over."""
    data = quote(drawing)
    return f'<div class="{kind}" style="background-image:url(data:image/svg+xml,{data})"></div>'


def marked(name, bw):
    colors = {"a": "#000", "b": "#fff", "c": "#000"} if bw else {}
    return backdrop(svg(100, 100, sign(name, 0, 0, 100, **colors)), "pictogram")


def track(levels, bw):
    numbers = [int(n) for n in levels.split()]
    run = f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
    drawn = level_track(numbers, 12, 12)
    for color, gray in zip(LEVELS, GRAYS, strict=True) if bw else ():
        drawn = drawn.replace(f'fill="{color}"', f'fill="{gray}" stroke="#000" stroke-width="2"')
    words = f"Levels {run}" if len(numbers) > 1 else f"Level {run}"
    return f'<div class="track">{backdrop(svg(160, 24, drawn), "dots")}<p>{words}</p></div>'


def squared(size, bw):
    """Graph paper of "columns rows"."""
    columns, rows = (int(n) for n in size.split())
    across = "".join(f"M0 {y * 10} h{columns * 10}" for y in range(rows + 1))
    down = "".join(f"M{x * 10} 0 v{rows * 10}" for x in range(columns + 1))
    frame = path(f"M0 0 v{rows * 10} h{columns * 10}", "#000", 1.2)
    return backdrop(
        svg(columns * 10, rows * 10, path(across + down, "#999", 0.3), frame), "squared"
    )


def filled(text, bw):
    """`text` with every [[mark]] replaced by what it stands for."""

    marks = {"sign": marked, "track": track, "puzzle": puzzle, "squares": squared}

    def answer(match):
        name, _, rest = match[1].partition(" ")
        return marks[name](rest, bw)

    return re.sub(r"\[\[(.+?)\]\]", answer, text)


def read(slug):
    """The sheet's HTML, and the facts above its line of dashes: sign, kind, title, lede, levels."""
    head, _, body = (MAKE / "sheets" / f"{slug}.html").read_text().partition("\n---\n")
    return dict(line.split(": ", 1) for line in head.splitlines()), body


def heading(facts):
    """The head of a sheet. A poster has no sign in its facts and a heading of its own."""
    if "sign" not in facts:
        return ""
    track = f"[[track {facts['levels']}]]" if "levels" in facts else ""
    return (
        f'<header class="head"><div class="sign">[[sign {facts["sign"]}]]</div><div>'
        f'<p class="kind">{facts["kind"]}</p><h1>{facts["title"]}</h1>'
        f'<p class="lede">{facts["lede"]}</p>{track}</div></header>'
    )


def page(slug, ending, points):
    bw, (facts, body) = "bw" in ending, read(slug)
    classes = [ending or "color", slug] + ["landscape"] * SHEETS[slug].landscape
    size = "@page{size:11in 17in;margin:0.8in 0.85in 0.95in}" if "tabloid" in ending else ""
    size += f"html{{font-size:{points}pt}}"
    style = font_faces() + (MAKE / "sheets" / "sheet.css").read_text() + size
    return (
        f'<!doctype html><html lang="en-US" class="{" ".join(classes)}"><head>'
        f'<title>{facts["title"]}</title><meta name="author" content="Labor Management'
        f' Partnership"><style>{style}</style></head>'
        f"<body>{filled(heading(facts) + body, bw)}</body></html>"
    )


def laid_out(slug, ending, points):
    return HTML(string=page(slug, ending, points)).render(pdf_variant="pdf/ua-1", pdf_tags=True)


def largest_that_fits(slug, ending):
    """The document with the largest text, by quarter points, that keeps to its pages."""
    sheet = SHEETS[slug]
    low, high = 36, int(sheet.largest * 4)
    while low < high:
        middle = (low + high + 1) // 2
        if len(laid_out(slug, ending, middle / 4).pages) <= sheet.pages:
            low = middle
        else:
            high = middle - 1
    return low / 4, laid_out(slug, ending, low / 4)


def make(slug):
    for ending in SHEETS[slug].prints:
        file = DEMO / "pdfs" / f"{slug}{'-' if ending else ''}{ending}.pdf"
        points, document = largest_that_fits(slug, ending)
        document.write_pdf(file, pdf_variant="pdf/ua-1")
        kilobytes = file.stat().st_size // 1000
        print(f"{file.name}: {len(document.pages)} pages, {points} pt, {kilobytes} kB")


if __name__ == "__main__":
    (DEMO / "pdfs").mkdir(exist_ok=True)
    for slug in sys.argv[1:] or SHEETS:
        make(slug)
