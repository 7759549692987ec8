"""Takes away what load_demo made, and leaves everything else as it stands."""

from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, ProtectedError

from catalog.models import Resource
from catalog.search.indexing import indexed_together
from courses.models import FollowUp, Requirement
from editorial.demo.loading import read
from editorial.models import DemoItem


@dataclass
class Removal:
    """What was taken away, and what stays: `freed` as (course, text), `kept` as terms in use,
    `kept_criteria` as those that editors changed.
    """

    resources: list = field(default_factory=list)
    edited: int = 0
    terms: list = field(default_factory=list)
    freed: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    criteria: list = field(default_factory=list)
    kept_criteria: list = field(default_factory=list)
    files: int = 0


def remove():
    """Removes the demo in one transaction, and its files once that has succeeded."""
    removal = Removal()
    with indexed_together():
        items = DemoItem.objects.exclude(resource=None).select_related("resource")
        removal.resources = [item.resource for item in items]
        removal.edited = sum(item.resource.updated_at > item.made_at for item in items)
        take_entries(removal)
        take_terms(removal)
        take_criteria(removal)
    removal.files = sum(empty_folder(folder_of(resource)) for resource in removal.resources)
    return removal


def take_entries(removal):
    ids = [resource.pk for resource in removal.resources]
    for model in (Requirement, FollowUp):
        model.objects.filter(course__in=ids).delete()
        named = model.objects.filter(named_course__in=ids).select_related("course")
        removal.freed += [(row.course, row.text) for row in named]
        # Not by saving: a saved requirement looks for its course again.
        named.update(named_course=None)
    Resource.objects.filter(pk__in=ids).delete()


def take_terms(removal):
    """Deletes the marked terms that nothing uses. One in use becomes the editors': no mark."""
    items = DemoItem.objects.filter(resource=None, criterion=None)
    for item in items.order_by(F("topic__parent").asc(nulls_last=True), "pk"):
        term = item.thing
        try:
            with transaction.atomic():
                term.delete()
            removal.terms.append(term)
        except ProtectedError:
            item.delete()
            removal.kept.append(term)


def take_criteria(removal):
    """Deletes the marked criteria that stand as they were made. Others become the editors'."""
    written = {cell_and_text(facts) for facts in read("criteria")["criterion"]}
    for item in DemoItem.objects.exclude(criterion=None).select_related("criterion__dimension"):
        criterion = item.criterion
        if is_as_made(criterion, written):
            removal.criteria.append(criterion)
            criterion.delete()
        else:
            removal.kept_criteria.append(criterion)
            item.delete()


def cell_and_text(facts):
    return facts["dimension"], facts["level"], facts["text"]


def is_as_made(criterion, written):
    """Not moved, not reworded, and no resource of an editor is named for it.

    That is to be asked once the demo's entries are gone, and what they were named for.
    """
    stands = criterion.dimension.slug, criterion.level_id, criterion.text
    return stands in written and not criterion.best_rows.exists()


def folder_of(resource):
    return f"{resource.kind}s/{resource.uid}"


def empty_folder(folder):
    """Deletes the folder with all that is in it; returns how many files that were."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    inside = sum(empty_folder(f"{folder}/{name}") for name in folders)
    for name in files:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)
    return inside + len(files)
