from django.apps import AppConfig


class PodcastsConfig(AppConfig):
    """A fourth kind of resource, which only tests install. No other file knows it."""

    name = "tests.podcasts"

    def ready(self):
        from catalog.kinds import Kind, register
        from tests.podcasts.models import Podcast

        register(
            Kind(
                name="podcast",
                model=Podcast,
                position=4,
                label="Podcast",
                plural="Podcasts",
                summary="Talks to listen to on the way to work.",
                path="podcasts",
                count=lambda n: f"{n} podcasts",
                page_template="podcasts/page.html",
                pdf_template="podcasts/pdf.html",
                context=lambda podcast: {"host": podcast.host},
            )
        )
