from django.db import connection


def close_old_connection():
    """Closes this thread's connection if it is broken or old; the next query opens another.

    Django does this for its own requests only.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
