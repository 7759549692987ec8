"""What each video says and shows. A story has scenes; a scene has sentences and moving parts."""

from kit import (
    ACCENT,
    INK,
    LEVELS,
    LINE,
    PALE,
    PAPER,
    SAND,
    TEAL,
    WHITE,
    dot,
    group,
    path,
    rect,
    words,
)
from stage import Line, Scene, Story, ease, enter, grow, icon, note, pop, slide, text, trace

DARK = {"background": "#0b4357"}
LIGHT_SIGN = {"a": WHITE, "b": "#0b5563", "c": "#f0a878"}
NIGHT, DAY = LEVELS[4], ACCENT


def title_scene(sign, title, lines, second_row=""):
    """The dark first scene: a pictogram and the title of the video."""
    rows = [text(0.3, title, y=262, size=34, fill=WHITE)]
    if second_row:
        rows.append(text(0.5, second_row, y=304, size=34, fill=WHITE))
    return Scene(lines, icon(0, sign, 320, 148, 130, **LIGHT_SIGN), *rows, **DARK)


def closing_scene(sign, lines, *rows):
    rows = [text(place, row, y=230 + 40 * n, size=28) for n, (place, row) in enumerate(rows)]
    return Scene(lines, icon(0, sign, 320, 120, 110), *rows, background=PALE)


def card(place, x, y, width, height, label, size=22, fill=WHITE, ink=INK):
    box = rect(x, y, width, height, fill, radius=12, stroke=LINE, stroke_width=2)
    return enter(place, box + words(label, x + width / 2, y + height / 2 + size * 0.36, size, ink))


def numbered_line(place, number, label, y, x=96):
    badge = dot(x, y, 19, TEAL) + words(number, x, y + 7, 21, WHITE, 800)
    return enter(place, badge + words(label, x + 36, y + 8, 24, anchor="start"))


def thumb(place, x, y, turn, label, color):
    """A fist with its thumb out, turned clockwise by `turn` degrees from thumb up."""
    hand = (
        f'<g transform="translate({x} {y}) rotate({turn})">'
        f"{rect(-26, -6, 52, 44, color, radius=12)}{rect(-26, -44, 19, 60, color, radius=9)}"
        f"{path('M-4 8 h28 M-4 22 h28', WHITE, 3)}</g>"
    )
    return enter(place, hand + words(label, x, y + 86, 19))


def seat(place, x, y, color, size=17):
    shape = dot(x, y, size, color) + (
        f'<path d="M{x - size * 1.8} {y + size * 3.1} a{size * 1.8} {size * 1.8} 0 0 1'
        f' {size * 3.6} 0 z" fill="{color}"/>'
    )
    return enter(place, shape)


COOK = Story(
    title_scene(
        "cake",
        "Cook up a small test of change",
        [
            "Cook up a small test of change.",
            "A test of change lets you try an idea before you bet on it.",
            "The Rapid Improvement Model begins with three questions.",
        ],
    ),
    Scene(
        [
            "What do we want to make better?",
            "How will we know that it is better?",
            "What could we change to get there?",
        ],
        numbered_line(0, "1", "What do we want to make better?", 110, 84),
        numbered_line(1, "2", "How will we know it is better?", 180, 84),
        numbered_line(2, "3", "What could we change?", 250, 84),
    ),
    Scene(
        [
            "Think of a baker with a new recipe.",
            "She does not bake two hundred cakes and hope.",
            "She bakes one, cuts a slice, and asks people to taste it.",
        ],
        icon(0, "cake", 320, 150, 120),
        *[icon(1 + 0.05 * n, "cake", 70 + 125 * n, 272, 56) for n in range(5)],
        enter(2, rect(20, 232, 600, 80, PAPER)),
        icon(2.2, "smile", 220, 270, 64),
        icon(2.4, "smile", 320, 270, 64),
        icon(2.6, "smile", 420, 270, 64),
        background=PAPER,
    ),
    Scene(
        [
            "Your team can bake that way in four steps.",
            "Plan. Pick one change, one place and one day, and say what you expect.",
            "Do. Try it, and write down what happens, good or bad.",
            "Study. Hold the result against what you expected.",
            "Act. Keep it, fix it or drop it, and plan the next try.",
        ],
        icon(0, "cycle", 320, 190, 150),
        card(1, 60, 70, 180, 66, "Plan", 28, TEAL, WHITE),
        card(2, 400, 70, 180, 66, "Do", 28, LEVELS[2], WHITE),
        card(3, 400, 246, 180, 66, "Study", 28, LEVELS[4], WHITE),
        card(4, 60, 246, 180, 66, "Act", 28, ACCENT, WHITE),
    ),
    Scene(
        [
            "Here is a made-up example. Supplies run out on Fridays.",
            "So one shift restocks at ten instead of noon.",
            "They count the empty bins. Nine before, four after.",
            "Better, but not done. Next Friday they test it on two shifts.",
        ],
        text(0, "Empty bins on a Friday", y=74, size=26),
        enter(0.3, path("M250 290 h300", INK, 4)),
        icon(1, "clock", 136, 190, 120),
        note(0.4, "noon", x=330, y=318),
        note(1.1, "ten", x=470, y=318),
        grow(2, 295, 288, 70, 162, LEVELS[1]),
        grow(2.6, 435, 288, 70, 72, ACCENT),
        text(2.3, "9", x=330, y=116, size=24),
        text(2.8, "4", x=470, y=206, size=24),
    ),
    closing_scene(
        "cake",
        [
            "Small tests are safe. If one fails, you lost a day, not a year.",
            "And every test teaches you something.",
            "So cut a slice. Test it this week.",
        ],
        (1, "Every test teaches you something."),
        (2, "Test one slice this week."),
    ),
    seconds=89,
    poster=0.07,
)

ROOM = [
    icon(0, "screen", 320, 200, 120),
    seat(0, 130, 150, NIGHT, 24),
    seat(0, 510, 150, DAY, 24),
]

FIND = Story(
    title_scene(
        "bulb",
        "Find better solutions",
        [
            "Find better solutions.",
            "When two people want different things, talk can turn into a tug of war.",
            "Interest-based problem solving is a way to put the rope down.",
        ],
    ),
    Scene(
        [
            "A made-up story. Two teams want one room at seven in the morning.",
            "Night shift says: we need it for report.",
            "Day shift says: we need it for our huddle.",
            "Each is holding a position, the one answer it walked in with.",
        ],
        *ROOM,
        note(0.4, "7:00", y=120, size=26),
        card(1, 40, 248, 180, 50, "Ours for report!", 20, WHITE, NIGHT),
        card(2, 420, 248, 180, 50, "Ours to huddle!", 20, WHITE, DAY),
        text(3, "Positions", y=84, size=30),
    ),
    Scene(
        [
            "If they bargain over positions, one side wins and the other one stews.",
            "So they stop, and ask a different question.",
            "Why does it matter to you?",
        ],
        seat(0, 130, 130, NIGHT, 24),
        seat(0, 510, 130, DAY, 24),
        trace(0, "M200 180 h240", 240, "#b9a58f", 9),
        enter(1, rect(190, 160, 260, 40, PAPER)),
        icon(1.2, "question", 320, 150, 120),
        text(2, "Why does it matter to you?", y=280, size=32, fill=TEAL),
    ),
    Scene(
        [
            "Night shift needs quiet, so that no detail gets lost.",
            "Day shift needs the big board, so that everyone sees the numbers.",
            "Those are interests, the reasons underneath.",
            "And interests can fit together where positions cannot.",
        ],
        enter(0, dot(250, 190, 96, NIGHT, opacity=0.9)),
        text(0.3, "quiet", x=222, y=198, size=28, fill=WHITE),
        enter(1, dot(390, 190, 96, DAY, opacity=0.9)),
        text(1.3, "the board", x=412, y=198, size=26, fill=WHITE),
        text(2, "Interests", y=70, size=30),
        note(3, "Both can be met.", y=318, size=24),
    ),
    Scene(
        [
            "There are four steps.",
            "One. Say what the problem is, together and without blame.",
            "Two. Share interests, and listen until you can say the other side's back.",
            "Three. List options. Nobody judges yet, and more is better.",
            "Four. Choose what meets the most interests, by standards you all accept.",
        ],
        text(0, "Four steps", y=72, size=30),
        numbered_line(1, "1", "Say the problem", 120, 200),
        numbered_line(2, "2", "Share the interests", 178, 200),
        numbered_line(3, "3", "List the options", 236, 200),
        numbered_line(4, "4", "Choose together", 294, 200),
    ),
    Scene(
        [
            "Back to the room. The options fill a page.",
            "Trade hours. Find a second room. Put the board on wheels.",
            "They choose wheels.",
            "Report stays quiet, the huddle gets its board, and it takes one afternoon.",
        ],
        text(0, "Options", y=72, size=30),
        card(1, 60, 98, 230, 56, "Trade hours"),
        card(1.35, 350, 98, 230, 56, "Second room"),
        card(1.7, 205, 172, 230, 56, "Board on wheels"),
        card(2, 205, 172, 230, 56, "Board on wheels", fill=ACCENT, ink=WHITE),
        slide(
            3,
            group(
                '<g fill="none" stroke="#0b5563" stroke-width="5"><rect x="10" y="10"'
                ' width="90" height="50" rx="5" fill="#e3f0f1"/><circle cx="30" cy="74" r="8"/>'
                '<circle cx="80" cy="74" r="8"/></g>',
                265,
                240,
            ),
            dx=-220,
            length=2.5,
        ),
    ),
    closing_scene(
        "bulb",
        [
            "Nobody gave in, and nobody lost.",
            "The problem stood in front of them, and they stood on the same side of it.",
            "Next time you hear a position, ask for the interest behind it.",
            "Better solutions start with one word: why.",
        ],
        (2, "Hear a position?"),
        (2.4, "Ask for the interest."),
        (3, "Start with why."),
    ),
    seconds=120,
    poster=0.347,
)

TEAM = Story(
    title_scene("huddle", "What is a unit-based team?", ["What is a unit-based team?"]),
    Scene(
        [
            "It is everyone who does the work of one unit.",
            "Workers, managers and physicians.",
            "It is not a committee. If you work there, you are on the team.",
        ],
        *[
            seat(0.15 * n, 110 + 70 * n, 110 + 40 * (n % 2), color)
            for n, color in enumerate([*LEVELS[1:], *LEVELS[2:]])
        ],
        text(1, "Workers · managers · physicians", y=262, size=27),
        note(2, "Work there? You are on the team.", y=306, size=23, fill=ACCENT),
    ),
    Scene(
        [
            "Two co-leads run it together, one from labor and one from management.",
            "In many teams a physician leads with them.",
        ],
        seat(0, 170, 130, TEAL, 34),
        seat(0.4, 330, 130, ACCENT, 34),
        note(0.2, "labor", x=170, y=280, size=22),
        note(0.5, "management", x=330, y=280, size=22),
        seat(1, 490, 158, LEVELS[2], 24),
        note(1.2, "physician", x=490, y=280, size=22),
    ),
    Scene(
        ["Sponsors clear the way. Consultants coach."],
        icon(0, "key", 180, 160, 120),
        text(0.1, "Sponsors clear the way", x=180, y=270, size=23),
        icon(0.5, "ladder", 470, 160, 120),
        text(0.6, "Consultants coach", x=470, y=270, size=23),
    ),
    closing_scene(
        "runchart",
        [
            "The team looks at its own numbers, picks what to improve, and tests ideas.",
            "The people who do the work know where it hurts, and how to fix it.",
        ],
        (0.2, "Look. Pick. Test."),
        (1, "You know where it hurts."),
    ),
    seconds=45,
    poster=0.3,
)

NAMES = ["Pre-team", "Foundational", "Transitional", "Operational", "High-performing"]

FIVE = Story(
    title_scene(
        "stairs",
        "Five levels, one path",
        ["Every team is somewhere on the Path to Performance.", "The path has five levels."],
    ),
    Scene(
        [
            "Level one, pre-team climate. The team is being set up.",
            "Level two, foundational. People get trained and begin to meet as a team.",
            "Level three, transitional. Meetings have outcomes, and tests begin.",
            "Level four, operational. The team steers by its own numbers.",
            "Level five, high-performing. It keeps its results and spreads what works.",
        ],
        *[grow(n, 66 + 106 * n, 262, 92, 44 + 36 * n, color) for n, color in enumerate(LEVELS)],
        *[text(n + 0.1, str(n + 1), 112 + 106 * n, 206 - 36 * n, 30) for n in range(5)],
        *[note(n + 0.1, name, 112 + 106 * n, 286, 14) for n, name in enumerate(NAMES)],
    ),
    closing_scene(
        "flag",
        [
            "A level is not a grade.",
            "It tells you what to work on next.",
        ],
        (0, "Not a grade."),
        (1, "A next step."),
    ),
    poster=0.78,
)

DIMENSIONS = ["Sponsors", "Leaders", "Training", "Process", "Engaged", "Tools", "Goals"]
HEIGHTS = [4, 3, 4, 3, 2, 4, 3]

LOWEST = Story(
    title_scene(
        "bars",
        "Your level is your lowest step",
        ["How do you find your team's level?", "Look at seven dimensions of how the team works."],
    ),
    Scene(
        [
            "This team stands at three or four in six of them.",
            "In one, member engagement, it stands at two.",
            "So its level is two. The lowest of the seven decides.",
        ],
        enter(0, path("M60 280 h520", INK, 4)),
        *[
            grow(0.1 * n, 72 + 74 * n, 278, 52, 46 * high, LEVELS[high - 1])
            for n, high in enumerate(HEIGHTS)
        ],
        *[note(0.1 * n, name, 98 + 74 * n, 304, 15) for n, name in enumerate(DIMENSIONS)],
        grow(1, 72 + 74 * 4, 278, 52, 92, ACCENT),
        enter(2, path("M70 186 h510", ACCENT, 4, stroke_dasharray="3 11")),
        text(2.1, "Level 2", x=32, y=192, size=16, fill=ACCENT),
    ),
    closing_scene(
        "target",
        [
            "That is good news. It shows where an hour of work pays off most.",
            "Lift the lowest bar, and the whole team moves up.",
        ],
        (0.2, "Find the lowest bar."),
        (1, "Lift that one first."),
    ),
    poster=0.62,
)

PDSA = Story(
    title_scene(
        "cycle", "Plan, do, study, act", ["Plan, do, study, act. Four boxes on one sheet."]
    ),
    Scene(
        [
            "In Plan, write who tries what, where and when. Then write your guess.",
            "In Do, note what you saw. Surprises count.",
            "In Study, put the guess beside the result. Were you close?",
            "In Act, mark one: adopt it, adapt it, or abandon it.",
        ],
        card(0, 90, 62, 220, 106, "Plan", 34, TEAL, WHITE),
        card(1, 330, 62, 220, 106, "Do", 34, LEVELS[2], WHITE),
        card(2, 330, 186, 220, 106, "Study", 34, LEVELS[4], WHITE),
        card(3, 90, 186, 220, 106, "Act", 34, ACCENT, WHITE),
        note(3.4, "adopt · adapt · abandon", y=324, size=21),
    ),
    closing_scene(
        "cycle",
        [
            "Then take a clean sheet, and go around again.",
            "A few quick loops can teach a team more than one long project.",
        ],
        (0, "Clean sheet."),
        (0.6, "Go around again."),
    ),
    poster=0.6,
)


def huddle_clock(place, number):
    """Draws quarter `number` of a clock face in the color of its level."""
    quarters = ["M320 90 A70 70 0 0 1 390 160", "M390 160 A70 70 0 0 1 320 230"]
    quarters += ["M320 230 A70 70 0 0 1 250 160", "M250 160 A70 70 0 0 1 320 90"]
    return trace(place, quarters[number], 112, LEVELS[number + 1], 18)


HUDDLE = Story(
    title_scene(
        "huddle",
        "The two-minute huddle",
        ["The two-minute huddle.", "Stand up. Same spot, same time, every shift."],
    ),
    Scene(
        [
            "First thirty seconds: one number from yesterday.",
            "Next thirty: what could get in our way today?",
            "Next thirty: who needs a hand, and who has one free?",
            "Last thirty: one thank you, said out loud.",
        ],
        enter(0, dot(320, 160, 70, "none", stroke=LINE, stroke_width=18)),
        *[huddle_clock(n, n) for n in range(4)],
        text(0, "1", y=176, size=44),
        *[
            enter(n, dot(320, 160, 40, PAPER) + words(n + 1, 320, 176, 44, INK, 800))
            for n in (1, 2, 3)
        ],
        enter(0.2, words("One number from yesterday", 320, 292, 26)),
        *[
            enter(n + 0.05, rect(60, 262, 520, 44, PAPER) + words(label, 320, 292, 26))
            for n, label in [
                (1, "What could get in our way?"),
                (2, "Who needs a hand?"),
                (3, "One thank-you"),
            ]
        ],
    ),
    closing_scene(
        "clock",
        ["Two minutes, and go.", "If a topic needs more, park it for the team meeting."],
        (0, "Two minutes, and go."),
        (1, "Park the rest."),
    ),
    poster=0.6,
)

SPEAK = Story(
    title_scene(
        "megaphone",
        "Say it before it hurts",
        ["You see a spill, a frayed cord, a rushed lift.", "Three short sentences are enough."],
    ),
    Scene(
        [
            "Say what you see. There is water by the door.",
            "Say why it matters. Someone could go down.",
            "Say what you need. Let's block it off and call for a mop.",
        ],
        numbered_line(0, "1", "What I see", 96, 90),
        note(
            0.5, "“There is water by the door.”", x=126, y=136, size=20, anchor="start", fill=TEAL
        ),
        numbered_line(1, "2", "Why it matters", 176, 90),
        note(1.5, "“Someone could go down.”", x=126, y=216, size=20, anchor="start", fill=TEAL),
        numbered_line(2, "3", "What I need", 256, 90),
        note(2.5, "“Let’s block it off.”", x=126, y=296, size=20, anchor="start", fill=TEAL),
        icon(0, "hazard", 544, 180, 110),
    ),
    closing_scene(
        "shield",
        [
            "Heard one? Say thank you first. Then act.",
            "Speaking up is part of the job, for everyone, on every shift.",
        ],
        (0, "Heard one? Say thank you."),
        (1, "Everyone. Every shift."),
    ),
    poster=0.66,
)

NOISE = [150, 205, 160, 215, 140, 200]
SHIFT = [196, 230, 214, 240, 222, 236]
TREND = [214, 196, 172, 150, 122]


def chart_line(values, first, place, color):
    """Draws dots for `values` and a line through them, `first` dots from the left edge."""
    spots = [(88 + 29 * (first + n), y) for n, y in enumerate(values)]
    shape = "M" + " L".join(f"{x} {y}" for x, y in spots)
    dots = [pop(place + 0.1 * n, x, y, 7, color) for n, (x, y) in enumerate(spots)]
    return [trace(place, shape, 520, color, 3, 1.5), *dots]


CHART = Story(
    title_scene("runchart", "How to read a run chart", ["How to read a run chart."]),
    Scene(
        [
            "It is dots in the order of time, with a line through the middle.",
            "That line is the median. Half of the dots lie above it, half below.",
            "Dots that hop up and down around it are everyday noise.",
            "Six or more in a row on one side is a shift. Something changed.",
            "Five or more in a row, each higher or each lower, is a trend.",
        ],
        enter(0, path("M64 66 v226 h524", INK, 4)),
        enter(1, path("M72 180 h510", "#63767b", 3, stroke_dasharray="2 10")),
        *chart_line(NOISE, 0, 0, TEAL),
        *chart_line(SHIFT, 6, 3, ACCENT),
        *chart_line(TREND, 12, 4, LEVELS[2]),
        note(1.2, "median", x=556, y=170, size=18, fill="#4a5d62"),
        note(2, "noise", x=150, y=100, size=22, fill=TEAL),
        note(3, "shift", x=340, y=278, size=22, fill=ACCENT),
        note(4, "trend", x=480, y=100, size=22, fill=LEVELS[3]),
    ),
    closing_scene(
        "flag",
        [
            "Mark the day you changed something.",
            "Then let the dots do the talking.",
        ],
        (0, "Mark the day of the change."),
        (1, "Then watch the dots."),
    ),
    poster=0.74,
)

CONSENSUS = Story(
    title_scene(
        "circles",
        "What consensus is,",
        ["What is consensus? First, what it is not."],
        "and what it is not",
    ),
    Scene(
        [
            "It is not that everyone loves the idea.",
            "And it is not that the most hands win.",
            "It is this. I was heard, I can live with it,",
            "and I will stand behind it when I leave the room.",
        ],
        note(0, "Not: everyone loves it", y=96, size=24, fill="#63767b"),
        trace(0.6, "M186 88 h270", 270, ACCENT, 3),
        note(1, "Not: most hands win", y=138, size=24, fill="#63767b"),
        trace(1.6, "M200 130 h240", 240, ACCENT, 3),
        text(2, "I was heard.", y=204, size=30, fill=TEAL),
        text(2.5, "I can live with it.", y=246, size=30, fill=TEAL),
        text(3, "I will stand behind it.", y=288, size=30, fill=TEAL),
    ),
    Scene(
        [
            "A quick check. Thumb up: I support it.",
            "Thumb sideways: I can live with it, and I will support it.",
            "Thumb down: I can't yet.",
            "That is no stop sign. Ask: what would you need?",
        ],
        thumb(0.3, 130, 150, 0, "I support it", TEAL),
        thumb(1, 320, 150, 90, "I can live with it", LEVELS[2]),
        thumb(2, 510, 150, 180, "Not yet", ACCENT),
        text(3, "What would you need?", y=306, size=28),
    ),
    closing_scene(
        "circles",
        [
            "Still stuck after honest tries?",
            "Use the fallback you all agreed on before you began.",
        ],
        (0, "Still stuck?"),
        (1, "Use your agreed fallback."),
    ),
    seconds=45,
    poster=0.68,
)


def compass_point(place, x, y, label, color):
    tip = (
        f'<path d="M320 186 L{x} {y} " stroke="{color}" stroke-width="10" stroke-linecap="round"/>'
    )
    left = "start" if x > 320 else "end" if x < 320 else "middle"
    aside = 18 if x > 320 else -18 if x < 320 else 0
    below = 7 if aside else (36 if y > 186 else -20)
    return enter(
        place, tip + dot(x, y, 13, color) + words(label, x + aside, y + below, 24, anchor=left)
    )


COMPASS = Story(
    title_scene("compass", "The Value Compass", ["The Value Compass has four points."]),
    Scene(
        [
            "Best quality.",
            "Best service.",
            "Most affordable.",
            "Best place to work.",
            "And in the middle, the person we care for.",
        ],
        compass_point(0, 320, 106, "Best quality", TEAL),
        compass_point(1, 396, 186, "Best service", LEVELS[2]),
        compass_point(2, 320, 266, "Most affordable", LEVELS[4]),
        compass_point(3, 244, 186, "Best place to work", LEVELS[3]),
        pop(4, 320, 186, 30, ACCENT),
        enter(
            4.1,
            group(
                dot(320, 178, 7, WHITE) + f'<path d="M307 201 a13 13 0 0 1 26 0 z" fill="{WHITE}"/>'
            ),
        ),
    ),
    closing_scene(
        "compass",
        [
            "Before you start a project, ask two things.",
            "Which point will this move? And what will it do to the other three?",
        ],
        (1, "Which point does it move?"),
        (1.5, "And the other three?"),
    ),
    poster=0.53,
)

TALLY = [("Waiting", 4), ("Hunting for things", 7), ("Extra steps", 3), ("Doing it twice", 2)]


def tally_row(place, number, label, count):
    y = 108 + 46 * number
    strokes = "".join(f"M{392 + 22 * n} {y - 16} v22 " for n in range(count))
    row = words(label, 130, y, 23, anchor="start") + path(strokes, ACCENT, 4)
    return enter(place + 0.15 * number, row)


WALK = Story(
    title_scene(
        "bin",
        "The five-minute waste walk",
        [
            "Waste takes time, space or supplies, and helps nobody.",
            "You can find it in five minutes.",
        ],
    ),
    Scene(
        [
            "Take one sheet, and walk one path that your work takes.",
            "Look for waiting, for hunting, for extra steps, for doing things twice.",
            "Make a mark for each one you see. No names, no blame.",
            "Back at the board, circle the row with the most marks.",
        ],
        enter(0, rect(96, 60, 460, 232, WHITE, radius=12, stroke=LINE, stroke_width=2)),
        *[
            enter(1 + 0.2 * n, words(label, 130, 108 + 46 * n, 23, anchor="start"))
            for n, (label, _count) in enumerate(TALLY)
        ],
        *[tally_row(2, n, label, count) for n, (label, count) in enumerate(TALLY)],
        trace(3, "M116 146 a220 26 0 0 1 430 0 a220 26 0 0 1 -430 0", 1000, TEAL, 4, 1.4),
    ),
    closing_scene(
        "magnifier",
        ["That row is your next small test of change."],
        (0, "Most marks?"),
        (0.4, "Test that first."),
    ),
    poster=0.8,
)


def breathing_circle(place, inhale, hold):
    """Draws a circle that grows while people breathe in and shrinks while they breathe out."""

    def drawing(second):
        open_ = ease(second, inhale) - ease(second - hold, 6.0)
        ring = dot(320, 176, round(46 + 74 * open_, 1), PALE, stroke=TEAL, stroke_width=5)
        return ring + dot(320, 176, round(20 + 26 * open_, 1), ACCENT)

    return place, drawing


def breath_scene(label):
    return Scene(
        [Line("Breathe in.", 3.2), Line("And out, slowly.", 4.2)],
        breathing_circle(0.01, 3.6, 4.6),
        note(0.01, label, x=320, y=326, size=22),
    )


BREATHS = Story(
    title_scene(
        "breath",
        "Three slow breaths",
        ["Three slow breaths.", "Sit or stand. Let your shoulders drop."],
    ),
    breath_scene("One"),
    breath_scene("Two"),
    breath_scene("Three"),
    closing_scene(
        "heart",
        ["That took less than a minute.", "Take it with you."],
        (0, "Less than a minute."),
        (1, "Take it with you."),
    ),
    poster=0.225,
)

PIN = Story(
    title_scene(
        "board",
        "Find it, print it, pin it",
        [
            "You have two minutes before the huddle.",
            "Here is how to get something useful on the board.",
        ],
    ),
    Scene(
        [
            "Choose a topic, such as workplace safety.",
            "The dots under each title show the levels it is made for.",
            "Open the one you like, and print its PDF.",
            "Pin it where people stand and wait.",
        ],
        enter(0, rect(70, 84, 380, 176, WHITE, radius=14, stroke=LINE, stroke_width=2)),
        text(0.2, "Workplace Safety", x=100, y=128, size=28, anchor="start"),
        enter(
            0.5, rect(100, 150, 250, 12, LINE, radius=6) + rect(100, 172, 190, 12, LINE, radius=6)
        ),
        trace(1, "M112 222 h120", 120, "#8fa0a3", 3),
        *[pop(1.1 + 0.2 * n, 112 + 40 * n, 222, 12, LEVELS[n]) for n in range(3)],
        slide(
            2.3, rect(494, 112, 92, 120, SAND, radius=3, stroke="#d9b89f", stroke_width=2), dx=150
        ),
        card(2, 312, 202, 118, 44, "Print PDF", 19, TEAL, WHITE),
        pop(3, 540, 116, 9, ACCENT),
        note(3.2, "Done.", x=540, y=272, size=24),
    ),
    closing_scene(
        "board",
        [
            "Want to hear about new ones? Subscribe to the topic.",
            "And yes, take the old poster down.",
        ],
        (0, "Subscribe to the topic."),
        (1, "Take the old poster down."),
    ),
    poster=0.62,
)

STORIES = {
    "cook-up-a-small-test-of-change": COOK,
    "find-better-solutions": FIND,
    "what-is-a-unit-based-team": TEAM,
    "five-levels-one-path": FIVE,
    "your-level-is-your-lowest-step": LOWEST,
    "plan-do-study-act": PDSA,
    "the-two-minute-huddle": HUDDLE,
    "say-it-before-it-hurts": SPEAK,
    "how-to-read-a-run-chart": CHART,
    "what-consensus-is": CONSENSUS,
    "the-value-compass": COMPASS,
    "the-five-minute-waste-walk": WALK,
    "three-slow-breaths": BREATHS,
    "find-it-print-it-pin-it": PIN,
}
