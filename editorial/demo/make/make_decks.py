"""Makes editorial/demo/decks/<slug>.pptx from decks.toml. Every slide has a title and notes.

python make_decks.py
"""

import io
import tomllib

from kit import ACCENT, DEMO, INK, LEVELS, LINE, MAKE, PALE, SAND, TEAL, WHITE, render_svgs, svg
from pictograms import sign
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

FONT = "Arial"  # every computer that opens slides has it
FILLS = {"white": WHITE, "pale": PALE, "sand": SAND, "one": LEVELS[0], "two": LEVELS[1]}
FILLS |= {"deep": "#237377", "accent": ACCENT, "five": LEVELS[4]}
DARK = ("deep", "accent", "five")
LEFT_IN, WIDTH_IN = 0.8, 11.7  # the margin, and the width between the margins


def color(code):
    return RGBColor.from_string(code.lstrip("#"))


def write_text(frame, text, points, ink=INK, bold=False):
    """Adds a paragraph for each line of `text` after the existing ones."""
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    for line in text.split("\n"):
        first = not frame.paragraphs[0].runs
        paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.name, run.font.size, run.font.bold = FONT, Pt(points), bold
        run.font.color.rgb = color(ink)
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(points * 0.3)


def add_shape(slide, place, fill, name, shape=MSO_SHAPE.RECTANGLE):
    """Adds a filled shape at `place`: left, top, width and height in inches."""
    added = slide.shapes.add_shape(shape, *map(Inches, place))
    added.fill.solid()
    added.fill.fore_color.rgb = color(fill)
    added.line.fill.background()
    added.shadow.inherit = False
    added.name = name
    return added


def add_card(slide, place, head, text, fill, points):
    card = add_shape(
        slide, place, FILLS[fill], head.replace("\n", " "), MSO_SHAPE.ROUNDED_RECTANGLE
    )
    card.adjustments[0] = 0.07
    card.line.color.rgb, card.line.width = color(LINE), Pt(1)
    frame, ink = card.text_frame, WHITE if fill in DARK else INK
    frame.margin_left = frame.margin_right = Inches(0.25)
    frame.margin_top = Inches(0.2)
    write_text(frame, head, points + 4, ink, bold=True)
    if text:
        write_text(frame, text, points, ink)


def add_cards(slide, facts):
    cards, gap = facts["cards"], 0.25
    width = (WIDTH_IN - gap * (len(cards) - 1)) / len(cards)
    for number, (head, text, fill) in enumerate(cards):
        place = (LEFT_IN + (width + gap) * number, 1.8, width, facts.get("height", 4.8))
        add_card(slide, place, head, text, fill, facts.get("points", 20))
    if "arrow" in facts:
        arrow = add_shape(
            slide, (LEFT_IN, 5.4, WIDTH_IN, 0.95), TEAL, "Arrow", MSO_SHAPE.RIGHT_ARROW
        )
        write_text(arrow.text_frame, facts["arrow"], 18, WHITE, bold=True)
        arrow.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def add_sign(slide, facts):
    add_pictogram(slide, *facts["sign"], 0.9, 1.9, 3.5)
    lines = slide.shapes.add_textbox(*map(Inches, (5.0, 2.0, 7.5, 4.4)))
    write_text(lines.text_frame, facts["lines"], facts.get("points", 26))


def add_steps(slide, facts):
    for number, (name, fill) in enumerate(zip(facts["steps"], LEVELS, strict=True)):
        rise = 0.75 * number
        step = add_shape(slide, (LEFT_IN + 2.36 * number, 4.9 - rise, 2.24, 1.5 + rise), fill, name)
        write_text(
            step.text_frame, f"{number + 1}\n{name}", 18, INK if number < 2 else WHITE, bold=True
        )


def add_opening(slide, facts):
    add_shape(slide, (0, 0, 13.333, 7.5), LEVELS[4], "Background")
    shapes = slide.shapes
    shapes._spTree.insert(2, shapes[-1]._element)
    line = shapes.add_textbox(*map(Inches, (LEFT_IN, 4.3, WIDTH_IN, 1)))
    write_text(line.text_frame, facts["opening"], 26, LEVELS[0])
    add_shape(slide, (LEFT_IN, 0.7, 1.75, 1.75), PALE, "Circle", MSO_SHAPE.OVAL)
    add_pictogram(slide, *facts["sign"], 1.15, 1.05, 1.05)


def add_pictogram(slide, name, alt, left, top, size):
    drawing = svg(100, 100, sign(name, 0, 0, 100))
    pixels = render_svgs([drawing], 100, 100, 3.6, fill_color=(255, 255, 255, 0))[0]
    image = io.BytesIO()
    pixels.quantize(64).save(image, "PNG", optimize=True)
    shape = slide.shapes.add_picture(image, Inches(left), Inches(top), Inches(size))
    shape._element.nvPicPr.cNvPr.set("descr", alt)


def add_title(slide, title, opening):
    heading = slide.shapes.title
    heading.left, heading.width = Inches(LEFT_IN), Inches(WIDTH_IN)
    heading.top, heading.height = Inches(2.6 if opening else 0.45), Inches(1.3)
    write_text(
        heading.text_frame, title, 48 if opening else 36, WHITE if opening else INK, bold=True
    )
    for number, fill in enumerate(LEVELS):
        place = (LEFT_IN + 0.05 + 0.3 * number, 6.95, 0.16, 0.16)
        add_shape(slide, place, fill, f"Level {number + 1}", MSO_SHAPE.OVAL)


SLIDE_KINDS = {
    "opening": add_opening,
    "cards": add_cards,
    "lines": add_sign,
    "steps": add_steps,
}


def make_deck(slug, facts):
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    about = deck.core_properties
    about.title, about.author = facts["title"], "Labor Management Partnership"
    about.language = "en-US"
    for slide_facts in facts["slide"]:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        next(fill for key, fill in SLIDE_KINDS.items() if key in slide_facts)(slide, slide_facts)
        add_title(slide, slide_facts["title"], "opening" in slide_facts)
        slide.notes_slide.notes_text_frame.text = slide_facts["notes"]
    file = DEMO / "decks" / f"{slug}.pptx"
    deck.save(file)
    print(f"{file.name}: {len(deck.slides)} slides, {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    (DEMO / "decks").mkdir(exist_ok=True)
    for slug, facts in tomllib.loads((MAKE / "decks.toml").read_text()).items():
        make_deck(slug, facts)
