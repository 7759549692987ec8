from django.apps import AppConfig, apps


class SiteConfig(AppConfig):
    name = "lmp_site"

    def ready(self):
        from django.db.models.signals import post_migrate, pre_migrate

        from lmp_site.page_store import changes

        # Django sends these signals only for apps with models, the last time after all migrations.
        catalog = apps.get_app_config("catalog")
        pre_migrate.connect(changes.drop_triggers, sender=catalog)
        post_migrate.connect(changes.create_triggers, sender=catalog)
