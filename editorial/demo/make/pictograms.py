"""Small signs in a 100 × 100 box. {a} is the line, {b} a soft fill and {c} the accent color."""

from math import cos, radians, sin

from kit import ACCENT, LEVELS, PALE, TEAL, group

PERSON = '<circle cx="{0}" cy="{1}" r="{2}" {5}/><path d="M{3} {4} a{6} {6} 0 0 1 {7} 0 z" {5}/>'


def point_at(angle, radius, center=50):
    """Returns a point on a circle. 0° is at the top, and degrees go clockwise."""
    turn = radians(angle - 90)
    return center + radius * cos(turn), center + radius * sin(turn)


def ring_of_people():
    seats = [point_at(60 * n, 35) for n in range(6)]
    heads = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" stroke="none" fill="{{{color}}}"/>'
        for (x, y), color in zip(seats, "caaaaa", strict=True)
    )
    return f'<circle cx="50" cy="50" r="17" fill="{{b}}" stroke="none"/>{heads}'


def person(x, y, size, paint):
    """A head and shoulders whose head is centered on x, y; `size` is the head's radius."""
    return PERSON.format(
        x, y, size, x - size * 1.75, y + size * 3.1, paint, size * 1.75, size * 3.5
    )


def arrow_ring():
    """Four arrows that follow each other around a circle."""
    arrows = []
    for n in range(4):
        (x1, y1), (x2, y2) = point_at(90 * n + 14, 36), point_at(90 * n + 72, 36)
        left, right = point_at(90 * n + 60, 45), point_at(90 * n + 58, 28)
        color = "c" if n == 0 else "a"
        arrows.append(
            f'<path stroke="{{{color}}}" d="M{x1:.1f} {y1:.1f} A36 36 0 0 1 {x2:.1f} {y2:.1f}'
            f' M{left[0]:.1f} {left[1]:.1f} L{x2:.1f} {y2:.1f} L{right[0]:.1f} {right[1]:.1f}"/>'
        )
    return "".join(arrows)


def steps():
    return "".join(
        f'<rect x="{6 + 18 * n}" y="{74 - 15 * n}" width="16" height="{18 + 15 * n}" rx="3"'
        f' fill="{color}" stroke="none"/>'
        for n, color in enumerate(LEVELS)
    )


def squares():
    dark = {(1, 0), (3, 1), (0, 2), (2, 3)}
    return "".join(
        f'<rect x="{14 + 18 * col}" y="{14 + 18 * row}" width="18" height="18" stroke-width="3"'
        f' fill="{{{"a" if (col, row) in dark else "b"}}}"/>'
        for row in range(4)
        for col in range(4)
    )


def star(points=5, outer=40, inner=17):
    corners = [point_at(180 / points * n, inner if n % 2 else outer) for n in range(points * 2)]
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + " z"


SHEET = '<path d="M24 10 h40 l14 14 v66 h-54 z" fill="{b}"/><path d="M64 10 v14 h14"/>'
SOLID = 'fill="{a}" stroke="none"'
WARM = 'fill="{c}" stroke="none"'

PICTOGRAMS = {
    "huddle": ring_of_people(),
    "pair": person(32, 34, 12, SOLID) + person(68, 34, 12, WARM),
    "person": person(50, 32, 16, SOLID),
    "newcomer": person(28, 36, 10, SOLID)
    + person(58, 36, 10, SOLID)
    + '<path d="M84 40 v24 M72 52 h24" stroke="{c}"/>',
    "stairs": steps(),
    "cycle": arrow_ring(),
    "bubbles": '<path d="M14 16 h48 a8 8 0 0 1 8 8 v20 a8 8 0 0 1 -8 8 h-28 l-14 13 v-13 h-6'
    ' a8 8 0 0 1 -8 -8 v-20 a8 8 0 0 1 8 -8 z" fill="{b}"/>'
    '<path d="M80 42 h6 a8 8 0 0 1 8 8 v20 a8 8 0 0 1 -8 8 h-4 v13 l-14 -13 h-24 a8 8 0 0 1 -8 -8"'
    ' stroke="{c}"/>',
    "checklist": SHEET
    + '<path d="M33 38 l5 5 l9 -10 M33 56 l5 5 l9 -10 M33 74 l5 5 l9 -10" stroke="{c}"/>'
    '<path d="M55 40 h13 M55 58 h13 M55 76 h13"/>',
    "sheet": SHEET + '<path d="M34 40 h34 M34 54 h34 M34 68 h22"/>',
    "signature": SHEET + '<path d="M34 36 h32 M34 48 h24"/>'
    '<path d="M34 76 c6 -16 12 -16 10 -4 s8 4 10 -2 s6 6 14 2" stroke="{c}"/>',
    "circles": '<circle cx="50" cy="36" r="24" fill="{b}"/><circle cx="35" cy="62" r="24"/>'
    '<circle cx="65" cy="62" r="24"/><circle cx="50" cy="53" r="6" fill="{c}" stroke="none"/>',
    "continuum": '<path d="M8 76 h80 M80 67 l9 9 l-9 9"/>'
    '<circle cx="14" cy="56" r="6" fill="{a}" stroke="none"/>'
    '<circle cx="36" cy="50" r="9" fill="{a}" stroke="none"/>'
    '<circle cx="60" cy="42" r="12" fill="{a}" stroke="none"/>'
    '<circle cx="86" cy="32" r="13" fill="{c}" stroke="none"/>',
    "clock": '<circle cx="50" cy="50" r="38" fill="{b}"/><path d="M50 26 v24"/>'
    '<path d="M50 50 l16 12" stroke="{c}"/>',
    "runchart": '<path d="M14 10 v76 h78"/><path d="M22 46 h68" stroke-dasharray="2 9"/>'
    '<path d="M24 64 l14 -9 l13 10 l13 -30 l13 8 l12 -20" stroke="{c}"/>',
    "bars": '<path d="M12 88 h78"/><rect x="20" y="56" width="14" height="26" rx="3" '
    + SOLID
    + '/><rect x="44" y="40" width="14" height="42" rx="3" '
    + SOLID
    + '/><rect x="68" y="20" width="14" height="62" rx="3" '
    + WARM
    + "/>",
    "bin": '<path d="M24 30 l6 58 h40 l6 -58" fill="{b}"/>'
    '<path d="M16 30 h68 M40 30 v-12 h20 v12"/>'
    '<path d="M42 44 l2 30 M58 44 l-2 30" stroke="{c}"/>',
    "shield": '<path d="M50 8 l34 12 v26 c0 22 -16 36 -34 46 c-18 -10 -34 -24 -34 -46 v-26 z"'
    ' fill="{b}"/><path d="M34 48 l12 13 l22 -25" stroke="{c}"/>',
    "hazard": '<path d="M50 12 l42 74 h-84 z" fill="{b}"/><path d="M50 40 v20" stroke="{c}"/>'
    '<circle cx="50" cy="73" r="3.6" fill="{c}" stroke="none"/>',
    "heart": '<path d="M50 86 c-26 -18 -40 -32 -40 -50 a20 20 0 0 1 40 -8 a20 20 0 0 1 40 8'
    ' c0 18 -14 32 -40 50 z" fill="{b}"/>'
    '<path d="M22 50 h16 l7 -14 l10 26 l7 -12 h16" stroke="{c}"/>',
    "moon": '<path d="M64 14 a38 38 0 1 0 24 54 a32 32 0 0 1 -24 -54 z" fill="{b}"/>'
    '<circle cx="80" cy="24" r="4" fill="{c}" stroke="none"/>'
    '<circle cx="90" cy="44" r="3" fill="{c}" stroke="none"/>',
    "ribbon": '<path d="M36 58 l-10 34 l24 -12 l24 12 l-10 -34"/>'
    '<circle cx="50" cy="38" r="29" fill="{b}"/>'
    f'<g transform="translate(27 15) scale(.46)">'
    f'<path d="{star()}" fill="{{c}}" stroke="none"/></g>',
    "star": f'<path d="{star()}" fill="{{b}}"/>',
    "puzzle": squares(),
    "cards": '<rect x="12" y="24" width="46" height="60" rx="7" transform="rotate(-12 35 54)"'
    ' fill="{b}"/><rect x="40" y="18" width="46" height="60" rx="7" transform="rotate(9 63 48)"'
    ' fill="{b}"/><path d="M56 42 a8 8 0 1 1 10 8 v6 M66 67 v.5" stroke="{c}"/>',
    "compass": '<circle cx="50" cy="50" r="41" fill="{b}"/>'
    f'<path d="{star(4, 34, 11)}" fill="{{a}}" stroke="none"/>'
    '<path d="M50 16 l7.8 34 h-15.6 z" fill="{c}" stroke="none"/>',
    "magnifier": '<circle cx="42" cy="42" r="28" fill="{b}"/><path d="M63 63 l26 26"/>'
    '<path d="M32 42 h20 M42 32 v20" stroke="{c}"/>',
    "smile": '<circle cx="50" cy="50" r="40" fill="{b}"/>'
    '<path d="M32 58 q18 20 36 0" stroke="{c}"/>'
    '<circle cx="37" cy="40" r="4.5" fill="{a}" stroke="none"/>'
    '<circle cx="63" cy="40" r="4.5" fill="{a}" stroke="none"/>',
    "whys": '<path d="M14 16 q24 0 26 18 q2 16 20 16 q18 0 20 18 q1 8 6 16"/>'
    '<circle cx="14" cy="16" r="8" fill="{b}"/><circle cx="38" cy="30" r="8" fill="{b}"/>'
    '<circle cx="56" cy="50" r="8" fill="{b}"/><circle cx="78" cy="62" r="8" fill="{b}"/>'
    '<circle cx="87" cy="86" r="9" fill="{c}" stroke="none"/>',
    "target": '<circle cx="46" cy="54" r="38" fill="{b}"/><circle cx="46" cy="54" r="22"/>'
    '<circle cx="46" cy="54" r="7" fill="{a}" stroke="none"/>'
    '<path d="M46 54 l40 -40 M76 12 v12 h12" stroke="{c}"/>',
    "bulb": '<path d="M38 72 c0 -10 -14 -16 -14 -34 a26 26 0 0 1 52 0 c0 18 -14 24 -14 34 z"'
    ' fill="{b}"/><path d="M40 84 h20 M45 94 h10"/>'
    '<path d="M42 40 l8 8 l8 -8 M50 48 v20" stroke="{c}"/>',
    "book": '<path d="M50 24 c-12 -10 -26 -10 -40 -8 v62 c14 -2 28 -2 40 8 c12 -10 26 -10 40 -8'
    ' v-62 c-14 -2 -28 -2 -40 8 z" fill="{b}"/><path d="M50 24 v62"/>'
    '<path d="M22 34 h16 M22 48 h16 M62 34 h16 M62 48 h16" stroke="{c}"/>',
    "umbrella": '<path d="M8 52 a42 40 0 0 1 84 0 q-10 -8 -21 0 q-10 -8 -21 0 q-10 -8 -21 0'
    ' q-11 -8 -21 0 z" fill="{b}"/><path d="M50 52 v30 a9 9 0 0 0 18 0 M50 8 v5" stroke="{c}"/>',
    "megaphone": '<path d="M14 42 h16 l40 -22 v60 l-40 -20 h-16 z" fill="{b}"/>'
    '<path d="M30 62 l6 24 h11 l-5 -19"/>'
    '<path d="M81 38 q7 12 0 24 M90 30 q12 20 0 40" stroke="{c}"/>',
    "key": '<circle cx="30" cy="50" r="20" fill="{b}"/><path d="M50 50 h42 v14 M76 50 v10"/>'
    '<circle cx="30" cy="50" r="5" fill="{c}" stroke="none"/>',
    "calendar": '<rect x="12" y="18" width="76" height="70" rx="8" fill="{b}"/>'
    '<path d="M12 38 h76 M32 10 v16 M68 10 v16"/>'
    '<path d="M36 62 l10 11 l19 -21" stroke="{c}"/>',
    "board": '<rect x="8" y="12" width="84" height="74" rx="7" fill="{b}"/>'
    '<rect x="22" y="30" width="24" height="34" rx="2" fill="white"/>'
    '<rect x="56" y="36" width="22" height="28" rx="2" fill="white"/>'
    '<circle cx="34" cy="29" r="5" fill="{c}" stroke="none"/>'
    '<circle cx="67" cy="35" r="5" fill="{c}" stroke="none"/>',
    "relay": person(20, 36, 10, SOLID)
    + person(80, 36, 10, SOLID)
    + '<path d="M40 28 h18 M51 20 l8 8 l-8 8" stroke="{c}"/>',
    "cake": '<path d="M14 88 h72"/><rect x="20" y="52" width="60" height="36" rx="5" fill="{b}"/>'
    '<path d="M20 62 q7.5 10 15 0 q7.5 10 15 0 q7.5 10 15 0 q7.5 10 15 0"/>'
    '<path d="M50 52 v-20"/><path d="M50 12 q8 9 0 15 q-8 -6 0 -15 z" fill="{c}" stroke="{c}"/>',
    "coins": '<ellipse cx="38" cy="30" rx="26" ry="10" fill="{b}"/>'
    '<path d="M12 30 v16 c0 14 52 14 52 0 v-16 M12 46 v16 c0 14 52 14 52 0 v-16"/>'
    '<path d="M84 78 v-42 M74 66 l10 12 l10 -12" stroke="{c}"/>',
    "sprout": '<path d="M50 90 v-46"/><path d="M50 56 c-26 2 -34 -12 -34 -30 c22 0 34 8 34 30 z"'
    ' fill="{b}"/><path d="M50 46 c0 -20 12 -28 34 -30 c0 20 -10 32 -34 30 z" stroke="{c}"/>'
    '<path d="M28 90 h44"/>',
    "flag": '<path d="M24 92 v-82"/><path d="M24 14 q16 -8 30 0 t30 0 v36 q-16 8 -30 0 t-30 0"'
    ' fill="{b}"/>',
    "laptop": '<rect x="18" y="20" width="64" height="46" rx="6" fill="{b}"/><path d="M8 80 h84"/>'
    '<path d="M42 33 l20 10 l-20 10 z" fill="{c}" stroke="{c}"/>',
    "spread": '<path d="M30 50 L76 20 M30 50 L82 50 M30 50 L76 80"/>'
    '<circle cx="26" cy="50" r="15" fill="{c}" stroke="none"/>'
    '<circle cx="78" cy="18" r="10" fill="{b}"/><circle cx="84" cy="50" r="10" fill="{b}"/>'
    '<circle cx="78" cy="82" r="10" fill="{b}"/>',
    "question": '<path d="M18 14 h64 a10 10 0 0 1 10 10 v36 a10 10 0 0 1 -10 10 h-34 l-18 18 v-18'
    ' h-12 a10 10 0 0 1 -10 -10 v-36 a10 10 0 0 1 10 -10 z" fill="{b}"/>'
    '<path d="M39 34 a11 11 0 1 1 15 10 q-4 2 -4 7 M50 60 v.5" stroke="{c}"/>',
    "breath": '<circle cx="50" cy="50" r="42" fill="{b}" stroke="none"/>'
    '<circle cx="50" cy="50" r="28"/><circle cx="50" cy="50" r="13" fill="{c}" stroke="none"/>',
    "ladder": '<path d="M34 92 v-82 M66 92 v-82 M34 24 h32 M34 42 h32 M34 60 h32 M34 78 h32"/>'
    '<circle cx="50" cy="24" r="7" fill="{c}" stroke="none"/>',
    "scale": '<path d="M50 14 v74 M32 88 h36 M16 28 h68"/><path d="M16 28 l-10 26 h20 z M84 28'
    ' l-10 26 h20 z" fill="{b}"/><circle cx="50" cy="26" r="6" fill="{c}" stroke="none"/>',
    "screen": '<rect x="10" y="16" width="80" height="52" rx="5" fill="{b}"/>'
    '<path d="M50 68 v12 M34 90 l16 -10 l16 10"/>'
    '<path d="M26 54 l14 -16 l12 9 l20 -19" stroke="{c}"/>',
}


def sign(name, x, y, size, a=TEAL, b=PALE, c=ACCENT, opacity=1.0):
    """The pictogram `name`, `size` wide, with its top left corner at x, y."""
    drawn = PICTOGRAMS[name].replace("{a}", a).replace("{b}", b).replace("{c}", c)
    pen = f'fill="none" stroke="{a}" stroke-width="5" stroke-linecap="round"'
    return group(f'<g {pen} stroke-linejoin="round">{drawn}</g>', x, y, size / 100, opacity)
