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
MAX_PICTURE_SIDE = 1100  # pixels: 200 an inch over the text column
MAX_PIXELS = 12_000_000  # of a PNG or WebP: it opens only at full size, which takes 50 MB
MAX_INK = 0.2  # as a fraction of the ink of a black picture
PICTURE_FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
QR_CODE_START = "data:image/svg+xml;"  # QR codes. Texts of editors cannot have such an address.

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
        if url.startswith(QR_CODE_START):
            return super().fetch(url, headers)
        try:
            return URLFetcherResponse(url, *self.read_content(url))
        except Exception:
            logger.warning("Left out of a PDF: %.200s", url)
            raise

    def read_content(self, url):
        """Returns the bytes and headers of the static file or picture at `url`."""
        if url.startswith(STATIC):
            name = unquote(url.removeprefix(STATIC))
            kind = mimetypes.guess_type(name)[0] or ""
            return path_inside(STATIC_FOLDER, name).read_bytes(), {"Content-Type": kind}
        start = self.site + MEDIA
        if self.site and self.media and url.startswith(start):
            path = path_inside(Path(self.media), unquote(url.removeprefix(start)))
            return picture_as_jpeg(path, self.saving), {"Content-Type": "image/jpeg"}
        raise PermissionError("PDFs can use only files of this site.")


def picture_as_jpeg(path, saving=False):
    """Returns a JPEG no larger than paper needs, on white, or in pale gray to save ink."""
    with Image.open(path, formats=PICTURE_FORMATS) as image:
        image.draft("RGB", (MAX_PICTURE_SIDE, MAX_PICTURE_SIDE))
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    picture.thumbnail((MAX_PICTURE_SIDE, MAX_PICTURE_SIDE))
    picture = put_on_white(ImageOps.exif_transpose(picture))
    if saving:
        picture = make_pale(picture)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def make_pale(image):
    """Returns the image in gray. The darker it is as a whole, the lighter it becomes.

    So a page of drawings stays clear, and a dark block becomes a light one.
    """
    gray = ImageOps.grayscale(image)
    ink = 1 - ImageStat.Stat(gray).mean[0] / 255
    share = min(1, MAX_INK / ink) if ink else 1
    return gray.point(lambda level: round(255 - (255 - level) * share))


def put_on_white(image):
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def path_inside(folder, name):
    """Returns the path of a file in `folder`. Raises PermissionError if `name` leads out of it."""
    file = (folder / name).resolve()
    if name != posixpath.normpath(name) or not file.is_relative_to(folder.resolve()):
        raise PermissionError(name)
    return file
