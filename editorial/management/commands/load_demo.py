from collections import Counter

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from catalog.models import Resource
from editorial.demo.loading import load


class Command(BaseCommand):
    help = "Fill the catalog with the demo: what is missing is made, what is there stays."

    def handle(self, **options):
        made, left = load()
        kinds = Counter(thing.kind for thing in made if isinstance(thing, Resource))
        self.stdout.write(
            _(
                "%(videos)d videos, %(tools)d tools, %(courses)d courses and %(terms)d terms made, "
                "%(left)d entries were there"
            )
            % {
                "videos": kinds["video"],
                "tools": kinds["tool"],
                "courses": kinds["course"],
                "terms": len(made) - kinds.total(),
                "left": left,
            }
        )
