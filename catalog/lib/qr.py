import segno
from django.utils.safestring import mark_safe

LONGEST = 1200  # letters; with more, the squares are too small for a phone


def code_of(address):
    return segno.make(address, error="m" if len(address) < 300 else "l", micro=False)


def qr_svg(address, words):
    """An SVG that a phone reads `address` from; black on white, whatever the page's colors.

    `words` say what it is, for who cannot see it. "" where the address is too long for a code.
    """
    if len(address) > LONGEST:
        return ""
    drawn = code_of(address).svg_inline(
        light="#fff", dark="#000", border=3, omitsize=True, title=words
    )
    return mark_safe(drawn.replace("<svg ", '<svg role="img" focusable="false" ', 1))


def qr_image(address):
    """The same as a data URL, for paper."""
    if len(address) > LONGEST:
        return ""
    return code_of(address).svg_data_uri(border=2, omitsize=True)
