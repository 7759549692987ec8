from django.apps import apps
from django.db.models import Prefetch, prefetch_related_objects

from catalog.kinds import registered
from catalog.models.edition import newest_number
from catalog.models.publishing import PublishedQuerySet


class ResourceQuerySet(PublishedQuerySet):
    def list_of(self, ids):
        """Returns a list of the rows with these ids, in the order of `ids`. Skips unknown ids."""
        rows = self.in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]

    def list_by_title(self, members, most=500):
        """Returns a list of the newest `most` rows of the IdSet `members`, sorted by title."""
        wanted = list(members)[-most:]
        return list(self.filter(pk__in=wanted).order_by("title", "pk"))

    def for_cards(self):
        """Loads what cards show beside their own fields and what catalog.search.cards adds."""
        return self.select_related("tool__tool_type").prefetch_related("tool__renditions")

    def with_edition(self):
        return self.annotate(edition=newest_number("pk"))

    def with_links(self):
        """Loads everything that the detail page of any kind shows beside its own fields."""
        return self.with_edition().prefetch_related(
            "levels",
            "dimensions",
            "audiences",
            "only_for",
            "topics__parent",
            "regions",
            "deliveries",
            "tags",
        )

    def for_detail(self):
        """Loads everything that the page of one resource shows. Kinds add what only they have."""
        return self.with_links()

    def for_page(self):
        """Loads what the page of one entry shows, beside what catalog.search.cards adds."""
        return self.prefetch_related("only_for", "topics", "deliveries", "tags")

    def for_entry(self):
        """Loads what an entry of a printed listing shows beside its own fields."""
        return self.prefetch_related("levels", "audiences", "only_for", "topics", "deliveries")

    def for_feed(self):
        """Loads what only entries of this kind show in feeds."""
        return self

    def list_children(self, ids, load="for_detail"):
        """Returns a list of the rows with these ids, each as the video, tool or course that it is.

        PDFs, feeds and the index need every field. This makes one query for the rows, then a few
        for each kind, whatever the number of rows. `load` names the method that makes these few.
        """
        known = set(self.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        children = {
            child.pk: child
            for kind in registered()
            for child in getattr(kind.model.objects.filter(pk__in=known), load)()
        }
        return [children[pk] for pk in ids if pk in children]

    def list_for_feed(self, ids):
        """Returns the list of list_children(), loaded by for_feed() and with topics."""
        resources = self.list_children(ids, "for_feed")
        prefetch_related_objects(resources, "topics")
        return resources

    def list_for_print(self, ids):
        """Returns the list of list_children(), loaded by for_entry().

        Each row also has `related_shown`: the related entries that readers may see.
        """
        resources = self.list_children(ids, "for_entry")
        shown = (
            apps.get_model("catalog", "Resource").objects.published().only("kind", "slug", "title")
        )
        prefetch_related_objects(resources, Prefetch("related", shown, to_attr="related_shown"))
        return resources
