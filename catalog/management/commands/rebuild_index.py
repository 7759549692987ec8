import time

from django.core.management.base import BaseCommand

from catalog.search import engines, indexing
from catalog.search.processes import count_cores


class Command(BaseCommand):
    help = "Rebuild the search index. The site stays up, and you can press Ctrl-C at any time."

    def handle(self, **options):
        started = time.monotonic()
        try:
            indexing.rebuild(self.show_progress, count_cores())
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. Run the command again to rebuild the rest of the index.")
            raise SystemExit(130) from None
        self.stdout.write(self.report(time.monotonic() - started))

    def show_progress(self, done, total):
        end = "\n" if done == total else "\r"
        self.stdout.write(f"Indexed {done:,} of {total:,} entries", ending=end)
        self.stdout.flush()

    def report(self, seconds):
        return f"Done in {seconds:.1f} s. The search words take {engines.size() / 1e6:.1f} MB."
