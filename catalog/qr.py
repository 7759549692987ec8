import segno
from django.utils.safestring import mark_safe


def qr_svg(address, words):
    """An SVG that a phone reads `address` from; black on white, whatever the page's colors.

    `words` say what it is, for who cannot see it.
    """
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(light="#fff", dark="#000", border=3, omitsize=True, title=words)
    return mark_safe(drawn.replace("<svg ", '<svg role="img" focusable="false" ', 1))


def qr_image(address):
    """The same as a data URL, for paper."""
    return segno.make(address, error="m", micro=False).svg_data_uri(border=2, omitsize=True)
