from catalog.management.commands import run_jobs


class Command(run_jobs.Command):
    help = "The old name of run_jobs. It stops working in the next release."

    def handle(self, **options):
        self.stderr.write("The command work is now called run_jobs. Use that name.")
        super().handle(**options)
