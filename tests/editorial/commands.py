"""Runs the commands of the demo."""

import io

from django.core.management import call_command


def run_command(name):
    out = io.StringIO()
    call_command(name, stdout=out)
    return out.getvalue().splitlines()
