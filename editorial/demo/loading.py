"""Loads the demo catalog from the TOML files in this folder."""

import tomllib
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.db.models import FileField, Q
from django.utils import timezone
from taggit.models import Tag

from catalog.jobs.queue import run_waiting_jobs
from catalog.models import (
    Audience,
    Credit,
    Delivery,
    Dimension,
    FormerSlug,
    Job,
    JudgedQuery,
    Level,
    Region,
    Rendition,
    Resource,
    Tool,
    ToolType,
    Topic,
    Video,
)
from catalog.search.indexing import indexed_together
from courses.models import BestResource, Course, CourseModule, Criterion, FollowUp, Requirement
from editorial.models import DemoItem

FOLDER = Path(__file__).resolve().parent
KINDS = {"videos": Video, "tools": Tool, "courses": Course}
VOCABULARIES = {"audience": Audience, "region": Region, "tool_type": ToolType}
LINKS = {
    "topics": Topic,
    "audiences": Audience,
    "only_for": Audience,
    "regions": Region,
    "dimensions": Dimension,
}
# Fields with the same value in TOML and in the catalog.
FIELDS = ["title", "slug", "summary", "body", "image_alt", "level_text", "audience_text"]
FIELDS += ["duration_text", "seconds", "best_used", "format_text", "size_text"]
FIELDS += ["enrollment_text", "enrollment_address"]
# Fields that are a list in TOML and lines of text in the catalog.
LINE_FIELDS = ["outcomes", "other_names"]


def load_demo():
    """Makes everything of the demo that the catalog lacks, or nothing if it fails.

    Returns the objects it made and the number of entries that it left out because their address
    or title is taken. Everything that editors wrote or changed stays.
    """
    with ExitStack() as undo:
        with indexed_together():
            loader = Loader(undo)
            loader.load_terms()
            existing = loader.load_entries()
            loader.load_criteria()
        undo.pop_all()
    # The search index is complete at once; sizes and previews may come later.
    with indexed_together():
        run_waiting_jobs([Job.Task.TEXT])
    return loader.made, existing


def read_toml(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def read_judged_queries():
    """Returns (words, slug of the expected entry) for each search check of the demo."""
    return [pair for group in read_toml("judged").values() for pair in group.items()]


def save_checked(item):
    item.full_clean()
    item.save()
    return item


class Loader:
    """Loads the parts of the demo. `undo` is an ExitStack that will delete each file it wrote."""

    def __init__(self, undo):
        self.undo, self.made = undo, []
        self.now = timezone.now().replace(minute=0, second=0, microsecond=0)

    def mark_as_demo(self, item):
        """Marks a saved object as part of the demo and returns it."""
        DemoItem.objects.mark(item)
        self.delete_files_on_undo(item)
        self.made.append(item)
        return item

    def delete_files_on_undo(self, item):
        for field in item._meta.concrete_fields:
            file = isinstance(field, FileField) and getattr(item, field.name)
            if file:
                self.undo.callback(file.storage.delete, file.name)

    def load_terms(self):
        written = read_toml("terms")
        for facts in written["topic"]:
            parent = Topic.objects.filter(slug=facts.get("parent", "")).first()
            self.make_term(
                Topic, facts["slug"], facts["name"], summary=facts["summary"], parent=parent
            )
        for name, model in VOCABULARIES.items():
            for slug, words in written[name].items():
                self.make_term(model, slug, words)

    def make_term(self, model, slug, name, **fields):
        if not model.objects.filter(Q(slug=slug) | Q(name=name)).exists():
            self.mark_as_demo(save_checked(model(slug=slug, name=name, **fields)))

    def make_tags(self, names):
        for name in names:
            existing = Tag.objects.filter(name__iexact=name).first()
            yield existing or self.mark_as_demo(Tag.objects.create(name=name))

    def load_entries(self):
        """Makes all entries first, then their links, so they may be in any order in the files.

        Returns the number of entries that were there already.
        """
        written = [
            (model, facts) for kind, model in KINDS.items() for facts in read_toml(kind)["resource"]
        ]
        missing = [(model, facts) for model, facts in written if not is_taken(model, facts)]
        entries = [(self.make_entry(model, facts), facts) for model, facts in missing]
        for resource, facts in entries:
            link_entry(resource, facts)
        make_judged_queries({resource.slug: resource for resource, _facts in entries})
        return len(written) - len(entries)

    def load_criteria(self):
        """Makes the criteria and names their best resources. Needs the entries."""
        cells, made = Counter(), {item.pk for item in self.made if isinstance(item, Resource)}
        for facts in read_toml("criteria")["criterion"]:
            cell = facts["dimension"], facts["level"]
            cells[cell] += 1
            if criterion := make_criterion(facts, cells[cell]):
                name_best_resources(criterion, facts.get("best", []), made)

    def make_entry(self, model, facts):
        resource = model(kind=model._meta.model_name, **fields_of(facts), **files_of(model, facts))
        resource.published_at = self.publish_time(facts)
        if model is Tool:
            resource.tool_type = ToolType.objects.filter(slug=facts["tool_type"]).first()
        self.mark_as_demo(save_checked(resource))
        for row in make_rows(resource, facts):
            self.delete_files_on_undo(save_checked(row))
        self.link_terms(resource, facts)
        return resource

    def publish_time(self, facts):
        return None if facts.get("draft") else self.now - timedelta(days=facts["age_days"])

    def link_terms(self, resource, facts):
        resource.levels.set(Level.objects.filter(number__in=facts.get("levels", [])))
        for name, model in LINKS.items():
            getattr(resource, name).set(model.objects.filter(slug__in=facts.get(name, [])))
        resource.tags.add(*self.make_tags(facts.get("tags", [])))


def is_taken(model, facts):
    slug, title = facts["slug"], facts["title"]
    return (
        Resource.objects.filter(slug=slug).exists()
        or FormerSlug.objects.filter(slug=slug).exists()
        or model.objects.filter(title__iexact=title).exists()
    )


def fields_of(facts):
    fields = {name: facts[name] for name in FIELDS if name in facts}
    fields |= {name: "\n".join(facts[name]) for name in LINE_FIELDS if name in facts}
    fields["minutes_min"], fields["minutes_max"] = facts.get("minutes", (None, None))
    return fields


def files_of(model, facts):
    """Returns the image of an entry and the file, tracks and transcript of a video, by its slug."""
    slug, files = facts["slug"], {}
    if "image_alt" in facts:
        files["image"] = copy_file(f"images/{slug}.webp")
    if model is Video:
        files["file"] = copy_file(f"videos/{slug}.mp4")
        files["captions"] = copy_file(f"videos/{slug}.vtt")
        files["transcript"] = (FOLDER / f"videos/{slug}.txt").read_text()
        for track in ("chapters", "descriptions"):
            if (FOLDER / f"videos/{slug}.{track}.vtt").exists():
                files[track] = copy_file(f"videos/{slug}.{track}.vtt")
                files[track].name = f"{slug}-{track}.vtt"
    return files


def copy_file(path):
    return ContentFile((FOLDER / path).read_bytes(), name=Path(path).name)


def make_rows(resource, facts):
    """Makes the rows of an entry in the order of the file, without saving them."""
    for mode, minutes in facts.get("deliveries", {}).items():
        yield Delivery(resource=resource, mode=mode, minutes=minutes or None)
    for n, (role, name) in enumerate(facts.get("credits", [])):
        yield Credit(video=resource, role=role, name=name, position=n)
    for n, (title, minutes) in enumerate(facts.get("modules", [])):
        yield CourseModule(course=resource, title=title, minutes=minutes, position=n)
    for n, (path, color) in enumerate(facts.get("renditions", [])):
        yield Rendition(tool=resource, file=copy_file(path), color=color, position=n)


def make_criterion(facts, position):
    """Returns the existing criterion for `facts`, or makes one and marks it as the demo's.

    Returns None if editors deleted its dimension.
    """
    dimension = Dimension.objects.filter(slug=facts["dimension"]).first()
    if not dimension:
        return None
    key = {"dimension": dimension, "level_id": facts["level"], "text": facts["text"]}
    criterion = Criterion.objects.filter(**key).first()
    if not criterion:
        criterion = save_checked(Criterion(**key, position=position))
        DemoItem.objects.mark(criterion)
    return criterion


def name_best_resources(criterion, slugs, made):
    """Names the demo's own entries as the best resources of a criterion.

    If the criterion names some already, adds only those whose keys are in `made`.
    """
    entries = own_entries().in_bulk(slugs, field_name="slug")
    has_best = criterion.best_rows.exists()
    for position, slug in enumerate(slugs):
        if slug in entries and (entries[slug].pk in made or not has_best):
            row = BestResource(criterion=criterion, resource=entries[slug], position=position)
            save_checked(row)


def make_judged_queries(made):
    """Makes the search checks that expect one of the entries `made`, {slug: entry}."""
    for words, slug in read_judged_queries():
        if slug in made:
            save_checked(JudgedQuery(words=words, resource=made[slug]))


def own_entries():
    """The demo's entries, from this run and earlier ones."""
    own = DemoItem.objects.exclude(resource=None).values("resource")
    return Resource.objects.filter(pk__in=own)


def link_entry(resource, facts):
    """Links an entry to its related entries and a course to its requirements and follow-ups.

    Related entries are only those of the demo.
    """
    resource.related.add(*own_entries().filter(slug__in=facts.get("related", [])))
    for n, (type_, text, slug, *necessity) in enumerate(facts.get("requirements", [])):
        save_checked(
            Requirement(
                course=resource,
                type=type_,
                text=text,
                named_course=Course.objects.filter(slug=slug).first(),
                necessity=(necessity or [Requirement.Necessity.REQUIRED])[0],
                position=n,
            )
        )
    if equivalents := own_entries().filter(slug__in=facts.get("counts_as", [])):
        resource.equivalents.add(*(entry.pk for entry in equivalents))
    for n, slug in enumerate(facts.get("follow_ups", [])):
        if follower := Course.objects.filter(slug=slug).first():
            save_checked(
                FollowUp(course=resource, text=follower.title, named_course=follower, position=n)
            )
