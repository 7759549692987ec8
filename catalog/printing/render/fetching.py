"""What a PDF may load: the site's own static files and pictures, and nothing else."""

import io
import logging
import mimetypes
import posixpath
from pathlib import Path
from urllib.parse import unquote

from PIL import Image, ImageFile, ImageOps, ImageStat
from weasyprint.urls import URLFetcher, URLFetcherResponse

# WeasyPrint has Pillow take half a picture for a whole one, in the whole process.
ImageFile.LOAD_TRUNCATED_IMAGES = False

STATIC_FOLDER = Path(__file__).resolve().parents[2] / "static"
# Where the style sheet is, whatever the site's address: fonts are found beside it.
STATIC = "https://static.invalid/"
MEDIA = "/media/"
WIDEST_PICTURE = 1100  # pixels: 200 to the inch over the text column
MOST_PIXELS = 12_000_000  # of a PNG or WebP, which open only whole: 50 MB
MOST_INK = 0.2  # of what a black picture takes
PICTURES = ["JPEG", "PNG", "WEBP", "GIF"]
DRAWN_HERE = "data:image/svg+xml;"  # QR codes; editors' texts cannot hold such an address

logger = logging.getLogger(__name__)


class SiteFiles(URLFetcher):
    """`site` is the address of the site without a slash, `media` the folder of its uploads;
    `saving` says that pictures take little ink.
    """

    def __init__(self, site="", media=None, saving=False):
        super().__init__()
        self.site, self.media, self.saving = site, media, saving

    def fetch(self, url, headers=None):
        """The answer for `url`; any refusal raises, which WeasyPrint turns into a gap."""
        if url.startswith(DRAWN_HERE):
            return super().fetch(url, headers)
        try:
            return URLFetcherResponse(url, *self.content(url))
        except Exception:
            logger.warning("Left out of a PDF: %.200s", url)
            raise

    def content(self, url):
        """The bytes and headers of the static file or picture at `url`."""
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
    """The picture as a JPEG no larger than paper needs, on white; in pale grey to save ink."""
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
    """In grey, and lighter the darker it is: a drawn page stays as clear as it was, a dark block
    becomes a light one.
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
    """The file `name` below `folder`; raises where a link or dots lead out of it."""
    file = (folder / name).resolve()
    if name != posixpath.normpath(name) or not file.is_relative_to(folder.resolve()):
        raise PermissionError(name)
    return file
