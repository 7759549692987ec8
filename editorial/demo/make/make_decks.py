"""Makes editorial/demo/decks/<slug>.pptx. Every slide has a title, and notes for who speaks.

python make_decks.py
"""

import io

from kit import ACCENT, DEMO, INK, LEVELS, LINE, PALE, SAND, TEAL, WHITE, pixels, svg
from pictograms import sign
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

FONT = "Arial"  # on every computer that opens slides
SOFT = "#4a5d62"


class Deck:
    def __init__(self, title):
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(13.333), Inches(7.5)
        about = self.file.core_properties
        about.title, about.author, about.language = title, "Labor Management Partnership", "en-US"

    def slide(self, title, notes, dark=False):
        """A slide with its title and the level dots; returns it for what else stands on it."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[5])
        if dark:
            box(slide, 0, 0, 13.333, 7.5, LEVELS[4], name="Background")
            slide.shapes._spTree.insert(2, slide.shapes[-1]._element)
        heading = slide.shapes.title
        place(heading, 0.8, 2.6 if dark else 0.45, 11.7, 1.6 if dark else 1.1)
        write(heading.text_frame, title, 48 if dark else 36, WHITE if dark else INK, bold=True)
        dots(slide, 0.85, 6.95)
        slide.notes_slide.notes_text_frame.text = notes
        return slide

    def save(self, slug):
        self.file.save(DEMO / "decks" / f"{slug}.pptx")
        size = (DEMO / "decks" / f"{slug}.pptx").stat().st_size // 1000
        print(f"{slug}.pptx: {len(self.file.slides)} slides, {size} kB")


def color(code):
    return RGBColor.from_string(code.lstrip("#"))


def place(shape, left, top, width, height):
    shape.left, shape.top = Inches(left), Inches(top)
    shape.width, shape.height = Inches(width), Inches(height)


def write(frame, text, points, ink=INK, bold=False, anchor=MSO_ANCHOR.TOP):
    """One paragraph per line of `text`."""
    frame.word_wrap, frame.vertical_anchor = True, anchor
    for number, line in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.name, run.font.size, run.font.bold = FONT, Pt(points), bold
        run.font.color.rgb = color(ink)
        paragraph.alignment, paragraph.space_after = 1, Pt(points * 0.35)


def box(slide, left, top, width, height, fill, shape=MSO_SHAPE.RECTANGLE, name="", line=None):
    drawn = slide.shapes.add_shape(
        shape, Inches(left), Inches(top), Inches(width), Inches(height)
    )
    drawn.fill.solid()
    drawn.fill.fore_color.rgb = color(fill)
    if line:
        drawn.line.color.rgb, drawn.line.width = color(line), Pt(1)
    else:
        drawn.line.fill.background()
    drawn.shadow.inherit = False
    drawn.name = name or "Shape"
    return drawn


def card(slide, left, top, width, height, head, text, fill=WHITE, ink=INK, points=20):
    drawn = box(slide, left, top, width, height, fill, MSO_SHAPE.ROUNDED_RECTANGLE, head, LINE)
    drawn.adjustments[0] = 0.07
    frame = drawn.text_frame
    frame.margin_left = frame.margin_right = Inches(0.25)
    frame.margin_top = Inches(0.2)
    write(frame, head, points + 4, ink, bold=True)
    for line in text.split("\n") if text else []:
        paragraph = frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.name, run.font.size = FONT, Pt(points)
        run.font.color.rgb = color(ink)
        paragraph.alignment, paragraph.space_after = 1, Pt(6)
    return drawn


def note(slide, left, top, width, height, text, points=22, ink=INK, bold=False):
    frame = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    write(frame.text_frame, text, points, ink, bold)


def dots(slide, left, top):
    for number, fill in enumerate(LEVELS):
        box(slide, left + 0.3 * number, top, 0.16, 0.16, fill, MSO_SHAPE.OVAL, f"Level {number + 1}")


def pictogram(slide, name, left, top, size, alt, **colors):
    drawing = svg(100, 100, sign(name, 0, 0, 100, **colors))
    image = io.BytesIO()
    picture = pixels([drawing], 100, 100, 3.6, fill_color=(255, 255, 255, 0))[0]
    picture.quantize(64).save(image, "PNG", optimize=True)
    shape = slide.shapes.add_picture(image, Inches(left), Inches(top), Inches(size))
    shape._element.nvPicPr.cNvPr.set("descr", alt)


def opening(deck, title, line, name, alt, notes):
    slide = deck.slide(title, notes, dark=True)
    note(slide, 0.8, 4.3, 11.5, 1, line, 26, LEVELS[0])
    box(slide, 0.8, 0.7, 1.75, 1.75, PALE, MSO_SHAPE.OVAL, "Circle")
    pictogram(slide, name, 1.15, 1.05, 1.05, alt)


def continuum():
    deck = Deck("Consensus Decision Making Continuum")
    slide = deck.slide(
        "How will we decide this one?",
        "Before the discussion starts, say the number out loud. Ask: is everyone clear on who "
        "decides? Only number 4 is consensus. If you choose it, agree on a fallback first.",
    )
    ways = [
        ("1  Decide\nand tell", "“I have decided.\nHere is why.”", LEVELS[0], INK),
        ("2  Ask some,\nthen decide", "“I asked three of you.\nI decide by Friday.”", LEVELS[1], INK),
        ("3  Ask everyone,\nthen decide", "“I want every view.\nThen I choose.”", "#237377", WHITE),
        ("4  Decide\ntogether", "“We decide when each\nof us can support it.”", ACCENT, WHITE),
        ("5  Hand it\nover", "“Inside these limits,\nyou decide.”", LEVELS[4], WHITE),
    ]
    for number, (head, words, fill, ink) in enumerate(ways):
        card(slide, 0.8 + 2.36 * number, 1.8, 2.24, 3.2, head, words, fill, ink, 16)
    arrow = box(slide, 0.8, 5.3, 11.7, 0.85, TEAL, MSO_SHAPE.RIGHT_ARROW, "Arrow to the right")
    write(arrow.text_frame, "More people own the result. It takes more time at first.", 18, WHITE, True, MSO_ANCHOR.MIDDLE)
    deck.save("consensus-decision-making-continuum")


def charter():
    deck = Deck("Team Charter Workbook")
    opening(deck, "Our team charter", "Name of the team · month and year", "flag", "A flag",
            "Fill in one slide per meeting. Type into the boxes; nothing else needs to change.")
    pages = [
        ("Why we are here", "The people we serve, and what they need from us", "What would be missing if our unit did not exist?",
         "Ask each person to finish the sentence: people count on us for…"),
        ("Who we are", "Members, co-leads, sponsors, consultant", "Whom do we keep informed, and who tells them?",
         "Names and shifts. Check that every job and every shift is on the list."),
        ("What we work on", "Our one or two goals, each with a number and a date", "What we will not work on, and where it belongs",
         "Bring the chart. If a goal has no number yet, write how you will get one."),
        ("How we meet and decide", "When and where we huddle and meet; who leads", "How we decide, and our fallback when we are stuck",
         "Use the continuum. Write the fallback before you need it."),
        ("How we will know", "What we count, where the chart hangs, who adds the dot", "The day we look at this charter again",
         "Ninety days is a good distance. Put the date in the calendar now."),
    ]
    for title, first, second, notes in pages:
        slide = deck.slide(title, notes)
        card(slide, 0.8, 1.7, 5.7, 4.9, first, "Type here", WHITE)
        card(slide, 6.8, 1.7, 5.7, 4.9, second, "Type here", PALE)
    deck.save("team-charter-workbook")


def eight_slides():
    deck = Deck("Unit-Based Teams in Eight Slides")
    opening(deck, "Unit-based teams in eight slides", "What they are, who does what, and what happens next week",
            "huddle", "Six people in a circle", "Ten minutes, with two minutes left for questions.")
    slide = deck.slide("One unit, one team", "Ask who in the room has never thought of themselves as a member.")
    card(slide, 0.8, 1.7, 5.7, 4.6, "It is", "Everyone who does the work of the unit\nWorkers, managers and physicians\nA place where ideas get tested", PALE)
    card(slide, 6.8, 1.7, 5.7, 4.6, "It is not", "A committee for a chosen few\nOne more meeting on top\nA place for contract questions", SAND)
    slide = deck.slide("Two people lead, together", "If you can, let both co-leads speak to this slide.")
    pictogram(slide, "pair", 0.9, 1.9, 3.6, "Two people side by side")
    note(slide, 5.0, 2.0, 7.4, 4, "One co-lead from labor, one from management.\nOften a physician leads with them.\nThey plan together, and either can speak for both.", 26)
    slide = deck.slide("Who stands behind the team", "Put names to the roles. Read them out.")
    for number, (head, words) in enumerate([
        ("Sponsors", "Clear the way.\nProtect the time."), ("Consultant", "Coaches the co-leads.\nTeaches the methods."),
        ("Steward and UPR", "Help union members\ntake their part."), ("Safety champion", "Keeps safety in\nevery huddle.")]):
        card(slide, 0.8 + 2.98 * number, 1.8, 2.8, 3.4, head, words, WHITE if number % 2 else PALE, points=18)
    slide = deck.slide("Small tests, not big launches", "Tell about one test that failed and what it taught.")
    pictogram(slide, "cycle", 0.9, 1.9, 3.6, "Four arrows in a ring")
    note(slide, 5.0, 1.9, 7.4, 4.5, "Plan: one change, one place, one day\nDo: try it and write down what happens\nStudy: compare with what you expected\nAct: adopt, adapt or abandon", 26)
    slide = deck.slide("Five levels, one path", "A level is not a grade. It shows the next step. A team’s level is its lowest dimension.")
    names = ["Pre-team\nclimate", "Foundational", "Transitional", "Operational", "High-\nperforming"]
    for number, (name, fill) in enumerate(zip(names, LEVELS, strict=True)):
        step = box(slide, 0.8 + 2.36 * number, 4.9 - 0.75 * number, 2.24, 1.5 + 0.75 * number, fill, name=f"Step {number + 1}")
        write(step.text_frame, f"{number + 1}\n{name}", 18, INK if number < 2 else WHITE, True)
    slide = deck.slide("What happens next week", "Fill this in live. One name and one date per line.")
    card(slide, 0.8, 1.7, 11.7, 4.7, "Three small steps, with a name and a date each", "1.\n\n2.\n\n3.", WHITE, points=24)
    slide = deck.slide("Your turn", "Stop talking. Wait. Write down what you hear, word for word.")
    pictogram(slide, "question", 0.9, 1.9, 3.6, "A speech bubble with a question mark")
    note(slide, 5.0, 2.2, 7.4, 3, "What should we fix first?\nWhat should we leave alone?\nWho is not in the room?", 30, TEAL, True)
    deck.save("unit-based-teams-in-eight-slides")


def champions():
    deck = Deck("Health and Safety Champion Slides")
    opening(deck, "Safety in our huddle", "This month’s focus: type it here", "shield", "A shield with a check mark",
            "A template. Change the words, keep the shapes.")
    slide = deck.slide("One hazard, one picture", "Use a photo of a place, never of a person or a patient.")
    card(slide, 0.8, 1.7, 6.6, 4.9, "Put your photo here", "Delete this box first", PALE)
    note(slide, 7.8, 1.9, 4.8, 4.5, "What we see\n\nWhy it matters\n\nWhat we will do", 26, TEAL, True)
    slide = deck.slide("Our numbers", "Update by hand on the slide or bring the paper chart.")
    for number, (head, words) in enumerate([("Reported", "hazards this month"), ("Fixed", "within a week"), ("Hurt", "people this month")]):
        card(slide, 0.8 + 3.98 * number, 1.8, 3.8, 3.2, "00", f"{head}\n{words}", PALE if number < 2 else SAND, points=24)
    note(slide, 0.8, 5.4, 11.7, 1, "More reports is good news: people speak up.", 24)
    slide = deck.slide("One thing for this week", "Ask the group to say it back.")
    pictogram(slide, "megaphone", 0.9, 1.9, 3.4, "A megaphone")
    note(slide, 5.0, 2.2, 7.4, 3.5, "Say what you see.\nSay why it matters.\nSay what you need.", 34, INK, True)
    deck.save("health-and-safety-champion-slides")


if __name__ == "__main__":
    (DEMO / "decks").mkdir(exist_ok=True)
    for deck in (continuum, charter, eight_slides, champions):
        deck()
