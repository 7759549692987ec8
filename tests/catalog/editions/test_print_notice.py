"""The notice for a printed sheet whose code is scanned, and the changes of entries since a day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.editions.changes import Change, State, changes_since, replacements
from catalog.models import Edition, Resource, Tool
from courses.models import Course
from tests.admin import admin_url, errors_in, parse_page, sign_in, sign_in_as_root, submit_form
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


def words_of(element):
    return " ".join(element.text_content().split())


def change(resource, **fields):
    row = type(resource).objects.get(pk=resource.pk)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def withdraw(resource, days=1, **fields):
    if resource.published_at >= days_ago(days):
        fields["published_at"] = days_ago(days + 1)
    change(resource, unpublished_at=days_ago(days), **fields)


def text_of(response):
    main = parse_page(response).xpath("//main")[0]
    return " ".join(main.text_content().split())


def notice_in(response):
    found = parse_page(response).xpath("//section[@aria-labelledby='your-print']")
    return " ".join(found[0].text_content().split()) if found else None


def scan(client, address):
    return client.get(address, follow=True)


class TestAPrint:
    @pytest.mark.parametrize("make", [make_video, make_tool, make_course])
    def test_a_print_of_the_newest_edition_is_current(self, client, make):
        resource = make()
        address = resource.get_print_url()
        assert address == f"{resource.get_short_url()}/1" and len(address) < 12
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"] == f"{resource.get_absolute_url()}?edition=1"
        notice = notice_in(scan(client, address))
        assert notice.startswith("Your print is current It is version 1 of ")

    def test_a_print_of_an_older_edition_gets_a_list_of_changes(self, client):
        tool = make_tool("Huddle cards", minutes_min=120, minutes_max=120, body="<p>Old</p>")
        tool.only_for.set(make_tool("Other", only_for=["Sponsors"]).only_for.all())
        old = Tool.objects.get(pk=tool.pk).get_print_url()
        change(tool, minutes_min=60, minutes_max=60)
        change(tool, body="<p>New</p>", best_used="In the morning.")
        tool.only_for.clear()
        response = scan(client, old)
        notice = notice_in(response)
        assert notice.startswith("Your print is out of date It is version 2 of ")
        assert "This page is version 5 of" in notice
        items = parse_page(response).xpath("//section[@aria-labelledby='your-print']//li")
        assert [words_of(item) for item in items] == [
            "Text: changed",
            "Time needed: 1 hour, was 2 hours",
            "Only for: removed, was Sponsors",
            "Best used: In the morning. (new)",
        ]
        links = parse_page(response).xpath("//section[@aria-labelledby='your-print']//a/@href")
        assert links == ["/tools/huddle-cards.pdf"]

    def test_long_texts_are_shown_one_below_the_other(self, client):
        before, now = "Co-leads who have led a team for a year.", "Everybody who leads a team."
        tool = make_tool("Huddle cards", audience_text=before)
        old = tool.get_print_url()
        change(tool, audience_text=now)
        [item] = parse_page(scan(client, old)).xpath("//section[@aria-labelledby='your-print']//li")
        assert words_of(item) == f"Intended audience: {now} Before: {before}"
        assert [span.get("class") for span in item.xpath(".//span")] == ["before"]

    def test_a_print_is_current_again_after_a_change_is_undone(self, client):
        tool = make_tool("Huddle cards")
        change(tool, title="Huddle Cards")
        change(tool, title="Huddle cards")
        assert "Your print is current" in notice_in(scan(client, f"{tool.get_short_url()}/1"))
        assert "out of date" in notice_in(scan(client, f"{tool.get_short_url()}/2"))

    @pytest.mark.parametrize("number", ["9", "0", "007", "99999999999999999999999"])
    def test_an_unknown_number_still_shows_the_page(self, client, number):
        response = scan(client, f"{make_tool('Huddle cards').get_short_url()}/{number}")
        assert response.status_code == 200
        assert "We cannot check this copy" in notice_in(response)
        assert "<h1>Huddle cards</h1>" in response.content.decode()

    @pytest.mark.parametrize("number", ["", "x", "-1", "²", "1.0", "%00", "<b>", "1" * 5000])
    def test_a_value_that_is_not_a_number_is_unknown_too(self, client, number):
        response = client.get("/tools/cards/", {"edition": number}) if make_tool("Cards") else None
        assert "We cannot check this copy" in notice_in(response)

    def test_the_notice_is_there_after_the_pages_address_changed(self, client):
        tool = make_tool("Huddle cards")
        change(tool, slug="cards")
        assert "Your print is current" in notice_in(scan(client, "/tools/huddle-cards/?edition=1"))

    def test_no_link_of_the_page_has_the_number(self, client):
        response = scan(client, make_tool().get_print_url())
        assert "edition=" not in response.content.decode()

    def test_a_scan_sets_no_cookie(self, client):
        response = scan(client, make_tool().get_print_url())
        assert not response.cookies and not client.cookies

    def test_the_notice_takes_one_query_more_than_the_page(self, client):
        tool = make_tool()
        for number in range(5):
            change(tool, summary=f"Summary {number}")
        client.get(tool.get_absolute_url())  # reads the names of terms, as after each change
        without = count_queries(lambda: client.get(tool.get_absolute_url()))
        few = count_queries(lambda: client.get(tool.get_absolute_url() + "?edition=1"))
        for number in range(5, 10):
            change(tool, summary=f"Summary {number}")
        client.get(tool.get_absolute_url())
        assert count_queries(lambda: client.get(tool.get_absolute_url())) == without
        assert count_queries(lambda: client.get(tool.get_absolute_url() + "?edition=1")) == few
        assert few == without + 1


def count_queries(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


class TestWhatIsWithdrawn:
    def test_a_withdrawn_page_says_when_and_shows_the_replacement(self, client):
        tool = make_tool("Old cards")
        withdraw(tool, replaced_by=make_video("New video").resource_ptr)
        left = timezone.localtime(Tool.objects.get(pk=tool.pk).unpublished_at)
        for address in (
            tool.get_short_url(),
            f"{tool.get_short_url()}/1",
            f"{tool.get_short_url()}/99",
            tool.get_absolute_url(),
        ):
            response = client.get(address)
            assert response.status_code == 410
            assert f"This was withdrawn on {left:%B} {left.day}, {left.year}." in text_of(response)
            assert parse_page(response).xpath("//main//h3/a/@href") == ["/videos/new-video/"]

    def test_a_withdrawn_page_without_a_replacement_offers_other_links(self, client):
        tool = make_tool("Old & gold", topics=["Roles"])
        withdraw(tool)
        response = client.get(tool.get_short_url())
        assert response.status_code == 410
        links = parse_page(response).xpath("//main//section//a/@href")
        assert links == ["/topics/roles/", "/search/?q=Old%20%26%20gold", "/topics/"]
        assert client.get(tool.get_absolute_url()).status_code == 404

    def test_the_first_public_replacement_in_a_chain_is_shown(self, client):
        last = make_tool("Third")
        second = make_tool("Second", published=False, replaced_by=last)
        first = make_tool("First")
        withdraw(first, replaced_by=second)
        text = text_of(client.get(first.get_short_url()))
        assert "Third" in text and "Second" not in text

    def test_a_draft_is_not_shown_as_a_replacement(self, client):
        tool = make_tool("Old cards")
        withdraw(tool, replaced_by=make_tool("Secret draft", published=False))
        assert "Secret" not in client.get(tool.get_short_url()).content.decode()
        assert client.get(tool.get_absolute_url()).status_code == 404

    def test_a_former_address_answers_410_too(self, client):
        tool = make_tool("Old cards")
        change(tool, slug="cards")
        withdraw(tool, replaced_by=make_tool("New"))
        assert client.get("/tools/old-cards/").status_code == 410
        assert client.get("/videos/old-cards/").status_code == 404

    def test_staff_still_see_a_withdrawn_entry(self, client):
        tool = make_tool("Old cards")
        withdraw(tool, replaced_by=make_tool("New"))
        sign_in(client, "eve", "Editors")
        assert client.get(tool.get_absolute_url()).status_code == 200

    def test_a_circle_of_replacements_answers_410(self, client):
        one, other = make_tool("One"), make_tool("Other")
        withdraw(one, replaced_by=other)
        withdraw(other, replaced_by=one)
        assert client.get(one.get_short_url()).status_code == 410

    def test_a_withdrawn_page_takes_as_many_queries_among_many(self, client):
        def count_for(count):
            new = make_tool(f"New {count}")
            for number in range(count):
                old = make_tool(f"Old {count} {number}")
                withdraw(old, replaced_by=new)
            return count_queries(lambda: client.get(old.get_short_url()))

        assert count_for(8) == count_for(4)


class TestWhatIsNotThere:
    @pytest.mark.parametrize("end", ["", "/1"])
    def test_a_draft_and_a_scheduled_entry_are_not_found(self, client, end):
        for fields in ({"published": False}, {"published": timezone.now() + timedelta(days=1)}):
            tool = make_tool("Secret plan", **fields)
            response = client.get(tool.get_short_url() + end)
            assert response.status_code == 404
            assert "Secret" not in response.content.decode()

    @pytest.mark.parametrize("end", ["", "/1"])
    def test_the_page_of_a_deleted_entry_says_that_it_was_removed(self, client, end):
        tool = make_tool("Old cards")
        address = tool.get_short_url() + end
        make_tool("Later")
        tool.delete()
        response = client.get(address)
        assert response.status_code == 404
        assert "This page was removed" in text_of(response)

    @pytest.mark.parametrize("code", ["zzzz", "zzzzzzzzzzzzz", "z" * 40, "a_b", "0"])
    def test_an_unknown_short_address_is_not_found(self, client, code):
        for end in ("", "/1"):
            response = client.get(f"/r/{code}{end}")
            assert response.status_code == 404
            assert "any more" not in text_of(response)


class TestReplacedBy:
    def test_an_editor_chooses_the_replacement_in_the_form(self, client):
        sign_in_as_root(client)
        tool, new = make_tool("Old"), make_course("New")
        submit_form(client, admin_url(tool), replaced_by=str(new.pk))
        assert Tool.objects.get(pk=tool.pk).replaced_by_id == new.pk

    def test_an_entry_cannot_replace_itself(self, client):
        sign_in_as_root(client)
        tool = make_tool("Old")
        response = submit_form(client, admin_url(tool), replaced_by=str(tool.pk))
        assert "This would lead back to the same entry. Choose another one." in errors_in(response)

    def test_replacements_cannot_form_a_circle(self, client):
        sign_in_as_root(client)
        one = make_tool("One")
        two = make_course("Two", replaced_by=one)
        three = make_video("Three", replaced_by=two)
        response = submit_form(client, admin_url(one), replaced_by=str(three.pk))
        assert "This would lead back to the same entry. Choose another one." in errors_in(response)
        assert Tool.objects.get(pk=one.pk).replaced_by is None

    def test_deleting_the_replacement_clears_the_field(self):
        new = make_tool("New")
        old = make_tool("Old", replaced_by=new)
        new.delete()
        assert Tool.objects.get(pk=old.pk).replaced_by is None

    def test_a_copy_has_no_replacement(self, client):
        sign_in_as_root(client)
        tool = make_tool("Old", replaced_by=make_tool("New"))
        submit_form(client, admin_url(tool), button="_saveasnew", title="Copy")
        assert Tool.objects.get(title="Copy").replaced_by is None

    def test_the_form_says_which_edition_is_the_newest(self, client):
        sign_in_as_root(client)
        tool = make_tool()
        change(tool, title="Another")
        html = client.get(admin_url(tool)).content.decode()
        assert "Version 2, " in html


def set_edition_ages(resource, *days):
    """Sets how many days ago each edition was made, the oldest first."""
    for edition, ago in zip(resource.editions.order_by("number"), days, strict=True):
        Edition.objects.filter(pk=edition.pk).update(made_at=days_ago(ago))


def reload(*resources):
    return list(Resource.objects.list_of([resource.pk for resource in resources]))


class TestChangesSince:
    def test_each_entry_is_changed_withdrawn_or_unchanged(self):
        same, changed, gone = make_tool("Same"), make_course("Changed"), make_video("Gone")
        change(changed, enrollment_text="Write to us.")
        withdraw(gone, replaced_by=make_tool("New").resource_ptr)
        set_edition_ages(same, 30)
        set_edition_ages(changed, 30, 5)
        found = changes_since(reload(changed, gone, same), days_ago(10))
        assert [since.state for since in found] == [
            State.CHANGED,
            State.WITHDRAWN,
            State.UNCHANGED,
        ]
        assert found[0].labels == ["Enrollment"]
        assert found[1].replacement.title == "New"

    def test_a_change_before_that_time_does_not_count(self):
        tool = make_tool()
        change(tool, title="Another")
        set_edition_ages(tool, 30, 20)
        assert changes_since(reload(tool), days_ago(10))[0].state == State.UNCHANGED
        assert changes_since(reload(tool), days_ago(25))[0].state == State.CHANGED

    def test_a_day_begins_with_its_first_moment(self):
        tool = make_tool()
        change(tool, title="Another")
        set_edition_ages(tool, 30, 0)
        assert changes_since(reload(tool), timezone.localdate())[0].state == State.CHANGED

    def test_an_entry_without_an_earlier_edition_is_compared_with_its_first(self):
        tool = make_tool()
        assert changes_since(reload(tool), days_ago(100))[0].state == State.UNCHANGED
        change(tool, title="Another")
        assert changes_since(reload(tool), days_ago(100))[0].labels == ["Title"]

    def test_a_draft_counts_as_withdrawn_without_a_replacement(self):
        draft = make_tool(published=False)
        (since,) = changes_since(reload(draft), days_ago(1))
        assert (since.state, since.replacement) == (State.WITHDRAWN, None)

    def test_no_entries_have_no_changes(self):
        assert changes_since([], days_ago(1)) == []

    def test_many_entries_take_as_many_queries_as_few(self, django_assert_num_queries):
        resources = []
        for number in range(6):
            tool = make_tool(f"Tool {number}")
            change(tool, title=f"Another {number}")
            old = make_course(f"Course {number}")
            withdraw(old, replaced_by=tool.resource_ptr)
            resources += [tool, old]
        for some in (reload(*resources[:2]), reload(*resources)):
            with django_assert_num_queries(3):
                assert len(changes_since(some, days_ago(1))) == len(some)

    def test_replacements_of_many_entries_take_two_queries(self, django_assert_num_queries):
        new = make_tool("New")
        old = [make_course(f"Old {n}", replaced_by=new.resource_ptr) for n in range(5)]
        with django_assert_num_queries(2):
            assert replacements(old) == {course.pk: new.resource_ptr for course in old}


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("2 hours", "1 hour", "Time: 1 hour, was 2 hours"),
        ("", "1 hour", "Time: 1 hour (new)"),
        ("2 hours", "", "Time: removed, was 2 hours"),
        (None, None, "Time: changed"),
        (None, "1 hour", "Time: changed"),
        ("2 hours", None, "Time: changed"),
        ("", None, "Time: new"),
        (None, "", "Time: removed"),
    ],
)
def test_each_sort_of_change_has_its_own_wording(old, new, words):
    assert str(Change("Time", old, new)) == words


def test_changes_of_a_course_have_the_labels_of_its_page():
    course = make_course(audience_text="Anyone")
    change(course, audience_text="Sponsors")
    (since,) = changes_since(Course.objects.all(), days_ago(1))
    assert str(since.changes[0]) == "Who should attend: Sponsors, was Anyone"


def test_renaming_a_topic_is_a_change_with_both_names():
    tool = make_tool(topics=["Roles"])
    topic = make_topic("Roles")
    topic.name = "Roles and rights"
    topic.save()
    set_edition_ages(tool, 30, 0)
    (since,) = changes_since(reload(tool), days_ago(10))
    assert str(since.changes[0]) == "Topics: Roles and rights, was Roles"
