import json

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from courses.models import CircleError
from editorial.importing import UnreadableFile, apply_changes, make_plan, read_file


class Command(BaseCommand):
    help = "Show what listing pages of the old site would change. With --apply, save the changes."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="a page as text in UTF-8")
        parser.add_argument(
            "--apply", action="store_true", help="save the changes, in one transaction"
        )
        parser.add_argument("--publish", action="store_true", help="also publish the saved entries")
        parser.add_argument(
            "--json", action="store_true", help="print the records, one JSON object per line"
        )

    def handle(self, files, **options):
        if options["publish"] and not options["apply"]:
            raise CommandError(_("--publish needs --apply."))
        try:
            pages = [read_file(file) for file in files]
        except UnreadableFile as error:
            raise CommandError(_("%s Nothing was changed.") % error) from error
        if options["json"]:
            return self.print_records(pages)
        try:
            self.import_pages(pages, options)
        except CircleError as error:
            raise CommandError(_("%s Nothing was changed.") % " ".join(error.messages)) from error
        except DatabaseError as error:
            sentence = _("Could not use the database (%s). Run `manage.py migrate` to prepare it.")
            raise CommandError(sentence % error) from error

    def print_records(self, pages):
        for page in pages:
            for record in page.records:
                self.stdout.write(json.dumps(record.as_json(), ensure_ascii=False))

    def import_pages(self, pages, options):
        changes, notes = make_plan(pages)
        if options["apply"]:
            apply_changes(changes, publish=options["publish"])
        for change in changes:
            self.stdout.write(format_change(change))
        for note in notes:
            self.stdout.write(_("needs attention  %(file)s:%(line)d  %(sentence)s") % vars(note))
        if not options["apply"]:
            self.stdout.write(_("Nothing was changed. Use --apply to save these changes."))
        self.stdout.write(import_summary(changes, notes))


def format_change(change):
    fields = ", ".join(sorted(change.changes)) if change.action == "update" else ""
    return f"{change.action:<16} {change.record.kind:<7} {change.record.title}  {fields}".rstrip()


def import_summary(changes, notes):
    actions = [change.action for change in changes]
    return _(
        "%(created)d created, %(updated)d updated, %(unchanged)d unchanged, "
        "%(attention)d need attention"
    ) % {
        "created": actions.count("create"),
        "updated": actions.count("update"),
        "unchanged": actions.count("unchanged"),
        "attention": len(notes),
    }
