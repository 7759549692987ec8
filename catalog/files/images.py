"""Makes the image of an entry in the sizes that pages need, without the camera's metadata."""

import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.core.files.base import ContentFile

from catalog.files.validators import inspect_file, stored_on_disk
from catalog.sandbox.client import ask

WIDTHS = (320, 640, 960, 1280, 1920)
TYPES = {"avif": "image/avif", "webp": "image/webp"}  # browsers take the first they support
FOLDER = "sizes"


@dataclass(frozen=True)
class Picture:
    """The image of one entry, as templates show it.

    `name` and `storage` locate the file. `width` and `height` are its size in pixels. `widths` are
    the smaller copies that exist, in pixels. `focus` is the point to keep in
    view, as (x, y) in percent.
    """

    name: str
    storage: object
    width: int
    height: int
    widths: tuple
    focus: tuple

    @classmethod
    def of(cls, resource):
        size = resource.image_width or 16, resource.image_height or 9
        focus = resource.focus_x, resource.focus_y
        file = resource.image
        return cls(file.name, file.storage, *size, tuple(resource.image_widths), focus)

    @property
    def url(self):
        """The address for readers that take only one size: the largest WebP up to 1280 pixels wide.

        It is the address of the file itself while no size has been made.
        """
        widths = [width for width in self.widths if width <= 1280]
        return self.url_of(max(widths), "webp") if widths else self.storage.url(self.name)

    @property
    def sources(self):
        """Yields (media type, all sizes as a `srcset` value) for each type, the best one first."""
        for kind, media_type in TYPES.items() if self.widths else ():
            sizes = (f"{self.url_of(width, kind)} {width}w" for width in self.widths)
            yield media_type, ", ".join(sizes)

    @property
    def focus_classes(self):
        """The classes of site.css that keep the focus in view; "" for the middle."""
        across, down = (round(percent / 10) for percent in self.focus)
        return "" if (across, down) == (5, 5) else f"fx{across} fy{down}"

    def url_of(self, width, kind):
        return self.storage.url(size_name(self.name, width, kind))


def size_name(name, width, kind):
    """The path of one size of the image `name`, in a subfolder of its entry's folder."""
    path = PurePosixPath(name)
    return str(path.parent / FOLDER / f"{path.name.replace('.', '-')}-{width}.{kind}")


def sizes_of(name, widths):
    return [size_name(name, width, kind) for width in widths for kind in TYPES]


def clean_picture(file):
    """Returns (a copy of the new image `file` without EXIF and turned upright, its facts).

    The facts are those of `images.read()` in files.inspection. Raises ValidationError.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "clean")
        facts = inspect_file(file, "images.clean", out=str(out))
        return ContentFile(out.read_bytes(), file.name), facts


def make_sizes(storage, name):
    """Makes all sizes of the image `name` and returns their widths in pixels. Raises Refused."""
    with stored_on_disk(storage, name) as path, tempfile.TemporaryDirectory() as folder:
        widths = ask(
            "images.variants",
            path,
            ending=PurePosixPath(name).suffix.lower().lstrip("."),
            stem=f"{folder}/size",
            widths=WIDTHS,
            limit=60,
        )
        for width in widths:
            for kind in TYPES:
                content = Path(folder, f"size-{width}.{kind}").read_bytes()
                store(storage, size_name(name, width, kind), content)
    return widths


def store(storage, name, content):
    """Saves `content` under exactly this name. It replaces what an interrupted job left there."""
    if storage.exists(name):
        storage.delete(name)
    storage.save(name, ContentFile(content))
