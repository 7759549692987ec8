"""Loads files for PDFs: only the site's own static files and pictures."""

import io
import logging
import mimetypes
import posixpath
from pathlib import Path
from urllib.parse import unquote

from PIL import Image, ImageFile, ImageOps, ImageStat
from weasyprint.urls import URLFetcher, URLFetcherResponse

# WeasyPrint tells Pillow to accept truncated pictures, for the whole process.
ImageFile.LOAD_TRUNCATED_IMAGES = False

STATIC_FOLDER = Path(__file__).resolve().parents[2] / "static"
# A base address for the style sheet and its fonts. It does not depend on the site's address.
STATIC = "https://static.invalid/"
MEDIA = "/media/"
WIDEST_PICTURE = 1100  # pixels: 200 an inch over the text column
MOST_PIXELS = 12_000_000  # of a PNG or WebP, which take 50 MB: they open only at full size
MOST_INK = 0.2  # as a part of the ink of a black picture
PICTURES = ["JPEG", "PNG", "WEBP", "GIF"]
DRAWN_HERE = "data:image/svg+xml;"  # QR codes. Texts of editors cannot have such an address.

logger = logging.getLogger(__name__)


class SiteFiles(URLFetcher):
    """Answers WeasyPrint's requests for files.

    `site` is the address of the site without a slash at its end, `media` the folder of its uploads.
    `saving` makes pictures pale to save ink.
    """

    def __init__(self, site="", media=None, saving=False):
        super().__init__()
        self.site, self.media, self.saving = site, media, saving

    def fetch(self, url, headers=None):
        """Returns the file at `url`.

        Raises PermissionError, OSError or ValueError. WeasyPrint then leaves a gap.
        """
        if url.startswith(DRAWN_HERE):
            return super().fetch(url, headers)
        try:
            return URLFetcherResponse(url, *self.content(url))
        except Exception:
            logger.warning("Left out of a PDF: %.200s", url)
            raise

    def content(self, url):
        """Returns the bytes and headers of the static file or picture at `url`."""
        if url.startswith(STATIC):
            name = unquote(url.removeprefix(STATIC))
            kind = mimetypes.guess_type(name)[0] or ""
            return inside(STATIC_FOLDER, name).read_bytes(), {"Content-Type": kind}
        start = self.site + MEDIA
        if self.site and self.media and url.startswith(start):
            path = inside(Path(self.media), unquote(url.removeprefix(start)))
            return picture(path, self.saving), {"Content-Type": "image/jpeg"}
        raise PermissionError("PDFs hold what is of this site only.")


def picture(path, saving=False):
    """Returns a JPEG no larger than paper needs, on white, or in pale gray to save ink."""
    with Image.open(path, formats=PICTURES) as image:
        image.draft("RGB", (WIDEST_PICTURE, WIDEST_PICTURE))
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        drawn = image.convert("RGBA" if image.has_transparency_data else "RGB")
    drawn.thumbnail((WIDEST_PICTURE, WIDEST_PICTURE))
    drawn = on_white(ImageOps.exif_transpose(drawn))
    if saving:
        drawn = pale(drawn)
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=82)
    return file.getvalue()


def pale(image):
    """Returns the image in gray. The darker it is as a whole, the lighter it becomes.

    So a page of drawings stays clear, and a dark block becomes a light one.
    """
    grey = ImageOps.grayscale(image)
    ink = 1 - ImageStat.Stat(grey).mean[0] / 255
    part = min(1, MOST_INK / ink) if ink else 1
    return grey.point(lambda light: round(255 - (255 - light) * part))


def on_white(image):
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def inside(folder, name):
    """Returns the path of a file in `folder`. Raises PermissionError if `name` leads out of it."""
    file = (folder / name).resolve()
    if name != posixpath.normpath(name) or not file.is_relative_to(folder.resolve()):
        raise PermissionError(name)
    return file
