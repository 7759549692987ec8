import time

from django.core.management.base import BaseCommand

from catalog.search import engines, indexing


class Command(BaseCommand):
    help = "Makes the index of the catalog anew. Readers go on meanwhile, and Ctrl-C may stop it."

    def handle(self, **options):
        began = time.monotonic()
        try:
            indexing.rebuild(self.show)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. What was not reached stays as it was; call it again.")
            raise SystemExit(130) from None
        self.stdout.write(self.report(time.monotonic() - began))

    def show(self, done, total):
        end = "\n" if done == total else "\r"
        self.stdout.write(f"{done} of {total} ({100 * done // total} %)", ending=end)
        self.stdout.flush()

    def report(self, seconds):
        return f"Done in {seconds:.1f} s; the words take {engines.size() / 1e6:.1f} MB."
