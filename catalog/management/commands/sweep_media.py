from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.jobs import sweeping

MAX_AGE_HOURS = 24 * 365 * 100


class Command(BaseCommand):
    help = "List the uploaded files that no entry uses. With --delete, remove them."

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help=_("Remove these files."))
        parser.add_argument(
            "--younger-than",
            type=hours,
            default=24,
            metavar="HOURS",
            help=_("Keep files that changed in the last HOURS (24): an upload may be running."),
        )

    def handle(self, delete, younger_than, **options):
        in_use, before = read_names_in_use(), sweeping.hours_ago(younger_than)
        if delete and not in_use:
            sentence = _("No entry uses a file. Is this the right database? Nothing was removed.")
            raise CommandError(sentence)
        strays = sweeping.strays(default_storage, in_use, before)
        if delete:
            self.delete_strays(strays)
            sweeping.remove_empty_folders(default_storage, before)
        else:
            self.stdout.write(stray_summary(*self.list_and_count(strays)))

    def delete_strays(self, strays):
        failed = []
        removed = self.delete_each(strays, failed)
        self.stdout.write(removal_summary(*self.list_and_count(removed)))
        if failed:
            sentence = ngettext(
                "Could not remove %d file.", "Could not remove %d files.", len(failed)
            )
            raise CommandError(sentence % len(failed))

    def delete_each(self, strays, failed):
        """Yields each stray that it removed. Adds the others to `failed` and prints the reason."""
        for stray in strays:
            try:
                sweeping.remove(default_storage, stray)
            except OSError as error:
                failed.append(stray)
                self.stderr.write(f"{stray.name}: {error.strerror or error}")
            else:
                yield stray

    def list_and_count(self, strays):
        """Prints each stray and returns (number of files, number of bytes)."""
        count = size = 0
        for stray in strays:
            self.stdout.write(f"{stray.name}  {filesizeformat(stray.size)}")
            count, size = count + 1, size + stray.size
        return count, size


def hours(text):
    """Returns a number. For a ValueError argparse says "invalid hours value", by this name."""
    number = float(text)
    if not 0 <= number <= MAX_AGE_HOURS:
        raise ValueError
    return number


def read_names_in_use():
    try:
        return sweeping.names_in_use()
    except DatabaseError as error:
        sentence = _("Could not read which files are in use (%s). Nothing was removed.")
        raise CommandError(sentence % error) from error


def stray_summary(count, size):
    if not count:
        return _("All files are in use or too new to remove.")
    sentence = ngettext(
        "%(count)d file is not in use: %(size)s. Use --delete to remove it.",
        "%(count)d files are not in use: %(size)s. Use --delete to remove them.",
        count,
    )
    return sentence % {"count": count, "size": filesizeformat(size)}


def removal_summary(count, size):
    sentence = ngettext(
        "%(count)d file removed: %(size)s.", "%(count)d files removed: %(size)s.", count
    )
    return sentence % {"count": count, "size": filesizeformat(size)}
