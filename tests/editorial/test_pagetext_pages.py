"""Whole pages, one for each template of the old site, in words of our own."""

from dataclasses import replace

import pytest

from editorial.pagetext import read_page

TOOL = """
Format:
PDF

Size:
8.5" x 11"

Intended audience:
Bakers

Best used:
Hang it over the oven.

Related tools:
"""

COURSE = """
Course description

Learn to bake together.

Path to Performance

Level 2, 3

Duration

8 hours

Who should attend

Bakers

Course requirements

Labor Management Partnership Orientation (LMPO)
"""

DUMP_HEAD = """
Submitted by Ada Poe on Wed, 01/10/2018 - 17:05
Keywords
Request Number
LSR-1
Long Teaser

A short word on bread.

Communicator (reporters)
Ada Poe
Highlighted stories and tools (reporters)
Tools for Bakers

Use these tools in every bakery.

Status
Developing
Tracking (editors)
"""


def read(text, file="page.txt"):
    return read_page(text, file)


def only(text):
    (record,) = read(text).records
    return record


def titles(text):
    return [record.title for record in read(text).records]


def sentences(text):
    return [(attention.line, attention.sentence) for attention in read(text).attention]


def test_a_page_knows_its_file_address_and_topic():
    page = read(f"URL: https://example.org/topic/bread?page=3\nBread\n\nTOOLS\n\nOven Card\n{TOOL}")
    assert (page.file, page.url) == ("page.txt", "https://example.org/topic/bread?page=3")
    assert page.topic == "Bread"


@pytest.mark.parametrize(
    ("head", "topic"),
    [
        ("Kaiser Permanente and the Alliance of Unions\n\nBread and Butter\n", "Bread and Butter"),
        ("URL: http://example.org/taxonomy/term/4/all\nMarch 5, 2015\n\nOur bread\n", "Our bread"),
        ("URL: http://example.org/subject/good-bread\nThe Good Bread\n", "The Good Bread"),
        ("URL: http://example.org/category/region/north\nThe North\n", ""),
        ("URL: http://example.org/learning-portal/x\nHome\nAbout LMP\nSearch Results\n", ""),
        ("", ""),
    ],
)
def test_the_topic_is_a_listing_pages_heading(head, topic):
    assert read(f"{head}\nTOOLS\n\nOven Card\n{TOOL}").topic == topic


def test_the_feeds_name_gives_the_topic_too():
    page = read(f"TOOLS\n\nOven Card\n{TOOL}\nPages\n\nSubscribe to RSS - Bread")
    assert (page.topic, page.records[0].title) == ("Bread", "Oven Card")


def test_a_video_has_its_time_words_and_credits():
    video = only(
        "Videos\n\nBread Rises\n\nLoading the player...\n\n(1:29)\n\nHow yeast works.\n\n"
        "Produced by Ada Poe and Bo Day\nAnimation by Studio.TV\n"
    )
    assert (video.kind, video.title, video.duration_seconds) == ("video", "Bread Rises", 89)
    assert video.body == "How yeast works."
    assert video.credits == (
        ("Produced by", ("Ada Poe", "Bo Day")),
        ("Animation by", ("Studio.TV",)),
    )


def test_empty_brackets_are_an_unknown_time():
    video = only("Videos\n\n()\n\nA baker tells how she learned.\n")
    assert (video.title, video.duration_seconds, video.complete) == (None, None, False)


def test_a_player_and_a_time_may_share_a_line():
    video = only("Videos\n\nBread Rises\n\nLoading the player... (1:29)\n\nHow yeast works.\n")
    assert (video.duration_seconds, video.body) == (89, "How yeast works.")
    assert video.raw == {"(running time)": "(1:29)", "(description)": "How yeast works."}


def test_a_tool_has_its_labels_and_their_meaning():
    tool = only(f"TOOLS\n\nOven Card\n{TOOL}")
    assert (tool.kind, tool.title, tool.line) == ("tool", "Oven Card", 1)
    assert (tool.format_text, tool.formats) == ("PDF", ("PDF",))
    assert (tool.size_text, tool.pages, tool.paper) == ('8.5" x 11"', None, "8.5 x 11 in")
    assert (tool.audience_text, tool.best_used) == ("Bakers", "Hang it over the oven.")
    assert tool.related == ()


def test_labels_may_stand_on_one_line_with_their_text():
    tool = only("Poster: Oven Safety\n\nFormat: Word doc\nSize: 2 pages\nBest used: In kitchens.")
    assert (tool.title, tool.formats, tool.pages) == ("Poster: Oven Safety", ("DOC",), 2)


def test_the_first_sentence_under_a_tools_title_is_its_summary():
    tool = only(f"Bread\n\nPoster: Oven Safety\n\nHow to keep all fingers.\n{TOOL}")
    assert (tool.title, tool.summary) == ("Poster: Oven Safety", "How to keep all fingers.")


def test_related_titles_are_those_that_are_named():
    text = f"TOOLS\n\nOven Card\n{TOOL}Poster: Flour\nPoster: Salt\n\nAnother Story\n\nDeck:\nx"
    assert only(text).related == ("Poster: Flour", "Poster: Salt")
    text = TOOL.replace("oven.\n", "oven.\n\nYou may also be interested in Poster: Salt\n")
    tool = only(f"TOOLS\n\nOven Card\n{text}\nAnother Story\n\nDeck:\nx")
    assert (tool.related, tool.best_used) == (("Poster: Salt",), "Hang it over the oven.")


def test_a_course_under_a_bare_title():
    course = only(f"Baking Days (classroom)\n\nStory body part 1:\u00a0\n{COURSE}")
    assert (course.kind, course.title) == ("course", "Baking Days (classroom)")
    assert (course.level_text, course.levels) == ("Level 2, 3", (2, 3))
    assert (course.duration_text, course.duration_minutes) == ("8 hours", 480)
    assert (course.body, course.audience_text) == ("Learn to bake together.", "Bakers")
    assert course.delivery == ("classroom",)
    assert course.prerequisites == ("Labor Management Partnership Orientation (LMPO)",)


def test_courses_follow_each_other_without_a_mark_between():
    empty = COURSE.replace("Labor Management Partnership Orientation (LMPO)\n", "\u00a0\n")
    page = read(
        f"One (online)\n\nStory body part 1:\n{empty}\nTwo Days\n\nStory body part 1:\n{COURSE}"
    )
    assert [record.title for record in page.records] == ["One (online)", "Two Days"]
    assert [len(record.prerequisites) for record in page.records] == [0, 1]


def test_a_course_may_name_its_title_under_a_label():
    text = f"Baking Days\n\nCourse Title\n\nBaking Days (classroom)\n{COURSE}"
    assert titles(f"{text}\nOvens\n\nCourse Title\n\nOvens\n{COURSE}") == [
        "Baking Days (classroom)",
        "Ovens",
    ]


@pytest.mark.parametrize("noun", ["Training", "Program", "Workshop"])
def test_the_labels_of_trainings_and_programs_are_a_courses(noun):
    course = only(f"Baking Days\n\nStory body part 1:\n{COURSE.replace('Course', noun)}")
    assert (course.kind, course.body) == ("course", "Learn to bake together.")
    assert len(course.requirements) == 1


def test_the_text_before_the_description_is_the_summary():
    course = only(f"Baking Days\n\nStory body part 1:\n\nHungry for bread?\n{COURSE}")
    assert (course.summary, course.body) == ("Hungry for bread?", "Learn to bake together.")


def test_the_learning_portal_prints_the_time_under_the_levels():
    course = only(
        "Team-Tested Practices\nPath To Performance\nLearning Portal\nSearch Results\n\n"
        "Baking Days (classroom, virtual)\n\nCourse description\n\nLearn.\n\n"
        "Path to Performance\n\nLevels 1, 2\n\n\n4 hours (classroom, virtual)\n\n"
        "Learning outcomes\n\n  • Knead\n  • Bake\n\nTools - Color Get the Tools\n\nUse them.\n\n"
        "Enrollment information\n\nIn person\nAsk your leader.\n\nOnline\n\nGo to the portal.\n"
    )
    assert (course.levels, course.duration_minutes) == ((1, 2), 240)
    assert (course.level_text, course.duration_text) == (
        "Levels 1, 2",
        "4 hours (classroom, virtual)",
    )
    assert course.delivery == ("classroom", "virtual")
    assert course.outcomes == ("Knead", "Bake")
    assert course.enrollment_text == "In person\nAsk your leader.\nOnline\nGo to the portal."


def test_numbered_modules_of_an_outline_are_listed():
    outline = "Course outline\n\nModule 1: Heat\n  • Feel it\nModule 2: Time (1 hour)\n"
    course = only(f"Ovens\n\nCourse Title\n\nOvens\n\n{outline}")
    assert course.modules == (("Heat", None), ("Time", 60))


def test_an_editors_dump_gives_the_public_fields_only():
    course = only(
        f"Bread\n\nBaking Days (classroom){DUMP_HEAD}"
        "Headline (for informational purposes only)\nBaking Days (classroom, online)\n"
        f"Story body part 1\n{COURSE}\nObsolete (webmaster)\nMigrated\nnot migrated\n"
    )
    assert (course.title, course.summary) == ("Baking Days (classroom)", "A short word on bread.")
    assert course.delivery == ("classroom", "online")
    assert "(reporters)" not in str(course.as_json()) and "LSR-1" not in str(course.as_json())


def test_a_dumped_video_has_its_time_under_a_label():
    text = (
        "Request Number\nVID-1_bread\nLong Teaser\n\nA short word.\n\nVideo Media (reporters)\n"
        "Download File URL\nVID-1_bread/VID-1_720.wmv\nRunning Time\n3:07\nStatus\nReleased\n"
        "Tracking (editors)\nDate of publication\n\nHow bread rises.\n\nMigrated\nnot migrated\n\n"
    )
    page = read(f"Baking\n\nBread Rises\n\n{text}Salt Melts\n\n{text.replace('3:07', '2:00')}")
    first, second = page.records
    assert (first.title, first.duration_seconds) == ("Bread Rises", 187)
    assert (first.summary, first.body) == ("A short word.", "How bread rises.")
    assert (second.title, second.duration_seconds) == ("Salt Melts", 120)


def test_an_author_and_a_date_behind_a_title_are_cut_off():
    text = "Bread Rises Ada Poe Tue, 01/30/2018 - 17:48\nRunning Time\n3:07\n"
    assert titles(f"{text}Headline\nBread Rises\n") == ["Bread Rises"]
    assert titles(text.replace("Ada Poe", "ada.m.poe")) == ["Bread Rises"]
    assert titles(text) == ["Bread Rises"]
    assert sentences(text) == [
        (1, "We read “Ada Poe” after “Bread Rises” as the author’s name.")
    ]


def test_internal_formats_are_not_the_tools_format():
    dump = f"Oven Card{DUMP_HEAD}Tool Type\nFormat\nRunning Your Team\n{TOOL}\nReleased\nPDF\n"
    assert only(f"Bread\n\n{dump}").formats == ("PDF",)


COMPACT = (
    "URL: https://example.org/category/region/north\nTOOLS\nOven Card\n"
    + TOOL.replace("\n\n", "\n").replace("Related tools:\n", "").strip()
    + "\nThis short video explains how to find the guides\nDoes your team bake? This video helps.\n"
)


def test_a_page_without_blank_lines_keeps_to_one_line_a_label():
    assert only(COMPACT).title == "Oven Card"
    assert only(COMPACT).best_used == "Hang it over the oven."


def test_lost_blank_lines_change_no_record():
    text = f"Videos\n\nBread Rises\n\n(1:29)\n\nHow.\n\nTOOLS\n\nOven Card\n{TOOL}\n"
    text += f"Baking Days\n\nStory body part 1:\n{COURSE}\nOvens\n\nStory body part 1:\n{COURSE}"
    compact = "\n".join(line for line in text.split("\n") if line)
    assert [replace(record, line=0) for record in read(compact).records] == [
        replace(record, line=0) for record in read(text).records
    ]


def test_a_date_under_the_title_is_not_the_title():
    assert only(f"Poster: Salt\n\nJune 1, 2016\n{TOOL}").title == "Poster: Salt"


def test_a_copy_without_its_title_is_the_same_record():
    copy = TOOL.replace("\n\n", "\n").replace("Related tools:\n", "").strip()
    assert titles(f"{COMPACT}{copy}\n") == ["Oven Card"]
    assert titles(f"{COMPACT}{copy.replace('over', 'under')}\n") == ["Oven Card", None]
    video = "(1:42)\nHow bread rises.\nAnd more of another story here\n"
    assert titles(f"Videos\nBread Rises\n{video}{video}") == ["Bread Rises"]


def test_a_record_printed_twice_comes_once():
    block = f"TOOLS\n\nOven Card\n{TOOL}\n"
    assert titles(block + block.replace('"', "”")) == ["Oven Card"]


def test_one_title_with_two_meanings_is_kept_twice_and_named():
    block = f"TOOLS\n\nOven Card\n{TOOL}\n"
    assert titles(block + block.replace("PDF", "PPT")) == ["Oven Card", "Oven Card"]
    (attention,) = read(block + block.replace("PDF", "PPT")).attention
    assert attention.sentence == "“Oven Card” is also on line 1, with different facts."


def test_a_levels_line_above_a_time_is_a_course_whose_labels_were_lost():
    course = only(
        "URL: https://example.org/x\nBaking Days (classroom)\nLearn to bake.\nIt takes some time.\n"
        "Level 3\nEach runs between 45 and 55 minutes:\nBread, 45 minutes\nSalt, 55 minutes\n"
        "Bakers of all ages.\n"
    )
    assert (course.title, course.levels) == ("Baking Days (classroom)", (3,))
    assert course.modules == (("Bread", 45), ("Salt", 55))
    assert course.level_text == "Level 3"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Bread\n\nA Long Day\n\nDeck:\nBakers rise early\n\nStory body part 1:\n\nIt was dark.\n",
        "Help Video\n\nHow to Find Bread\n\nA short video.\n\nLearn how to use the LMP website:\n",
        "How-To Guide: Bread in a Box\n\nUse these.\n\nResources include:\n\n  • Flour\n",
        "Format: group discussion\n",
        "Level 1\n\nTeams begin here.\n\nLevel 2\n\nTeams go on.\n",
        "%PDF-1.7\x00\x01\x02 stream",
    ],
)
def test_another_kind_of_page_gives_nothing_and_says_so(text):
    page = read(text)
    assert page.records == ()
    assert [(note.file, note.line) for note in page.attention] == [("page.txt", 1)]


def test_stories_and_help_videos_beside_a_tool_are_left_out():
    text = (
        "Help Video\n\nHow to Find Bread\n\nLearn how to use the LMP website:\n\n"
        f"TOOLS\n\nOven Card\n{TOOL}\nA Long Day\n\nDeck:\nEarly\n\nStory body part 1:\n\nIt was.\n"
    )
    assert titles(text) == ["Oven Card"]


def test_a_record_without_a_title_is_kept_and_named():
    page = read(f"Bread\n\nTOOLS\n{TOOL}")
    assert [record.title for record in page.records] == [None]
    assert sentences(f"Bread\n\nTOOLS\n{TOOL}") == [
        (3, "We skipped a tool because it has no title here.")
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("8 hours", "Half a day", 14, "We could not read “Duration: Half a day”."),
        ("Level 2, 3", "Level 7", 10, "We could not read “Path to Performance: Level 7”."),
        (
            "Labor Management Partnership Orientation (LMPO)",
            "Requires basic knowledge of:",
            24,
            "Nothing follows “Requires basic knowledge of:”.",
        ),
    ],
)
def test_what_cannot_be_read_is_listed_with_its_line(old, new, line, sentence):
    text = f"Baking Days\n\nStory body part 1:\n\n{COURSE.replace(old, new)}"
    assert sentences(text) == [(line, sentence)]
    assert only(text).prerequisites == () or old.startswith(("8", "Level"))


def test_a_text_that_breaks_off_is_incomplete():
    text = f"TOOLS\n\nOven Card\n{TOOL}"
    assert only(text).complete
    cut = text[: text.index("oven.")]
    assert not only(cut).complete
    assert sentences(cut) == [(1, "The page ends in the middle of “Oven Card”.")]


def test_a_tool_that_breaks_off_after_its_title_is_named():
    assert sentences(f"TOOLS\n\nOven Card\n{TOOL}\n\nTOOLS\n\nFlo") == [
        (20, "A tool starts here, but the page ends before its fields.")
    ]


def test_json_names_every_field_and_shows_nothing_as_nothing():
    facts = only(f"TOOLS\n\nOven Card\n{TOOL}").as_json()
    assert (facts["file"], facts["kind"], facts["title"]) == ("page.txt", "tool", "Oven Card")
    assert facts["formats"] == ["PDF"]
    assert facts["raw"]["Best used"] == "Hang it over the oven."
    empty = ["duration_minutes", "duration_seconds", "pages", "durations_by_mode", "summary"]
    assert [facts[name] for name in empty] == [None] * 5
    empty = ["levels", "delivery", "modules", "prerequisites", "related", "next_courses"]
    assert [facts[name] for name in empty] == [[]] * 6


def test_json_of_a_course_lists_its_requirements():
    facts = only(f"Baking Days\n\nStory body part 1:\n{COURSE}").as_json()
    lmpo = "Labor Management Partnership Orientation (LMPO)"
    assert facts["requirements"] == [{"text": lmpo, "type": "course", "necessity": "required"}]
    assert facts["prerequisites"] == [lmpo]
    assert (facts["requirement_other"], facts["requirement_recommended"]) == ([], [])
