"""The notice for a printed list whose code is scanned: what changed in the list since that day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.editions import list_prints
from catalog.editions.list_prints import address_with_code
from catalog.lib.id_sets import IdSet
from catalog.models import Edition, Resource
from catalog.printing import handouts
from tests.admin import parse_page
from tests.makers import days_ago, make_course, make_tool, make_video

pytestmark = pytest.mark.django_db


def day(ago):
    return f"{timezone.localdate() - timedelta(days=ago):%Y%m%d}"


def old_tool(title, **fields):
    """A tool that was published thirty days ago and not changed since."""
    tool = make_tool(title, published=days_ago(30), **fields)
    Edition.objects.filter(resource=tool).update(made_at=days_ago(30))
    return tool


def notice(client, address):
    [found] = parse_page(client.get(address)).xpath("//section[contains(@class, 'print-notice')]")
    return " ".join(found.text_content().split())


def test_without_a_code_there_is_no_notice(client):
    assert "print-notice" not in client.get("/tools/").content.decode()


def test_a_print_of_an_unchanged_list_is_current(client):
    old_tool("Waste Walk")
    words = notice(client, f"/tools/?list={day(5)}")
    assert words.startswith("Your print is current Nothing on this list has changed since ")
    assert "Print the new version" not in words


def test_a_new_entry_is_named(client):
    old_tool("Waste Walk")
    make_tool("Icebreaker", published=days_ago(1))
    words = notice(client, f"/tools/?list={day(5)}")
    assert "Your print is out of date" in words and "New: Icebreaker" in words
    assert "Waste Walk" not in words and words.endswith("Print the new version")


def test_a_changed_entry_is_named_with_the_labels_of_its_changes(client):
    tool = old_tool("Waste Walk")
    tool.summary = "Look twice."
    tool.save()
    assert "Changed: Waste Walk (Summary)" in notice(client, f"/tools/?list={day(5)}")


def test_a_withdrawn_entry_is_named_with_its_replacement(client):
    new = make_tool("Icebreaker", published=days_ago(9))
    old = old_tool("Waste Walk", topics=["Teams"], unpublished_at=days_ago(1))
    Resource.objects.filter(pk=old.pk).update(replaced_by=new.pk)
    for address in ("/tools/", "/topics/teams/", "/new/"):
        words = notice(client, f"{address}?list={day(5)}")
        assert "Withdrawn: Waste Walk. Use this instead: Icebreaker" in words
    assert "Withdrawn" not in notice(client, f"/videos/?list={day(5)}")


def test_a_draft_is_never_named(client):
    make_tool("Secret", published=False)
    make_tool("Tomorrow", published=days_ago(-1))
    words = notice(client, f"/tools/?list={day(5)}")
    assert "Secret" not in words and "Tomorrow" not in words


def test_the_notice_names_only_entries_that_pass_the_filters(client):
    make_tool("Level two", levels=[2], published=days_ago(1))
    make_tool("Level four", levels=[4], published=days_ago(1))
    words = notice(client, f"/tools/?level=2&list={day(5)}")
    assert "Level two" in words and "Level four" not in words


@pytest.mark.parametrize(
    "asked", ["", "x", "20261340", "99991231", "2026-01-01", "²0260101", "0" * 5000]
)
def test_an_unreadable_day_gets_a_notice(client, asked):
    words = notice(client, f"/tools/?list={asked}")
    assert words.startswith("We cannot check this copy")


def test_changes_beyond_twenty_are_only_counted(client, monkeypatch):
    for number in range(25):
        make_tool(f"Tool {number:02}", published=days_ago(1))
    words = notice(client, f"/tools/?list={day(5)}")
    assert words.count("New:") == 20 and "and 5 more" in words


def test_a_packet_names_its_changed_and_withdrawn_items(client):
    tool = old_tool("Waste Walk")
    withdrawn = old_tool("Icebreaker", unpublished_at=days_ago(1))
    tool.title = "Waste Hunt"
    tool.save()
    codes = ".".join(item.get_short_url().rpartition("/")[2] for item in (tool, withdrawn))
    words = notice(client, f"/packet/?items={codes}&list={day(5)}")
    assert "Changed: Waste Hunt (Title)" in words and "Withdrawn: Icebreaker" in words


def test_a_plan_names_its_changed_courses(client):
    course = make_course("Sponsoring", levels=[2], published=days_ago(30))
    Edition.objects.filter(resource=course).update(made_at=days_ago(30))
    address = f"/path/plan/?want={course.slug}&list="
    assert notice(client, address + day(5)).startswith("Your print is current")
    course.summary = "How to sponsor."
    course.save()
    assert "Changed: Sponsoring (Summary)" in notice(client, address + day(5))


def test_the_code_on_a_printed_list_has_the_day(client, monkeypatch):
    from catalog.packets import pdf
    from courses import plan_pdf

    addresses = []
    for module in (handouts, pdf, plan_pdf):
        monkeypatch.setattr(module, "qr_image", lambda address: addresses.append(address) or "")
    course = make_course("Sponsoring")
    client.get("/tools.pdf?level=2")
    client.get(f"/packet.pdf?items={course.get_short_url().rpartition('/')[2]}")
    client.get(f"/path/plan.pdf?want={course.slug}")
    lists = [address for address in addresses if "list=" in address]
    assert len(lists) == 3 and all(f"list={day(0)}-" in address for address in lists)


def test_the_notice_takes_as_many_queries_for_twice_as_many_entries(client):
    counts = []
    for _round in range(2):
        for number in range(3):
            make_tool(f"New {number}", published=days_ago(1))
            make_video(f"Video {number}", published=days_ago(1))
            changed = old_tool(f"Old {number}")
            changed.summary = "Another."
            changed.save()
            old_tool(f"Gone {number}", unpublished_at=days_ago(1))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/new/?list={day(5)}-{'A' * 20}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_withdrawn_entry_that_was_published_on_the_day_of_the_print_is_named(client):
    make_tool("Short-lived", published=days_ago(5), unpublished_at=days_ago(2))
    assert "Withdrawn: Short-lived" in notice(client, f"/tools/?list={day(5)}")


def test_withdrawn_entries_of_searches_and_tags_are_named(client):
    old_tool("Waste Walk", tags=["huddle"], unpublished_at=days_ago(1))
    old_tool("Waste Hunt", tags=["huddle"])
    for address in ("/search/?q=waste", "/tags/huddle/?"):
        assert "Withdrawn: Waste Walk" in notice(client, f"{address}&list={day(5)}")


def test_new_entries_are_named_even_if_many_changed(client, monkeypatch):

    for number in range(8):
        tool = old_tool(f"Old {number}")
        tool.summary = "Another."
        tool.save()
    make_tool("New one", published=days_ago(1))
    monkeypatch.setattr(list_prints, "MAX_READ", 5)
    words = notice(client, f"/tools/?list={day(5)}")
    assert "New: New one" in words and "and 3 more" in words


# ---- Entries that an edit added to the list or removed from it ----


def code(members, ago=0):
    """Returns the code of a list with these members that was printed `ago` days ago."""
    address = address_with_code("/", IdSet(member.pk for member in members))
    return address.partition("list=")[2].replace(day(0), day(ago))


@pytest.fixture
def teams():
    return [
        old_tool(title, topics=["Teams"]) for title in ("Waste Walk", "Huddle card", "Icebreaker")
    ]


def test_an_entry_that_an_edit_removed_from_the_list_is_named(client, teams):
    printed = code(teams, 5)
    teams[0].topics.clear()
    words = notice(client, f"/topics/teams/?list={printed}")
    assert words.count("Removed from this list:") == 1
    assert "Removed from this list: Waste Walk" in words and "Huddle card" not in words


def test_an_entry_that_an_edit_added_to_the_list_is_named(client, teams):
    other = old_tool("Ask why")
    other.topics.set(teams[0].topics.all())
    words = notice(client, f"/topics/teams/?list={code(teams, 5)}")
    assert "Added to this list: Ask why" in words and "Changed" not in words


def test_one_notice_names_changes_of_every_sort(client, teams):
    printed = code(teams, 5)
    teams[0].topics.clear()
    teams[1].summary = "Look twice."
    teams[1].save()
    Resource.objects.filter(pk=teams[2].pk).update(unpublished_at=days_ago(1))
    make_tool("Ask why", topics=["Teams"], published=days_ago(1))
    words = notice(client, f"/topics/teams/?list={printed}")
    for sentence in (
        "New: Ask why",
        "Changed: Huddle card (Summary)",
        "Withdrawn: Icebreaker",
        "Removed from this list: Waste Walk",
    ):
        assert sentence in words


def test_a_print_of_today_is_current_until_an_entry_is_published(client):
    printed = code([make_tool("Waste Walk", published=days_ago(0))])
    assert notice(client, f"/tools/?list={printed}").startswith("Your print is current")
    make_tool("Ask why", published=days_ago(0))
    words = notice(client, f"/tools/?list={printed}")
    assert "New: Ask why" in words and "Waste Walk" not in words


def test_an_entry_withdrawn_on_the_same_day_but_before_the_print_is_not_named(client, teams):
    Resource.objects.filter(pk=teams[0].pk).update(unpublished_at=days_ago(0))
    printed = code(teams[1:])
    assert notice(client, f"/topics/teams/?list={printed}").startswith("Your print is current")
    assert "Withdrawn: Waste Walk" in notice(client, f"/topics/teams/?list={code(teams)}")


def test_an_entry_changed_on_the_same_day_but_before_the_print_is_not_named(client, teams):
    teams[0].summary = "Look twice."
    teams[0].save()
    printed = code(teams)
    assert notice(client, f"/topics/teams/?list={printed}").startswith("Your print is current")
    teams[0].summary = "Look three times."
    teams[0].save()
    words = notice(client, f"/topics/teams/?list={printed}")
    assert "Changed: Waste Walk (Summary)" in words


def test_several_entries_that_edits_removed_are_named(client, teams):
    for title in ("Ask why", "Say it", "Look twice"):
        teams.append(old_tool(title, topics=["Teams"]))
    printed = code(teams, 5)
    for tool in teams[:4]:
        tool.topics.clear()
    words = notice(client, f"/topics/teams/?list={printed}")
    assert words.count("Removed from this list:") == 4 and "Other entries" not in words


def test_several_entries_that_lost_a_tag_are_named(client):
    tools = [old_tool(f"Tool {number}", tags=["huddle"]) for number in range(4)]
    printed = code(tools, 5)
    for tool in tools[:2]:
        tool.tags.clear()
    words = notice(client, f"/tags/huddle/?list={printed}")
    assert words.count("Removed from this list:") == 2 and "Other entries" not in words


def test_new_entries_of_the_day_of_the_print_and_removed_ones_are_told_apart(client, teams):
    early = make_tool("Early", topics=["Teams"], published=days_ago(0))
    printed = code([*teams, early])
    for tool in teams[:2]:
        tool.topics.clear()
    make_tool("Late", topics=["Teams"], published=days_ago(0))
    words = notice(client, f"/topics/teams/?list={printed}")
    assert words.count("Removed from this list:") == 2
    assert "New: Late" in words and "New: Early" not in words


def test_an_entry_scheduled_for_later_today_is_not_named(client, teams):
    later = timezone.now() + timedelta(minutes=1)
    make_tool("Secret", topics=["Teams"], published=later, unpublished_at=days_ago(-30))
    for printed in (day(0), code(teams), code(teams, 5)):
        assert "Secret" not in notice(client, f"/topics/teams/?list={printed}")


def test_a_withdrawn_course_of_a_plan_is_named(client):
    first, then = (make_course(title, published=days_ago(30)) for title in ("First", "Then"))
    then.requirements.create(text="First", named_course=first)
    Edition.objects.update(made_at=days_ago(30))
    printed = code([first, then], 5)
    Resource.objects.filter(pk=first.pk).update(unpublished_at=days_ago(1), replaced_by=then.pk)
    words = notice(client, f"/path/plan/?want={then.slug}&list={printed}")
    assert "Withdrawn: First. Use this instead: Then" in words and "Other entries" not in words


def test_too_many_possible_changes_are_reported_without_names(client, teams, monkeypatch):
    printed = code(teams, 5)
    for tool in teams:
        tool.topics.clear()
    monkeypatch.setattr(list_prints, "MAX_MOVED", 0)
    words = notice(client, f"/topics/teams/?list={printed}")
    assert (
        "Other entries were added to this list or removed from it." in words
        and "Waste Walk" not in words
    )


def test_an_unknown_digest_is_reported_as_other_entries(client, teams):
    words = notice(client, f"/topics/teams/?list={day(5)}-{'A' * 20}")
    assert "Other entries were added to this list or removed from it." in words


def test_a_course_that_left_a_plan_is_named(client):
    first, then = (make_course(title, published=days_ago(30)) for title in ("First", "Then"))
    then.requirements.create(text="First", named_course=first)
    Edition.objects.update(made_at=days_ago(30))
    printed = code([first, then], 5)
    address = f"/path/plan/?want={then.slug}&list={printed}"
    assert notice(client, address).startswith("Your print is current")
    then.requirements.all().delete()
    words = notice(client, address)
    assert "Changed: Then (Course requirements)" in words
    assert "Removed from this list: First" in words


def test_an_entry_that_lost_a_tag_is_named(client):
    tools = [old_tool(title, tags=["huddle"]) for title in ("Waste Walk", "Icebreaker")]
    printed = code(tools, 5)
    tools[0].tags.clear()
    words = notice(client, f"/tags/huddle/?list={printed}")
    assert "Removed from this list: Waste Walk" in words


@given(st.sets(st.integers(1, 5000), max_size=90), st.data())
def test_the_subset_that_has_a_digest_is_found(candidates, data):
    some = data.draw(st.sets(st.sampled_from(sorted(candidates)))) if candidates else set()
    part = IdSet(some)
    assert list_prints.subset(IdSet(candidates), list_prints.digest_of(part)) == part


@given(st.text(max_size=40) | st.from_regex(list_prints.CODE, fullmatch=True))
def test_any_text_as_a_code_has_no_future_day(asked):
    code = list_prints.Code.read(asked)
    assert code == list_prints.Code() or code.day <= timezone.localdate()
