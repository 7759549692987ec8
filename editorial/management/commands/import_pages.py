import json

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from courses.models import CircleError
from editorial.importing import UnreadableFile, apply_changes, make_plan, read_file


class Command(BaseCommand):
    help = "Read listing pages of the old site and show what they would change; --apply changes it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="page text in UTF-8")
        parser.add_argument("--apply", action="store_true", help="save it in one transaction")
        parser.add_argument("--publish", action="store_true", help="also publish the new entries")
        parser.add_argument(
            "--json", action="store_true", help="print the records as JSON, one object per line"
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
            sentence = _("The database cannot be used (%s). Run `manage.py migrate` first.")
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
            self.stdout.write(_("Nothing was changed. Add --apply to save these changes."))
        self.stdout.write(format_total(changes, notes))


def format_change(change):
    fields = ", ".join(sorted(change.changes)) if change.action == "update" else ""
    return f"{change.action:<16} {change.record.kind:<7} {change.record.title}  {fields}".rstrip()


def format_total(changes, notes):
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
