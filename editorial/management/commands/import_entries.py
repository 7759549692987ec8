import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from catalog.search.processes import count_cores
from editorial.entries.importing import FaultyLines, import_lines

MAX_SHOWN = 20  # faulty lines


class Command(BaseCommand):
    help = "Import entries from a file of JSON lines, all in one transaction."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a file in UTF-8; - reads standard input")
        parser.add_argument("--dry-run", action="store_true", help="check the file, save nothing")

        parser.add_argument(
            "--add-terms",
            action="store_true",
            help="add topics, audiences, regions, dimensions and tool types that do not exist",
        )

    def handle(self, file, dry_run, add_terms, **options):
        started = time.monotonic()
        try:
            with open_lines(file) as lines:
                show = self.show_saved, self.show_indexed
                counts = import_lines(lines, dry_run, add_terms, count_cores(), *show)
        except FaultyLines as error:
            raise CommandError(faults_as_text(error.faults)) from error
        except OSError as error:
            sentence = _("%(file)s cannot be read: %(why)s. Nothing was saved.")
            raise CommandError(sentence % {"file": file, "why": error.strerror}) from error
        except DatabaseError as error:
            sentence = _("Could not use the database (%s). Run `manage.py migrate` to prepare it.")
            raise CommandError(sentence % error) from error
        except KeyboardInterrupt:
            self.stderr.write(_("\nStopped. Nothing was saved."))
            raise SystemExit(130) from None
        total = counts.total()
        sentence = _("Nothing was saved. %(total)s can be imported: %(kinds)s.")
        if not dry_run:
            sentence = _("Imported %(total)s: %(kinds)s. It took %(seconds).1f s.")
        facts = {"total": counted(total), "seconds": time.monotonic() - started}
        kinds = ", ".join(f"{count:,} × {kind}" for kind, count in sorted(counts.items()))
        self.stdout.write(sentence % (facts | {"kinds": kinds or "-"}))

    def show_saved(self, done):
        self.show(_("Read {:,} entries").format(done), "\r")

    def show_indexed(self, done, total):
        text = _("Indexed {:,} of {:,} entries").format(done, total)
        self.show(text, "\n" if done == total else "\r")

    def show(self, text, end):
        self.stdout.write(text, ending=end)
        self.stdout.flush()


@contextmanager
def open_lines(file):
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as lines:
        yield lines


def faults_as_text(faults):
    """Returns the first MAX_SHOWN faults, one on each line, and how many more there are."""
    shown = [
        _("Line %(line)d: %(sentence)s") % {"line": line, "sentence": sentence}
        if line
        else sentence
        for line, sentence in faults[:MAX_SHOWN]
    ]
    if (more := len(faults) - MAX_SHOWN) > 0:
        shown.append(_("%d more lines have faults.") % more)
    return "\n".join([*shown, _("Nothing was saved.")])


def counted(total):
    return _("1 entry") if total == 1 else _("{:,} entries").format(total)
