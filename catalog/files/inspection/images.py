"""Checks images against their ending, removes their metadata, and makes smaller sizes.

Metadata is cut out of the file itself, which leaves the pixels alone. Only an image that has to be
turned is encoded again.
"""

import re
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageSequence
from PIL.ExifTags import Base
from PIL.JpegImagePlugin import get_sampling

from catalog.sandbox.exceptions import Refused

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
MAX_MEGAPIXELS = 40  # million; each takes 4 bytes in memory
MAX_ANIMATION_MEGAPIXELS = 200  # million pixels in all frames together; they are decoded one by one
MAX_WEBP_SIDE = 16_383  # pixels of a side, the limit of WebP

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)

# The parts that each format needs to show the image. Texts, places, dates and thumbnails are
# removed.
PNG_KEPT = set(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT"
    .split()
)  # fmt: skip
WEBP_KEPT = set(b"RIFF,VP8X,VP8 ,VP8L,ALPH,ANIM,ANMF,ICCP".split(b","))
GIF_KEPT = (b"\xff\x0bNETSCAPE2.0", b"\xff\x0bANIMEXTS1.0", b"\xff\x0bICCRGBG1012", b"\xf9")
WEBP_METADATA_FLAGS = 0x08 | 0x04  # the flags of EXIF and XMP in a WebP file's header
JPEG_STANDALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
JPEG_SCAN, JPEG_END = 0xDA, 0xD9
JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
JPEG_AFTER_SCAN = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)

SRGB = ImageCms.createProfile("sRGB")


def read(path, ending):
    """Returns the facts of an image, after decoding all of it.

    {"width", "height": pixels as shown, "format": as Pillow names it, "moves": whether it is
    animated, "pixels": of one frame}

    Raises Refused: picture_unreadable, picture_with_more, picture_too_many_pixels (most, in
    millions), picture_moves_too_much (most, in millions).
    """
    kind = FORMATS[ending]
    with refusing("picture_unreadable"):
        whole_parts(path, kind)
        with open_image(path, kind) as picture:
            facts = facts_of(picture, kind)
            decode(picture, kind)
    return facts


def clean(path, ending, out):
    """Writes the image without metadata to `out`, turned upright. Returns the facts of read().

    An image without metadata is copied byte for byte. The color profile stays.
    """
    facts, kind = read(path, ending), FORMATS[ending]
    with refusing("picture_unreadable"), open_image(path, kind) as picture:
        turn = TURNS.get(orientation(picture))
        if turn is None or facts["moves"]:
            Path(out).write_bytes(without_metadata(whole_parts(path, kind), kind))
        else:
            save_turned(picture, turn, kind, out)
    return facts


def variants(path, ending, stem, widths):
    """Writes “<stem>-<width>.webp” and “.avif” in sRGB, without motion. Returns the widths written.

    No size is wider than the image. An image that is narrower than all `widths` gets one size, of
    its own width. An image that is too tall for WebP at every width gets none.
    """
    with refusing("picture_unreadable"):
        with open_image(path, FORMATS[ending]) as picture:
            fitting = fitting_widths(widths, *shown_size(picture))
            picture = still_image(picture, (fitting[-1], MAX_WEBP_SIDE)) if fitting else None
        for width in reversed(fitting):  # each from the next larger one, which is much faster
            height = max(1, round(picture.height * width / picture.width))
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
            picture.save(f"{stem}-{width}.webp", "WEBP", quality=80, method=4)
            picture.save(f"{stem}-{width}.avif", "AVIF", quality=60, speed=8, max_threads=1)
    return fitting


def fitting_widths(widths, width, height):
    """Returns those of `widths` in which an image of `width` × `height` can be shown, ascending.

    >>> fitting_widths([640, 320, 1280], 800, 600), fitting_widths([320, 640], 40, 30)
    ([320, 640], [40])
    >>> fitting_widths([320], 320, 99999)
    []
    """
    candidates = sorted(widths) if width >= min(widths) else [width]
    return [
        candidate
        for candidate in candidates
        if candidate <= width and candidate * height <= MAX_WEBP_SIDE * width
    ]


@contextmanager
def refusing(code):
    """Raises Refused(code) for any error of a library. MemoryError passes through unchanged."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise Refused("picture_too_many_pixels", most=MAX_MEGAPIXELS) from error
    except Exception as error:
        raise Refused(code) from error


@contextmanager
def open_image(source, kind):
    """Yields the Pillow image of a path or a JPEG stream. Its pixels are not decoded yet."""
    if kind == "WEBP":  # Pillow reserves memory for all pixels when it opens one
        check_pixels(*webp_size(webp_parts(Path(source).read_bytes())))
    with warnings.catch_warnings():  # check_pixels() is stricter than these warnings
        warnings.simplefilter("ignore")
        with Image.open(source, formats=[kind]) as picture:
            check_pixels(*picture.size)
            yield picture


def check_pixels(width, height):
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise Refused("picture_too_many_pixels", most=MAX_MEGAPIXELS)


def facts_of(picture, kind):
    frames = 1 if kind == "JPEG" else getattr(picture, "n_frames", 1)
    pixels = picture.width * picture.height
    if frames * pixels > MAX_ANIMATION_MEGAPIXELS * 1_000_000 and frames > 1:
        raise Refused("picture_moves_too_much", most=MAX_ANIMATION_MEGAPIXELS)
    width, height = shown_size(picture)
    return {
        "width": width,
        "height": height,
        "format": kind,
        "moves": frames > 1,
        "pixels": pixels,
    }


def decode(picture, kind):
    """Decodes all of the image, in as little memory as its format allows."""
    if kind == "JPEG":
        picture.draft(None, (1, 1))
        picture.load()
        return
    for frame in ImageSequence.Iterator(picture):
        check_pixels(*frame.size)  # frames of a GIF may grow
        frame.load()


def orientation(picture):
    """Returns the EXIF orientation, 1 to 8. Animations are shown as they are, so theirs is 1."""
    if getattr(picture, "is_animated", False) and picture.format != "MPO":
        return 1
    try:
        # Pillow's method for PNG would decode the image first, to find EXIF data after it too.
        return Image.Image.getexif(picture).get(Base.Orientation, 1)
    except MemoryError:
        raise
    except Exception:  # damaged EXIF data in a good image
        return 1


def shown_size(picture):
    width, height = picture.size
    return (height, width) if orientation(picture) in SIDEWAYS else (width, height)


def save_turned(picture, turn, kind, out):
    options = {"icc_profile": picture.info.get("icc_profile")}
    if kind == "JPEG":
        options |= {"quality": 92, "subsampling": get_sampling(picture)}
    elif kind == "WEBP":
        options |= {"quality": 90, "lossless": is_lossless(picture)}
    else:
        options |= {"transparency": picture.info.get("transparency"), "compress_level": 3}
    turned = picture.transpose(turn)
    turned.info = {}  # Pillow would write some of it
    turned.save(out, kind, **options)


def is_lossless(picture):
    """Whether a WebP image is compressed without loss."""
    return b"VP8L" in dict(webp_parts(Path(picture.filename).read_bytes()))


def read_still(source, kind, box):
    with open_image(source, kind) as picture:
        return still_image(picture, box)


def still_image(picture, box):
    """Returns the first frame upright, in sRGB as RGB or RGBA, within `box` (width, height)."""
    turn = orientation(picture)
    profile = picture.info.get("icc_profile")
    small = to_8_bit(picture)
    small.thumbnail(box[::-1] if turn in SIDEWAYS else box, Image.Resampling.LANCZOS)
    small = to_srgb(small, profile)
    small = small.transpose(TURNS[turn]) if turn in TURNS else small
    small.info = {}  # Pillow would write it into the file
    return small


def to_8_bit(picture):
    """Returns the image with 8 bits per channel and without a palette."""
    if picture.mode.startswith(("I", "F")):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
        picture.info.pop("transparency", None)
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")


def to_srgb(picture, profile):
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colors = picture.convert("RGB") if alpha else picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        colors = ImageCms.profileToProfile(colors, source, SRGB, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):  # no profile, or one for other channels
        colors = colors.convert("RGB")
    if alpha:
        colors.putalpha(alpha)
    return colors


def whole_parts(path, kind):
    """Returns the parts of an image file as [(name, bytes)].

    Raises Refused if the file can be read as something else too.
    """
    content = Path(path).read_bytes()
    parts = PARTS[kind](content)
    has_extra_data = kind != "JPEG" and sum(len(part) for _, part in parts) < len(content)
    if has_extra_data or zipfile.is_zipfile(path):
        raise Refused("picture_with_more")
    return parts


def without_metadata(parts, kind):
    """Returns the bytes of an image file with only the parts that show the image."""
    kept = [part for name, part in parts if KEPT[kind](name, part)]
    return webp_file(kept) if kind == "WEBP" else b"".join(kept)


def png_parts(content):
    parts, offset = [(b"IHDR", content[:8])], 8
    while parts[-1][0] != b"IEND":
        end = offset + 12 + to_int(content[offset : offset + 4])
        part = content[offset:end]
        if len(part) < 12 or zlib.crc32(part[4:-4]) != to_int(part[-4:]):
            raise ValueError("a chunk is damaged")
        parts.append((part[4:8], part))
        offset = end
    return parts


def webp_parts(content):
    end = 8 + to_int(content[4:8], "little")
    if content[8:12] != b"WEBP" or end > len(content):
        raise ValueError("not whole")
    parts, offset = [(b"RIFF", content[:12])], 12
    while offset < end:
        length = to_int(content[offset + 4 : offset + 8], "little")
        part = content[offset : min(end, offset + 8 + length + length % 2)]
        parts.append((part[:4], part))
        offset += max(8, len(part))
    return parts


def webp_size(parts):
    name, part = parts[1]
    head = part[8:18]
    if name == b"VP8X":
        return to_int(head[4:7], "little") + 1, to_int(head[7:10], "little") + 1
    if name == b"VP8L":
        bits = to_int(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return to_int(head[6:8], "little") & 0x3FFF, to_int(head[8:10], "little") & 0x3FFF


def webp_file(parts):
    content = bytearray(b"".join(parts))
    content[4:8] = (len(content) - 8).to_bytes(4, "little")
    if content[12:16] == b"VP8X":
        content[20] &= ~WEBP_METADATA_FLAGS
    return bytes(content)


def gif_parts(content):
    offset = 13 + palette_length(content[10])
    parts = [(b"head", content[:offset])]
    while content[offset] != 0x3B:
        end = gif_block_end(content, offset)
        parts.append((b"," if content[offset] == 0x2C else b"!", content[offset:end]))
        offset = end
    return [*parts, (b";", content[offset : offset + 1])]


def gif_block_end(content, offset):
    if content[offset] == 0x2C:  # a frame
        offset += 11 + palette_length(content[offset + 9])
    elif content[offset] == 0x21:  # an extension
        offset += 2
    else:
        raise ValueError("no block begins here")
    while length := content[offset]:
        offset += 1 + length
    return offset + 1


def palette_length(flags):
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def jpeg_parts(content):
    """Returns [(marker, bytes)]. Bytes between the parts or after the last one are left out."""
    parts, offset, marker = [], 0, None
    while marker != JPEG_END:
        match = JPEG_MARKER.search(content, offset)
        marker, begin = match[1][0], match.end() - 2
        offset = match.end()
        if marker not in JPEG_STANDALONE and marker != JPEG_END:
            offset += max(2, to_int(content[offset : offset + 2]))
        if marker == JPEG_SCAN:
            offset = JPEG_AFTER_SCAN.search(content, offset).start()
        parts.append((marker, content[begin:offset]))
    return parts


def jpeg_kept(marker, part):
    if marker == 0xE0:
        return part[4:9] == b"JFIF\0" and len(part) == 18  # a longer one holds a thumbnail
    if marker == 0xE2:
        return part[4:16] == b"ICC_PROFILE\0"
    if marker == 0xEE:
        return part[4:9] == b"Adobe"
    return 0xC0 <= marker <= 0xDF


def to_int(digits, order="big"):
    return int.from_bytes(digits, order)


PARTS = {"JPEG": jpeg_parts, "PNG": png_parts, "WEBP": webp_parts, "GIF": gif_parts}
KEPT = {
    "JPEG": jpeg_kept,
    "PNG": lambda name, _part: name in PNG_KEPT,
    "WEBP": lambda name, _part: name in WEBP_KEPT,
    "GIF": lambda name, part: name != b"!" or part[1:].startswith(GIF_KEPT),
}
