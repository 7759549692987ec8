"""Makes editorial/demo/pdfs/ from sheets/*.html, one PDF for each variant of a sheet.

    python make_sheets.py [slug …]

In a sheet, [[sign NAME]] is a pictogram, [[track 1 2]] the level track with its label,
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
    """How to print a sheet. `variants` are the endings of its files, "" for color on letter paper.

    The text is as large as the pages allow, but at most `max_points`.
    """

    variants: tuple = ("",)
    pages: int = 1
    landscape: bool = False
    max_points: float = 13.5


WITH_BW = ("", "bw")
POSTER = {"variants": ("", "bw", "tabloid"), "max_points": 30}
SHEETS = {
    "a-good-first-minute": Sheet(),
    "certificate-thank-you-team": Sheet(WITH_BW, landscape=True, max_points=12.5),
    "checklists-for-running-a-meeting": Sheet(),
    "co-lead-planning-sheet": Sheet(),
    "consensus-decision-making-continuum": Sheet(landscape=True),
    "crossword-words-of-partnership": Sheet(("bw",), pages=2),
    "employment-and-income-security-agreement": Sheet(pages=6, max_points=14.5),
    "five-whys": Sheet(),
    "huddle-starter-cards": Sheet(pages=2, max_points=12),
    "icebreaker-common-ground": Sheet(),
    "interest-based-problem-solving-a-step-by-step-guide": Sheet(WITH_BW, pages=2),
    "path-to-performance-team-assessment": Sheet(pages=2, landscape=True),
    "plan-do-study-act-worksheet": Sheet(WITH_BW),
    "poster-lift-with-a-partner": Sheet(max_points=30),
    "poster-path-to-performance": Sheet(**POSTER),
    "poster-say-it-before-it-hurts": Sheet(**POSTER),
    "poster-the-value-compass": Sheet(("", "tabloid"), max_points=30),
    "questions-and-answers-goals": Sheet(),
    "run-chart-paper": Sheet(("bw",), landscape=True),
    "safety-walk-around-checklist": Sheet(WITH_BW),
    "shift-handoff-in-five-lines": Sheet(),
    "sleep-after-a-night-shift": Sheet(),
    "smart-goal-worksheet": Sheet(),
    "sponsors-first-90-days": Sheet(pages=2),
    "team-notes-the-huddle-issue": Sheet(pages=4, max_points=11.75),
    "team-working-agreement": Sheet(),
    "waste-walk-eight-kinds-of-waste": Sheet(WITH_BW, pages=2),
    "welcome-a-new-teammate": Sheet(),
    "who-does-what-in-a-unit-based-team": Sheet(),
    "word-search-a-safer-shift": Sheet(("bw",), pages=2, max_points=12),
    "words-and-short-forms": Sheet(),
}


def background_div(drawing, kind):
    """Shows `drawing` as a background. It is decoration, so screen readers skip it."""
    data = quote(drawing)
    return f'<div class="{kind}" style="background-image:url(data:image/svg+xml,{data})"></div>'


def draw_sign(name, bw):
    colors = {"a": "#000", "b": "#fff", "c": "#000"} if bw else {}
    return background_div(svg(100, 100, sign(name, 0, 0, 100, **colors)), "pictogram")


def draw_track(levels, bw):
    numbers = [int(n) for n in levels.split()]
    run = f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
    drawing = level_track(numbers, 12, 12)
    for color, gray in zip(LEVELS, GRAYS, strict=True) if bw else ():
        drawing = drawing.replace(
            f'fill="{color}"', f'fill="{gray}" stroke="#000" stroke-width="2"'
        )
    words = f"Levels {run}" if len(numbers) > 1 else f"Level {run}"
    return f'<div class="track">{background_div(svg(160, 24, drawing), "dots")}<p>{words}</p></div>'


def draw_graph_paper(size, bw):
    """Draws graph paper. `size` is "columns rows"."""
    columns, rows = (int(n) for n in size.split())
    across = "".join(f"M0 {y * 10} h{columns * 10}" for y in range(rows + 1))
    down = "".join(f"M{x * 10} 0 v{rows * 10}" for x in range(columns + 1))
    frame = path(f"M0 0 v{rows * 10} h{columns * 10}", "#000", 1.2)
    return background_div(
        svg(columns * 10, rows * 10, path(across + down, "#999", 0.3), frame), "squared"
    )


def fill_marks(text, bw):
    """Replaces every [[mark]] in `text` with its HTML."""
    marks = {"sign": draw_sign, "track": draw_track, "puzzle": puzzle, "squares": draw_graph_paper}

    def replace(match):
        name, _, rest = match[1].partition(" ")
        return marks[name](rest, bw)

    return re.sub(r"\[\[(.+?)\]\]", replace, text)


def read_sheet(slug):
    """Returns the facts above the line of dashes (sign, kind, title, lede, levels) and the HTML."""
    head, _, body = (MAKE / "sheets" / f"{slug}.html").read_text().partition("\n---\n")
    return dict(line.split(": ", 1) for line in head.splitlines()), body


def header_html(facts):
    """The header of a sheet. A poster has no sign in its facts, and its HTML has the header."""
    if "sign" not in facts:
        return ""
    track = f"[[track {facts['levels']}]]" if "levels" in facts else ""
    return (
        f'<header class="head"><div class="sign">[[sign {facts["sign"]}]]</div><div>'
        f'<p class="kind">{facts["kind"]}</p><h1>{facts["title"]}</h1>'
        f'<p class="lede">{facts["lede"]}</p>{track}</div></header>'
    )


def sheet_html(slug, variant, points):
    bw, (facts, body) = "bw" in variant, read_sheet(slug)
    classes = [variant or "color", slug] + ["landscape"] * SHEETS[slug].landscape
    size = "@page{size:11in 17in;margin:0.8in 0.85in 0.95in}" if "tabloid" in variant else ""
    size += f"html{{font-size:{points}pt}}"
    style = font_faces() + (MAKE / "sheets" / "sheet.css").read_text() + size
    return (
        f'<!doctype html><html lang="en-US" class="{" ".join(classes)}"><head>'
        f'<title>{facts["title"]}</title><meta name="author" content="Labor Management'
        f' Partnership"><style>{style}</style></head>'
        f"<body>{fill_marks(header_html(facts) + body, bw)}</body></html>"
    )


def lay_out(slug, variant, points):
    return HTML(string=sheet_html(slug, variant, points)).render(
        pdf_variant="pdf/ua-1", pdf_tags=True
    )


def fit_text(slug, variant):
    """Returns the largest text size in quarter points that fits the pages, and the document."""
    sheet = SHEETS[slug]
    low, high = 36, int(sheet.max_points * 4)
    while low < high:
        middle = (low + high + 1) // 2
        if len(lay_out(slug, variant, middle / 4).pages) <= sheet.pages:
            low = middle
        else:
            high = middle - 1
    return low / 4, lay_out(slug, variant, low / 4)


def make_sheet(slug):
    for variant in SHEETS[slug].variants:
        file = DEMO / "pdfs" / f"{slug}{'-' if variant else ''}{variant}.pdf"
        points, document = fit_text(slug, variant)
        document.write_pdf(file, pdf_variant="pdf/ua-1")
        kilobytes = file.stat().st_size // 1000
        print(f"{file.name}: {len(document.pages)} pages, {points} pt, {kilobytes} kB")


if __name__ == "__main__":
    (DEMO / "pdfs").mkdir(exist_ok=True)
    for slug in sys.argv[1:] or SHEETS:
        make_sheet(slug)
