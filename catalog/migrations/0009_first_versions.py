"""What files that came before their versions were kept need: names, a first version, cues."""

from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import migrations
from django.utils.text import slugify

from catalog.files.inspection import captions
from catalog.files.validators import stored_on_disk

FACTS = ["pages", "paper", "bytes", "sha256"]


def name_renditions(apps, schema_editor):
    renditions = apps.get_model("catalog", "Rendition").objects.order_by("tool", "position", "id")
    taken = set()
    for rendition in renditions.using(schema_editor.connection.alias):
        rendition.name = free_name(rendition, taken)
        taken.add((rendition.tool_id, rendition.name))
        rendition.number = 1 if rendition.file else 0
        rendition.save(update_fields=["name", "number"])


def free_name(rendition, taken):
    source = rendition.file.name or rendition.address.rstrip("/").rpartition("/")[2]
    stem = slugify(PurePosixPath(source).stem)[:80].strip("-_")
    stem = stem or slugify(f"{rendition.format} {rendition.color}") or "file"
    name, number = stem, 1
    while (rendition.tool_id, name) in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def keep_first_versions(apps, schema_editor):
    alias = schema_editor.connection.alias
    versions = apps.get_model("catalog", "RenditionVersion").objects.using(alias)
    renditions = apps.get_model("catalog", "Rendition").objects.using(alias)
    for rendition in renditions.exclude(file="").select_related("tool"):
        versions.create(
            rendition=rendition,
            number=1,
            file=rendition.file.name,
            made_at=rendition.tool.updated_at,
            **{name: getattr(rendition, name) for name in FACTS},
        )


def read_captions(apps, schema_editor):
    videos = apps.get_model("catalog", "Video").objects.using(schema_editor.connection.alias)
    for video in videos.exclude(captions=""):
        try:
            with stored_on_disk(default_storage, video.captions.name) as path:
                video.cues = captions.read(path, "vtt")["cues"]
        except (captions.Refused, OSError):
            continue  # they stay as they are; their video has no synced transcript
        video.save(update_fields=["cues"])


def nothing(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_files")]

    operations = [
        migrations.RunPython(name_renditions, nothing),
        migrations.RunPython(keep_first_versions, nothing),
        migrations.RunPython(read_captions, nothing),
    ]
