"""What the sources of kept answers say in one generation of the catalog."""

from django.db import Error, connection

from catalog.lib import clock
from catalog.lib.connections import close_old_connection
from catalog.lib.sources import NOW, digest_of, hash_of
from catalog.search.index import latest_index

MAX_ANSWERS = 20_000


class State:
    """Asks each source once. Equal digests mean that an answer would be made the same."""

    def __init__(self, number):
        self.number, self.answers = number, {}

    def digest(self, sources):
        """Returns the digest of what Sources say now, None if they cannot be asked."""
        try:
            close_old_connection()
            answers = [self.ask(query) for query in sources.queries]
            index = latest_index() if sources.parts else None
        except Error:
            return None
        return digest_of(answers, (index.stamp_of(key) for key in sources.parts))

    def ask(self, query):
        answer = self.answers.get(query)
        if answer is None:
            answer = hash_of(rows_of(*query))
            if len(self.answers) >= MAX_ANSWERS:
                self.answers.clear()
            self.answers[query] = answer
        return answer


def rows_of(sql, parameters):
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters and [now if value is NOW else value for value in parameters])
        return cursor.fetchall()
