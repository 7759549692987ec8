from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from editorial.demo.removing import remove_demo


class Command(BaseCommand):
    help = "Remove everything that load_demo added, even if edited. Your own entries stay."

    def handle(self, **options):
        removal = remove_demo()
        for course, text in removal.unlinked:
            self.stdout.write(
                _("“%(course)s” still names “%(text)s”, but only as text without a course.")
                % {"course": course, "text": text}
            )
        for term in removal.kept_terms:
            self.stdout.write(_("“%s” stays because your own entries use it.") % term)
        self.stdout.write(removal_summary(removal))


def removal_summary(removal):
    return _(
        "%(entries)d entries removed (%(edited)d of them edited since), "
        "%(terms)d terms and %(files)d files"
    ) % {
        "entries": len(removal.resources),
        "edited": removal.edited,
        "terms": len(removal.terms),
        "files": removal.files,
    }
