import segno
from django.utils.safestring import mark_safe

MAX_LENGTH = 1200  # characters; with more, the squares are too small for a phone to read


def make_code(address):
    return segno.make(address, error="m" if len(address) < 300 else "l", micro=False)


def qr_svg(address, words):
    """Returns an SVG with a QR code of `address`: black on white, whatever the page's colors.

    `words` describe the code to people who cannot see it. Returns "" if the address is longer than
    MAX_LENGTH.
    """
    if len(address) > MAX_LENGTH:
        return ""
    svg = make_code(address).svg_inline(
        light="#fff", dark="#000", border=3, omitsize=True, title=words
    )
    return mark_safe(svg.replace("<svg ", '<svg role="img" focusable="false" ', 1))


def qr_image(address):
    """Returns the QR code of `address` as a data URL for paper; "" if the address is too long."""
    if len(address) > MAX_LENGTH:
        return ""
    return make_code(address).svg_data_uri(border=2, omitsize=True)
