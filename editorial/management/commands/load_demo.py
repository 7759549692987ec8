from collections import Counter

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from catalog.models import Resource
from editorial.demo.loading import load_demo


class Command(BaseCommand):
    help = "Add the demo catalog. Entries that exist already stay as they are."

    def handle(self, **options):
        made, existing = load_demo()
        kinds = Counter(item.kind for item in made if isinstance(item, Resource))
        self.stdout.write(
            _(
                "Added %(videos)d videos, %(tools)d tools, %(courses)d courses and "
                "%(terms)d terms; %(existing)d entries existed already"
            )
            % {
                "videos": kinds["video"],
                "tools": kinds["tool"],
                "courses": kinds["course"],
                "terms": len(made) - kinds.total(),
                "existing": existing,
            }
        )
