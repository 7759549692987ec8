import socket

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.jobs.supervisor import supervise
from catalog.sandbox.client import end_sandbox_processes
from lmp_site import one_time_password, static_fingerprint
from lmp_site.server.master import serve


class Command(BaseCommand):
    help = "Prepare the database and the static files, then serve the catalog (see `make run`)."
    requires_system_checks = []

    def handle(self, **options):
        """A database without users is new: it gets an admin, and the demo if it has no entries.

        The admin comes last, so that the next start repeats a first start that was interrupted.
        """
        check_port_is_free(settings.PORT)
        self.migrate()
        is_first_start = not get_user_model().objects.exists()
        if is_first_start and not apps.get_model("catalog", "Resource").objects.exists():
            self.say(_("Loading the demo catalog"))
            call_command("load_demo", verbosity=0)
        self.collect_static()
        if is_first_start:
            self.print_sign_in(*one_time_password.create_admin())
        end_sandbox_processes()  # they have read the demo's files
        connection.close()
        serve(settings.PORT, supervise)

    def migrate(self):
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise CommandError(_("Could not use the database: %s") % error) from error

    def print_sign_in(self, name, password):
        self.say(
            "",
            _("  Sign in at:         %s") % (settings.SITE_URL + reverse("admin:index")),
            _("  Name:               %s") % name,
            _("  One-time password:  %s") % password,
            _("  We show this password only once. You choose your own when you sign in."),
            _("  Forgot it?          .venv/bin/python manage.py changepassword %s") % name,
            "",
        )

    def collect_static(self):
        if not static_fingerprint.is_current():
            self.say(_("Collecting the static files"))
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            static_fingerprint.save()

    def say(self, *lines):
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def check_port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CommandError(_("Only root can use port %s.") % port) from error
        except OSError as error:
            sentence = _("Port %(port)s is already in use. Choose another: PORT=%(other)s make run")
            facts = {"port": port, "other": port % 65535 + 1}
            raise CommandError(sentence % facts) from error
