"""Makes editorial/demo/images/<slug>.webp for tools and courses, not for videos.

    python make_images.py [slug …]

A tool shows its first page on a pale background and a course its sign on a dark one.
"""

import base64
import io
import sys
import tomllib

import pypdfium2
from kit import (
    DEMO,
    INK,
    LEVELS,
    LINE,
    PALE,
    SAND,
    TEAL,
    WHITE,
    level_track,
    rect,
    render_svgs,
    svg,
)
from pictograms import sign

WIDTH, HEIGHT = 1200, 675
TOOLS = {
    "a-good-first-minute": "smile",
    "certificate-thank-you-team": "ribbon",
    "checklists-for-running-a-meeting": "checklist",
    "co-lead-planning-sheet": "pair",
    "consensus-decision-making-continuum": "continuum",
    "crossword-words-of-partnership": "puzzle",
    "employment-and-income-security-agreement": "umbrella",
    "five-whys": "whys",
    "health-and-safety-champion-slides": "shield",
    "huddle-starter-cards": "cards",
    "icebreaker-common-ground": "circles",
    "interest-based-problem-solving-a-step-by-step-guide": "bulb",
    "path-to-performance-team-assessment": "bars",
    "plan-do-study-act-worksheet": "cycle",
    "poster-lift-with-a-partner": "pair",
    "poster-path-to-performance": "stairs",
    "poster-say-it-before-it-hurts": "megaphone",
    "poster-the-value-compass": "compass",
    "questions-and-answers-goals": "question",
    "safety-walk-around-checklist": "shield",
    "shift-handoff-in-five-lines": "relay",
    "sleep-after-a-night-shift": "moon",
    "smart-goal-worksheet": "target",
    "sponsors-first-90-days": "key",
    "team-charter-workbook": "flag",
    "team-notes-the-huddle-issue": "huddle",
    "team-working-agreement": "signature",
    "unit-based-teams-in-eight-slides": "huddle",
    "waste-walk-eight-kinds-of-waste": "bin",
    "welcome-a-new-teammate": "newcomer",
    "who-does-what-in-a-unit-based-team": "huddle",
    "word-search-a-safer-shift": "magnifier",
    "words-and-short-forms": "book",
}
COURSES = {
    "business-literacy-series": "coins",
    "co-lead-workshop": "pair",
    "co-lead-workshop-consultant-delivery": "laptop",
    "coaching-teams-to-level-5": "ladder",
    "consensus-decision-making": "circles",
    "corrective-action": "bubbles",
    "effective-sponsorship": "key",
    "effective-stakeholding": "megaphone",
    "free-to-speak": "smile",
    "health-and-safety-champion-basics": "shield",
    "how-to-use-lmpartnership-org": "magnifier",
    "interest-based-conversations-and-reaching-consensus": "question",
    "interest-based-problem-solving": "bulb",
    "lmp-orientation": "book",
    "meetings-that-end-on-time": "clock",
    "path-to-performance-assess-your-team": "target",
    "rapid-improvement-model-plus": "cycle",
    "reading-your-teams-numbers": "runchart",
    "spread-what-works": "spread",
    "team-leadership-for-co-leads": "stairs",
    "unit-based-team-member": "huddle",
}
BACKGROUNDS, DARK_BACKGROUNDS = [PALE, SAND, "#eef1e6"], [LEVELS[4], TEAL, "#16393a"]
LIGHT = {"a": WHITE, "b": "#0b5563", "c": "#f0a878"}


def read_levels(kind):
    """Returns {slug: level numbers} from the demo's TOML file of `kind`."""
    entries = tomllib.loads((DEMO / f"{kind}.toml").read_text())["resource"]
    return {entry["slug"]: entry.get("levels", []) for entry in entries}


def render_first_page(slug):
    """Returns (data URL, width, height) of the first page of the tool's first PDF, in points."""
    file = next(iter(sorted((DEMO / "pdfs").glob(f"{slug}*.pdf"), key=lambda f: len(f.name))))
    document = pypdfium2.PdfDocument(file)
    page, image = document[0], io.BytesIO()
    page.render(scale=1.3).to_pil().save(image, "PNG")
    size = page.get_size()
    document.close()
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}", *size


def draw_page(slug):
    """Draws the first page as white paper that continues below the bottom of the image."""
    address, width, height = render_first_page(slug)
    page_width = 640 if width > height else 460
    page_height = page_width * height / width
    left, top = (500, 110) if width > height else (640, 70)
    border = rect(left - 1.5, top - 1.5, page_width + 3, page_height + 3, LINE, radius=3)
    shadow = rect(left + 8, top + 10, page_width, page_height, INK, radius=4, opacity=0.10)
    size = f'width="{page_width}" height="{page_height}"'
    page = f'<image href="{address}" x="{left}" y="{top}" {size}/>'
    return shadow + border + page


def draw_screen(name):
    """Draws a screen with the tool's sign, because a deck has no page to show."""
    frame = rect(560, 130, 560, 330, INK, radius=16) + rect(576, 146, 528, 298, LEVELS[4], radius=6)
    stand = rect(826, 460, 28, 70, INK) + rect(740, 526, 200, 16, INK, radius=8)
    return frame + stand + sign(name, 745, 200, 190, **LIGHT)


def draw_tool(slug, levels, background):
    name, has_page = TOOLS[slug], any((DEMO / "pdfs").glob(f"{slug}*.pdf"))
    content = draw_page(slug) if has_page else draw_screen(name)
    fill = rect(0, 0, WIDTH, HEIGHT, background)
    return svg(
        WIDTH, HEIGHT, fill, content, sign(name, 110, 150, 310, b=WHITE), draw_dots(levels, 141)
    )


def draw_dots(levels, left):
    return level_track(levels, left, 570, gap=62, radius=19) if levels else ""


def draw_course(slug, levels):
    name = COURSES[slug]
    drawing = sign(name, 420, 90, 360, **LIGHT)
    if name == "stairs":
        drawing = drawing.replace(f'fill="{LEVELS[4]}"', f'fill="{LIGHT["c"]}"')
    background = DARK_BACKGROUNDS[list(COURSES).index(slug) % len(DARK_BACKGROUNDS)]
    return svg(
        WIDTH,
        HEIGHT,
        rect(0, 0, WIDTH, HEIGHT, background),
        drawing,
        draw_pale_dots(levels, background),
    )


def draw_pale_dots(levels, background):
    track = level_track(levels, 476, 570, gap=62, radius=19, empty=background, rim="#8fb3bb")
    for color in LEVELS:
        track = track.replace(f'fill="{color}"/>', f'fill="{LEVELS[0]}"/>')
    return track


def make_image(slug):
    known = read_levels("tools") | read_levels("courses")
    background = BACKGROUNDS[list(TOOLS).index(slug) % len(BACKGROUNDS)] if slug in TOOLS else None
    drawing = (
        draw_tool(slug, known[slug], background)
        if slug in TOOLS
        else draw_course(slug, known[slug])
    )
    image = render_svgs([drawing], WIDTH, HEIGHT)[0].convert("RGB")
    file = DEMO / "images" / f"{slug}.webp"
    image.save(file, quality=80, method=6)
    print(f"{file.name}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    (DEMO / "images").mkdir(exist_ok=True)
    for slug in sys.argv[1:] or [*TOOLS, *COURSES]:
        make_image(slug)
