import os
import socket
import subprocess
import sys

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils.translation import gettext as _

from lmp_site import one_time_password, static_stamp


class Command(BaseCommand):
    help = "Prepares the database and the static files, then serves the catalog (see `make run`)."
    requires_system_checks = []

    def handle(self, **options):
        """A database without users is a new one: it gets the demo when empty, and an admin.

        The admin comes last, so a start that was interrupted is a first time again.
        """
        refuse_busy_port(settings.PORT)
        self.migrate()
        new = not get_user_model().objects.exists()
        if new and not apps.get_model("catalog", "Resource").objects.exists():
            self.say(_("Loading the demo catalog"))
            call_command("load_demo", verbosity=0)
        self.collect_static()
        if new:
            self.show_admin(*one_time_password.make_admin())
        connection.close()
        start_workers()
        serve()

    def migrate(self):
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise CommandError(_("The database cannot be used: %s") % error) from error

    def show_admin(self, name, password):
        self.say(
            "",
            _("  Sign in at:         %s") % (settings.SITE_URL + reverse("admin:index")),
            _("  Name:               %s") % name,
            _("  One-time password:  %s") % password,
            _("  It is shown only now, and the first sign-in asks for one of your own."),
            _("  Lost it?            .venv/bin/python manage.py changepassword %s") % name,
            "",
        )

    def collect_static(self):
        if not static_stamp.is_current():
            self.say(_("Collecting the static files"))
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            static_stamp.write()

    def say(self, *lines):
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def refuse_busy_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CommandError(_("Port %s may be used by root only.") % port) from error
        except OSError as error:
            sentence = _("Port %(port)s is in use already. Choose another: PORT=%(other)s make run")
            facts = {"port": port, "other": port % 65535 + 1}
            raise CommandError(sentence % facts) from error


def start_workers():
    """They end by themselves when this process, which becomes the server, is gone."""
    subprocess.Popen([sys.executable, settings.BASE_DIR / "manage.py", "work"])


def serve():
    """Becomes gunicorn. Few arenas of memory, and each given back soon, keep its threads small."""
    memory = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
    command = [sys.executable, "-m", "gunicorn", "lmp_site.wsgi"]
    os.chdir(settings.BASE_DIR)
    os.execve(sys.executable, command, os.environ | memory)
