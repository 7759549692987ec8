from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import gettext as _

from catalog.jobs import queue, triggers
from catalog.jobs.supervisor import supervise


class Command(BaseCommand):
    help = "Run the background jobs: previews, image sizes, videos for phones, large PDFs."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--lane", choices=queue.LANES, help=_("Run the jobs of one lane only."))
        parser.add_argument(
            "--name", help=_("Take up the unfinished jobs of the workers of this name.")
        )
        parser.add_argument(
            "--once", action="store_true", help=_("Run the jobs that are waiting now, then stop.")
        )

    def handle(self, lane, name, once, **options):
        lanes = [lane] if lane else list(queue.LANES)
        if once:
            triggers.catch_up()
            queue.run_waiting_jobs([task for each in lanes for task in queue.LANES[each]])
        else:
            connection.close()
            supervise(lanes, name)
