"""Reads entries with all their links in few wide queries.

A Batch holds plain rows, so another process can make the entries from it. Making them takes a third
of the time of `list_children()`, which makes a queryset for each link of each entry.
"""

from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from taggit.managers import TaggableManager

from catalog.kinds import kind_named, registered
from catalog.models import Resource
from catalog.search import file_passages
from catalog.search.index import version_now

REVERSE, MANY, ONE = "reverse", "many", "one"  # the types of links


@dataclass
class Batch:
    """What the index needs to know about the resources `ids`, at one `version` of the index.

    `kinds` is {id: name of its kind} of those that exist. `rows` is {model: {key: values of its
    columns}}. `links` is {(model, name): (type of link, linked model, {key: linked keys})}.
    `passages` are those of file_passages.saved_passages().
    """

    ids: list
    version: bytes
    kinds: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)
    passages: dict = field(default_factory=dict)

    def resources(self):
        """Returns the same list as Resource.objects.list_children(ids), without a query."""
        made = {}
        for model, rows in self.rows.items():
            names = column_names(model)
            made[model] = {
                key: model.from_db(DEFAULT_DB_ALIAS, names, values) for key, values in rows.items()
            }
        for (model, name), (type, linked_model, keys_of_owner) in self.links.items():
            set_links(made[model], name, type, linked_model, made[linked_model], keys_of_owner)
        models = {kind.name: kind.model for kind in registered()}
        return [made[models[self.kinds[pk]]][pk] for pk in self.ids if pk in self.kinds]


def set_links(owners, name, type, linked_model, linked, keys_of_owner):
    """Sets the link `name` of each of `owners`, where Django looks for rows loaded before."""
    if type == ONE:
        for key, owner in owners.items():
            owner._state.fields_cache[name] = linked.get(
                next(iter(keys_of_owner.get(key, ())), None)
            )
        return
    query = QuerySet(linked_model).query
    for key, owner in owners.items():
        rows = QuerySet(linked_model, query)
        rows._result_cache = [linked[other] for other in keys_of_owner.get(key, ())]
        rows._prefetch_done = True
        owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


def read_batch(ids):
    """Returns a Batch of `ids`. Makes some queries for each kind, whatever the number of ids."""
    batch = Batch(list(ids), version_now())
    rows = Resource.objects.filter(pk__in=batch.ids).order_by()
    batch.kinds = dict(rows.values_list("pk", "kind"))
    for name in sorted(set(batch.kinds.values())):
        read_kind(batch, name)
    batch.passages = file_passages.saved_passages(batch.ids)
    return batch


def read_kind(batch, name):
    """Reads the rows of one kind, and all that its for_detail() loads by name."""
    model = kind_named(name).model
    ids = [pk for pk, kind in batch.kinds.items() if kind == name]
    keys = read_rows(batch, model, pk__in=ids)
    for pk in set(ids).difference(keys):
        del batch.kinds[pk]  # the row of its kind is missing
    detail = model.objects.for_detail()
    paths = [*(detail.query.select_related or {}), *detail._prefetch_related_lookups]
    for path in paths:
        read_path(batch, model, keys, str(getattr(path, "prefetch_to", path)).split("__"))


def read_path(batch, model, keys, names):
    for name in names:
        link = model, name
        type, linked_model, keys_of_owner = read_link(batch, model, name, keys)
        before = batch.links.get(link, (type, linked_model, {}))[2]
        batch.links[link] = type, linked_model, before | keys_of_owner
        keys = {key for linked in keys_of_owner.values() for key in linked}
        model = linked_model


def read_link(batch, model, name, keys):
    """Reads the linked rows. Returns (type of link, their model, {key: their keys in order})."""
    relation = model._meta.get_field(name)
    linked_model = relation.related_model
    if relation.many_to_one:
        return ONE, linked_model, read_foreign_keys(batch, model, relation, keys)
    if relation.one_to_many:
        owner = relation.field.attname
        read_rows(batch, linked_model, **{f"{owner}__in": keys})
        place = column_names(linked_model).index(owner)
        pairs = ((row[place], key) for key, row in batch.rows[linked_model].items())
        return REVERSE, linked_model, group(pairs)
    owner, linked = link_columns(relation)
    through = relation.remote_field.through.objects.filter(**{f"{owner}__in": keys}).order_by()
    pairs = list(through.values_list(owner, linked))
    order = {
        key: n for n, key in enumerate(read_rows(batch, linked_model, pk__in={b for _, b in pairs}))
    }
    return MANY, linked_model, group(sorted(pairs, key=lambda pair: order[pair[1]]))


def read_foreign_keys(batch, model, relation, keys):
    place = column_names(model).index(relation.attname)
    pairs = [(key, batch.rows[model][key][place]) for key in keys]
    pairs = [(key, linked) for key, linked in pairs if linked is not None]
    read_rows(batch, relation.related_model, pk__in={linked for _key, linked in pairs})
    return group(pairs)


def link_columns(relation):
    """Returns the columns of a link table: of the resource and of what is linked."""
    if isinstance(relation, TaggableManager):
        return "content_object_id", "tag_id"
    columns = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    return tuple(f"{column}_id" for column in columns)


def read_rows(batch, model, **condition):
    """Reads rows into the batch. Returns their keys in the order of the model."""
    if not next(iter(condition.values())):
        batch.rows.setdefault(model, {})
        return []
    rows = model._default_manager.filter(**condition)
    rows = rows.order_by(*model._meta.ordering, "pk").values_list("pk", *column_names(model))
    read = {key: values for key, *values in rows}
    batch.rows.setdefault(model, {}).update(read)
    return list(read)


def column_names(model):
    return [column.attname for column in model._meta.concrete_fields]


def group(pairs):
    grouped = {}
    for key, linked in pairs:
        grouped.setdefault(key, []).append(linked)
    return grouped
