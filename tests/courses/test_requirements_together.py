"""Two editors save at the same time, and together their rows would close a circle."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction

from courses.models import CircleError, Requirement
from tests.makers import make_course

pytestmark = pytest.mark.django_db(transaction=True)


def require(course, named, ready, refusals):
    """Saves as a form does: reads, waits until the other thread has read too, then saves."""
    try:
        with transaction.atomic():
            row = Requirement(course=course, named_course=named)
            assert not course.requirements.exists()
            ready.wait()
            row.save()
    except CircleError as error:
        refusals += error.messages
    finally:
        connections.close_all()


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="SQLite begins each writing transaction only when the one before has ended.",
)
def test_one_of_two_saves_that_together_close_a_circle_is_refused():
    a, b = make_course("A"), make_course("B")
    ready, refusals = Barrier(2, timeout=20), []
    threads = [Thread(target=require, args=(*pair, ready, refusals)) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Requirement.objects.count() == 1
    assert len(refusals) == 1 and "would make a circle" in refusals[0]
