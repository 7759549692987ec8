"""Colors, fonts and rendering that every image, sheet and video of the demo shares.

Drawings are SVG text. WeasyPrint turns them into PDF pages, pypdfium2 turns pages into pixels.
"""

from pathlib import Path

import pypdfium2
from weasyprint import HTML

INK, PAPER, WHITE, LINE = "#14232b", "#fbfaf7", "#ffffff", "#dfe3e1"
TEAL, PALE, ACCENT, SAND = "#0b5563", "#e3f0f1", "#c2571a", "#f8e9df"
LEVELS = ["#9fd3c7", "#5fb3ab", "#2d8f93", "#146b79", "#0b4357"]

MAKE = Path(__file__).resolve().parent
DEMO = MAKE.parent
FONTS = DEMO.parent.parent / "catalog/static/catalog/fonts"
FAMILY = "Atkinson Hyperlegible Next"


def font_faces():
    """The CSS rules of the catalog's own fonts."""
    face = "@font-face{{font-family:'{}';font-weight:{};src:url({})}}"
    file = "atkinson-hyperlegible-next-latin-{}-normal.woff2"
    return "".join(
        face.format(FAMILY, weight, (FONTS / file.format(weight)).as_uri())
        for weight in (400, 700, 800)
    )


def svg(width, height, *parts):
    inside = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' font-family="{FAMILY}">{inside}</svg>'
    )


def render_svgs(drawings, width, height, scale=1.0, **render):
    """Renders each SVG text as a Pillow image of `width` × `height` CSS px times `scale`."""
    style = (
        f"{font_faces()}@page{{size:{width}px {height}px;margin:0}}body{{margin:0}}"
        f"svg{{display:block;width:{width}px;height:{height}px;break-after:page}}"
    )
    pages = pypdfium2.PdfDocument(
        HTML(string=f"<style>{style}</style>{''.join(drawings)}").write_pdf()
    )
    try:
        return [
            pages[n].render(scale=scale * 96 / 72, **render).to_pil() for n in range(len(drawings))
        ]
    finally:
        pages.close()


def rect(x, y, width, height, fill, radius=0, **more):
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
        f' fill="{fill}"{attributes(more)}/>'
    )


def dot(x, y, radius, fill, **more):
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"{attributes(more)}/>'


def path(shape, stroke, width, **more):
    return (
        f'<path d="{shape}" fill="none" stroke="{stroke}" stroke-width="{width}"'
        f' stroke-linecap="round" stroke-linejoin="round"{attributes(more)}/>'
    )


def words(text, x, y, size, fill=INK, weight=700, anchor="middle", **more):
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
        f' text-anchor="{anchor}"{attributes(more)}>{text}</text>'
    )


def group(inside, x=0, y=0, scale=1, opacity=1.0):
    faded = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<g transform="translate({x:.2f} {y:.2f}) scale({scale:.4f})"{faded}>{inside}</g>'


def attributes(more):
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())


def level_track(levels, x, y, gap=34, radius=10, line=LINE, empty=WHITE, rim="#8fa0a3"):
    """The five dots on a line, filled for the level numbers in `levels`."""
    dots = [
        dot(x + gap * n, y, radius, LEVELS[n])
        if n + 1 in levels
        else dot(x + gap * n, y, radius - 1.2, empty, stroke=rim, stroke_width=2.4)
        for n in range(5)
    ]
    return path(f"M{x} {y} h{gap * 4}", rim if line == LINE else line, 3) + "".join(dots)
