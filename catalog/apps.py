from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalog")

    def ready(self):
        from catalog.jobs import triggers
        from catalog.resources.kinds import register_kinds
        from catalog.search import indexing

        register_kinds()
        indexing.connect()
        triggers.connect()
        post_migrate.connect(indexing.make_index_if_missing, sender=self)
