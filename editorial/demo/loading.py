"""From the TOML files beside this one to a catalog that people can look at."""

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
# What stands in TOML as it stands in the catalog, and what is a list there and lines here.
PLAIN = ["title", "slug", "summary", "body", "image_alt", "level_text", "audience_text"]
PLAIN += ["duration_text", "seconds", "best_used", "format_text", "size_text"]
PLAIN += ["enrollment_text", "enrollment_address"]
LINES = ["outcomes", "other_names"]


def load():
    """Makes what the catalog lacks of the demo, all or nothing.

    Returns the things made and the number of entries left out, because their address or title is
    taken: what editors wrote or changed stays.
    """
    with ExitStack() as undo:
        with indexed_together():
            loader = Loader(undo)
            loader.load_terms()
            left = loader.load_entries()
            loader.load_criteria()
        undo.pop_all()
    with (
        indexed_together()
    ):  # the search of the demo is whole at once; sizes and previews may follow
        run_waiting_jobs([Job.Task.TEXT])
    return loader.made, left


def read(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def judged_queries():
    """(words, slug of what is wanted) of each search check of the demo."""
    return [pair for group in read("judged").values() for pair in group.items()]


def checked(thing):
    thing.full_clean()
    thing.save()
    return thing


class Loader:
    """`undo` is an ExitStack that learns how to take back each file that was written."""

    def __init__(self, undo):
        self.undo, self.made = undo, []
        self.now = timezone.now().replace(minute=0, second=0, microsecond=0)

    def claim(self, thing):
        """`thing`, which is saved, marked as the demo's."""
        DemoItem.objects.mark(thing)
        self.remember_files(thing)
        self.made.append(thing)
        return thing

    def remember_files(self, thing):
        for field in thing._meta.concrete_fields:
            file = isinstance(field, FileField) and getattr(thing, field.name)
            if file:
                self.undo.callback(file.storage.delete, file.name)

    def load_terms(self):
        written = read("terms")
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
            self.claim(checked(model(slug=slug, name=name, **fields)))

    def make_tags(self, names):
        for name in names:
            there = Tag.objects.filter(name__iexact=name).first()
            yield there or self.claim(Tag.objects.create(name=name))

    def load_entries(self):
        """All entries first, then what links them, so that their order in the files is free."""
        written = [
            (model, facts) for kind, model in KINDS.items() for facts in read(kind)["resource"]
        ]
        missing = [(model, facts) for model, facts in written if not is_taken(model, facts)]
        entries = [(self.make_entry(model, facts), facts) for model, facts in missing]
        for resource, facts in entries:
            link(resource, facts)
        judge({resource.slug: resource for resource, _facts in entries})
        return len(written) - len(entries)

    def load_criteria(self):
        """After the entries, which stand first where a criterion is still open."""
        cells, made = Counter(), {thing.pk for thing in self.made if isinstance(thing, Resource)}
        for facts in read("criteria")["criterion"]:
            cell = facts["dimension"], facts["level"]
            cells[cell] += 1
            if criterion := make_criterion(facts, cells[cell]):
                name_best(criterion, facts.get("best", []), made)

    def make_entry(self, model, facts):
        resource = model(kind=model._meta.model_name, **fields_of(facts), **files_of(model, facts))
        resource.published_at = self.day_of(facts)
        if model is Tool:
            resource.tool_type = ToolType.objects.filter(slug=facts["tool_type"]).first()
        self.claim(checked(resource))
        for part in parts_of(resource, facts):
            self.remember_files(checked(part))
        self.sort_in(resource, facts)
        return resource

    def day_of(self, facts):
        return None if facts.get("draft") else self.now - timedelta(days=facts["age_days"])

    def sort_in(self, resource, facts):
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
    fields = {name: facts[name] for name in PLAIN if name in facts}
    fields |= {name: "\n".join(facts[name]) for name in LINES if name in facts}
    fields["minutes_min"], fields["minutes_max"] = facts.get("minutes", (None, None))
    return fields


def files_of(model, facts):
    """The picture of an entry; the film, tracks and transcript of a video. All go by its slug."""
    slug, files = facts["slug"], {}
    if "image_alt" in facts:
        files["image"] = copy_of(f"images/{slug}.webp")
    if model is Video:
        files["file"] = copy_of(f"videos/{slug}.mp4")
        files["captions"] = copy_of(f"videos/{slug}.vtt")
        files["transcript"] = (FOLDER / f"videos/{slug}.txt").read_text()
        for track in ("chapters", "descriptions"):
            if (FOLDER / f"videos/{slug}.{track}.vtt").exists():
                files[track] = copy_of(f"videos/{slug}.{track}.vtt")
                files[track].name = f"{slug}-{track}.vtt"
    return files


def copy_of(path):
    return ContentFile((FOLDER / path).read_bytes(), name=Path(path).name)


def parts_of(resource, facts):
    """The unsaved rows that belong to an entry, each kind of them in the order of the file."""
    for mode, minutes in facts.get("deliveries", {}).items():
        yield Delivery(resource=resource, mode=mode, minutes=minutes or None)
    for n, (role, name) in enumerate(facts.get("credits", [])):
        yield Credit(video=resource, role=role, name=name, position=n)
    for n, (title, minutes) in enumerate(facts.get("modules", [])):
        yield CourseModule(course=resource, title=title, minutes=minutes, position=n)
    for n, (path, color) in enumerate(facts.get("renditions", [])):
        yield Rendition(tool=resource, file=copy_of(path), color=color, position=n)


def make_criterion(facts, position):
    """The criterion of an entry in the file: the one that is there, else a new one, marked.

    None where editors deleted its dimension.
    """
    dimension = Dimension.objects.filter(slug=facts["dimension"]).first()
    if not dimension:
        return None
    key = {"dimension": dimension, "level_id": facts["level"], "text": facts["text"]}
    criterion = Criterion.objects.filter(**key).first()
    if not criterion:
        criterion = checked(Criterion(**key, position=position))
        DemoItem.objects.mark(criterion)
    return criterion


def name_best(criterion, slugs, made):
    """Names the demo's own entries; where some are named already, only those just `made` (keys)."""
    found = own_entries().in_bulk(slugs, field_name="slug")
    named = criterion.best_rows.exists()
    for position, slug in enumerate(slugs):
        if slug in found and (found[slug].pk in made or not named):
            row = BestResource(criterion=criterion, resource=found[slug], position=position)
            checked(row)


def judge(made):
    """The search checks that want one of the entries `made`, by slug: those of editors stay."""
    for words, slug in judged_queries():
        if slug in made:
            checked(JudgedQuery(words=words, resource=made[slug]))


def own_entries():
    """The demo's entries, whichever run made them."""
    own = DemoItem.objects.exclude(resource=None).values("resource")
    return Resource.objects.filter(pk__in=own)


def link(resource, facts):
    """Related entries (the demo's own only), and what a course asks for and leads to."""
    resource.related.add(*own_entries().filter(slug__in=facts.get("related", [])))
    for n, (type_, text, slug, *necessity) in enumerate(facts.get("requirements", [])):
        checked(
            Requirement(
                course=resource,
                type=type_,
                text=text,
                named_course=Course.objects.filter(slug=slug).first(),
                necessity=(necessity or [Requirement.Necessity.REQUIRED])[0],
                position=n,
            )
        )
    if alike := own_entries().filter(slug__in=facts.get("counts_as", [])):
        resource.equivalents.add(*(entry.pk for entry in alike))
    for n, slug in enumerate(facts.get("follow_ups", [])):
        if follower := Course.objects.filter(slug=slug).first():
            checked(
                FollowUp(course=resource, text=follower.title, named_course=follower, position=n)
            )
