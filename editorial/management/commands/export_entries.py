from django.core.management.base import BaseCommand

from editorial.entries.exporting import export_lines


class Command(BaseCommand):
    help = "Write all entries as JSON lines, which import_entries reads."

    def handle(self, **options):
        for line in export_lines():
            self.stdout.write(line)
