"""Removes everything that load_demo made and leaves everything else as it is."""

from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, ProtectedError

from catalog.models import Resource
from catalog.search.indexing import indexed_together
from courses.models import FollowUp, Requirement
from editorial.demo.loading import read_toml
from editorial.models import DemoItem


@dataclass
class Removal:
    """What was removed and what stays.

    `edited` counts the removed entries that editors had changed. `unlinked` has a (course, text)
    for each text that named a removed course. `kept_terms` are in use, and editors changed
    `kept_criteria`.
    """

    resources: list = field(default_factory=list)
    edited: int = 0
    terms: list = field(default_factory=list)
    unlinked: list = field(default_factory=list)
    kept_terms: list = field(default_factory=list)
    criteria: list = field(default_factory=list)
    kept_criteria: list = field(default_factory=list)
    files: int = 0


def remove_demo():
    """Removes the demo in one transaction, and its files after that has succeeded."""
    removal = Removal()
    with indexed_together():
        items = DemoItem.objects.exclude(resource=None).select_related("resource")
        removal.resources = [item.resource for item in items]
        removal.edited = sum(item.resource.updated_at > item.made_at for item in items)
        remove_entries(removal)
        remove_terms(removal)
        remove_criteria(removal)
    removal.files = sum(empty_folder(folder_of(resource)) for resource in removal.resources)
    return removal


def remove_entries(removal):
    ids = [resource.pk for resource in removal.resources]
    for model in (Requirement, FollowUp):
        model.objects.filter(course__in=ids).delete()
        named = model.objects.filter(named_course__in=ids).select_related("course")
        removal.unlinked += [(row.course, row.text) for row in named]
        # Saving would link the requirement to a course again, so this is an update.
        named.update(named_course=None)
    Resource.objects.filter(pk__in=ids).delete()


def remove_terms(removal):
    """Deletes the demo's terms that nothing uses. A term in use loses its mark and stays."""
    items = DemoItem.objects.filter(resource=None, criterion=None)
    for item in items.order_by(F("topic__parent").asc(nulls_last=True), "pk"):
        term = item.thing
        try:
            with transaction.atomic():
                term.delete()
            removal.terms.append(term)
        except ProtectedError:
            item.delete()
            removal.kept_terms.append(term)


def remove_criteria(removal):
    """Deletes the demo's unchanged criteria. Changed criteria lose their mark and stay."""
    written = {cell_and_text(facts) for facts in read_toml("criteria")["criterion"]}
    for item in DemoItem.objects.exclude(criterion=None).select_related("criterion__dimension"):
        criterion = item.criterion
        if is_unchanged(criterion, written):
            removal.criteria.append(criterion)
            criterion.delete()
        else:
            removal.kept_criteria.append(criterion)
            item.delete()


def cell_and_text(facts):
    return facts["dimension"], facts["level"], facts["text"]


def is_unchanged(criterion, written):
    """Whether it is in the same cell, has the same text and names no resource of an editor.

    Call it after the demo's entries are deleted, because that deletes their best resources, too.
    """
    current = criterion.dimension.slug, criterion.level_id, criterion.text
    return current in written and not criterion.best_rows.exists()


def folder_of(resource):
    return f"{resource.kind}s/{resource.uid}"


def empty_folder(folder):
    """Deletes the folder with everything in it and returns the number of deleted files."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    count = sum(empty_folder(f"{folder}/{name}") for name in folders)
    for name in files:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)
    return count + len(files)
