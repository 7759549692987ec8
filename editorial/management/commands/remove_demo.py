from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from editorial.demo.removing import remove_demo


class Command(BaseCommand):
    help = "Remove all that load_demo made, even if edited. Your own entries and files stay."

    def handle(self, **options):
        removal = remove_demo()
        for course, text in removal.unlinked:
            self.stdout.write(
                _("“%(course)s” still names “%(text)s”, which is now text without a link.")
                % {"course": course, "text": text}
            )
        for term in removal.kept_terms:
            self.stdout.write(_("Kept “%s”: your own entries use it.") % term)
        self.stdout.write(format_total(removal))


def format_total(removal):
    return _(
        "Removed %(entries)d entries (%(edited)d of them edited), "
        "%(terms)d terms and %(files)d files"
    ) % {
        "entries": len(removal.resources),
        "edited": removal.edited,
        "terms": len(removal.terms),
        "files": removal.files,
    }
