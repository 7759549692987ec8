from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.jobs import sweeping

LONGEST = 24 * 365 * 100  # hours


class Command(BaseCommand):
    help = "Lists, or with --delete removes, the files in the storage that no entry refers to."

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help=_("Remove them."))
        parser.add_argument(
            "--younger-than",
            type=hours,
            default=24,
            metavar="HOURS",
            help=_("What changed in the last HOURS (24) stays: an upload may be under way."),
        )

    def handle(self, delete, younger_than, **options):
        in_use, before = names_in_use(), sweeping.hours_ago(younger_than)
        if delete and not in_use:
            sentence = _("No entry refers to a file: is this the right database? Nothing was done.")
            raise CommandError(sentence)
        strays = sweeping.strays(default_storage, in_use, before)
        if delete:
            self.delete(strays)
            sweeping.remove_empty_folders(default_storage, before)
        else:
            self.stdout.write(found(*self.told(strays)))

    def delete(self, strays):
        kept = []
        self.stdout.write(removed(*self.told(self.removed(strays, kept))))
        if kept:
            raise CommandError(_("Could not be removed: %d.") % len(kept))

    def removed(self, strays, kept):
        """Each of `strays` that is gone then; the others go to `kept`, and are told why."""
        for stray in strays:
            try:
                sweeping.remove(default_storage, stray)
            except OSError as error:
                kept.append(stray)
                self.stderr.write(f"{stray.name}: {error.strerror or error}")
            else:
                yield stray

    def told(self, strays):
        """(how many there are, of how many bytes), after each was named."""
        count = size = 0
        for stray in strays:
            self.stdout.write(f"{stray.name}  {filesizeformat(stray.size)}")
            count, size = count + 1, size + stray.size
        return count, size


def hours(text):
    """A number of hours; argparse makes a sentence of the ValueError for any other text."""
    number = float(text)
    if not 0 <= number <= LONGEST:
        raise ValueError
    return number


def names_in_use():
    try:
        return sweeping.names_in_use()
    except DatabaseError as error:
        sentence = _("What is in use cannot be read (%s). Nothing was done.")
        raise CommandError(sentence % error) from error


def found(count, size):
    if not count:
        return _("Everything is in use, or too new to tell.")
    sentence = ngettext(
        "%(count)d file is in no use: %(size)s. --delete removes it.",
        "%(count)d files are in no use: %(size)s. --delete removes them.",
        count,
    )
    return sentence % {"count": count, "size": filesizeformat(size)}


def removed(count, size):
    sentence = ngettext(
        "%(count)d file removed: %(size)s.", "%(count)d files removed: %(size)s.", count
    )
    return sentence % {"count": count, "size": filesizeformat(size)}
