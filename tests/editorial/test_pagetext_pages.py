"""Whole pages, one for each template of the old site, in our own words."""

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


def read_one(text):
    (record,) = read(text).records
    return record


def titles(text):
    return [record.title for record in read(text).records]


def sentences(text):
    return [(attention.line, attention.sentence) for attention in read(text).attention]


def test_a_page_has_its_file_address_and_topic():
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


def test_the_feeds_name_states_the_topic():
    page = read(f"TOOLS\n\nOven Card\n{TOOL}\nPages\n\nSubscribe to RSS - Bread")
    assert (page.topic, page.records[0].title) == ("Bread", "Oven Card")


def test_a_video_has_its_time_words_and_credits():
    video = read_one(
        "Videos\n\nBread Rises\n\nLoading the player...\n\n(1:29)\n\nHow yeast works.\n\n"
        "Produced by Ada Poe and Bo Day\nAnimation by Studio.TV\n"
    )
    assert (video.kind, video.title, video.duration_seconds) == ("video", "Bread Rises", 89)
    assert video.body == "How yeast works."
    assert video.credits == (
        ("Produced by", ("Ada Poe", "Bo Day")),
        ("Animation by", ("Studio.TV",)),
    )


def test_empty_brackets_are_an_unknown_running_time():
    video = read_one("Videos\n\n()\n\nA baker tells how she learned.\n")
    assert (video.title, video.duration_seconds, video.complete) == (None, None, False)


def test_a_player_and_a_time_may_share_a_line():
    video = read_one("Videos\n\nBread Rises\n\nLoading the player... (1:29)\n\nHow yeast works.\n")
    assert (video.duration_seconds, video.body) == (89, "How yeast works.")
    assert video.raw == {"(running time)": "(1:29)", "(description)": "How yeast works."}


def test_a_tool_has_its_labels_and_their_meaning():
    tool = read_one(f"TOOLS\n\nOven Card\n{TOOL}")
    assert (tool.kind, tool.title, tool.line) == ("tool", "Oven Card", 1)
    assert (tool.format_text, tool.formats) == ("PDF", ("PDF",))
    assert (tool.size_text, tool.pages, tool.paper) == ('8.5" x 11"', None, "8.5 x 11 in")
    assert (tool.audience_text, tool.best_used) == ("Bakers", "Hang it over the oven.")
    assert tool.related == ()


def test_labels_may_be_on_one_line_with_their_text():
    tool = read_one(
        "Poster: Oven Safety\n\nFormat: Word doc\nSize: 2 pages\nBest used: In kitchens."
    )
    assert (tool.title, tool.formats, tool.pages) == ("Poster: Oven Safety", ("DOC",), 2)


def test_the_first_sentence_under_a_tools_title_is_its_summary():
    tool = read_one(f"Bread\n\nPoster: Oven Safety\n\nHow to keep all fingers.\n{TOOL}")
    assert (tool.title, tool.summary) == ("Poster: Oven Safety", "How to keep all fingers.")


def test_the_titles_that_a_page_names_are_related():
    text = f"TOOLS\n\nOven Card\n{TOOL}Poster: Flour\nPoster: Salt\n\nAnother Story\n\nDeck:\nx"
    assert read_one(text).related == ("Poster: Flour", "Poster: Salt")
    text = TOOL.replace("oven.\n", "oven.\n\nYou may also be interested in Poster: Salt\n")
    tool = read_one(f"TOOLS\n\nOven Card\n{text}\nAnother Story\n\nDeck:\nx")
    assert (tool.related, tool.best_used) == (("Poster: Salt",), "Hang it over the oven.")


def test_a_course_may_start_with_a_title_alone():
    course = read_one(f"Baking Days (classroom)\n\nStory body part 1:\u00a0\n{COURSE}")
    assert (course.kind, course.title) == ("course", "Baking Days (classroom)")
    assert (course.level_text, course.levels) == ("Level 2, 3", (2, 3))
    assert (course.duration_text, course.duration_minutes) == ("8 hours", 480)
    assert (course.body, course.audience_text) == ("Learn to bake together.", "Bakers")
    assert course.delivery == ("classroom",)
    assert course.prerequisites == ("Labor Management Partnership Orientation (LMPO)",)


def test_courses_may_follow_each_other_without_a_heading():
    empty = COURSE.replace("Labor Management Partnership Orientation (LMPO)\n", "\u00a0\n")
    page = read(
        f"One (online)\n\nStory body part 1:\n{empty}\nTwo Days\n\nStory body part 1:\n{COURSE}"
    )
    assert [record.title for record in page.records] == ["One (online)", "Two Days"]
    assert [len(record.prerequisites) for record in page.records] == [0, 1]


def test_a_course_title_may_be_under_a_label():
    text = f"Baking Days\n\nCourse Title\n\nBaking Days (classroom)\n{COURSE}"
    assert titles(f"{text}\nOvens\n\nCourse Title\n\nOvens\n{COURSE}") == [
        "Baking Days (classroom)",
        "Ovens",
    ]


@pytest.mark.parametrize("noun", ["Training", "Program", "Workshop"])
def test_the_labels_of_trainings_and_programs_are_labels_of_a_course(noun):
    course = read_one(f"Baking Days\n\nStory body part 1:\n{COURSE.replace('Course', noun)}")
    assert (course.kind, course.body) == ("course", "Learn to bake together.")
    assert len(course.requirements) == 1


def test_the_text_before_the_description_is_the_summary():
    course = read_one(f"Baking Days\n\nStory body part 1:\n\nHungry for bread?\n{COURSE}")
    assert (course.summary, course.body) == ("Hungry for bread?", "Learn to bake together.")


def test_the_learning_portal_has_the_time_under_the_levels():
    course = read_one(
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
    course = read_one(f"Ovens\n\nCourse Title\n\nOvens\n\n{outline}")
    assert course.modules == (("Heat", None), ("Time", 60))


def test_an_editors_dump_gives_only_the_public_fields():
    course = read_one(
        f"Bread\n\nBaking Days (classroom){DUMP_HEAD}"
        "Headline (for informational purposes only)\nBaking Days (classroom, online)\n"
        f"Story body part 1\n{COURSE}\nObsolete (webmaster)\nMigrated\nnot migrated\n"
    )
    assert (course.title, course.summary) == ("Baking Days (classroom)", "A short word on bread.")
    assert course.delivery == ("classroom", "online")
    assert "(reporters)" not in str(course.as_json()) and "LSR-1" not in str(course.as_json())


def test_a_video_in_an_editors_dump_has_its_time_under_a_label():
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


def test_an_author_and_a_date_after_a_title_are_removed():
    text = "Bread Rises Ada Poe Tue, 01/30/2018 - 17:48\nRunning Time\n3:07\n"
    assert titles(f"{text}Headline\nBread Rises\n") == ["Bread Rises"]
    assert titles(text.replace("Ada Poe", "ada.m.poe")) == ["Bread Rises"]
    assert titles(text) == ["Bread Rises"]
    assert sentences(text) == [(1, "We read “Ada Poe” after “Bread Rises” as the author’s name.")]


def test_internal_formats_are_not_formats_of_the_tool():
    dump = f"Oven Card{DUMP_HEAD}Tool Type\nFormat\nRunning Your Team\n{TOOL}\nReleased\nPDF\n"
    assert read_one(f"Bread\n\n{dump}").formats == ("PDF",)


COMPACT = (
    "URL: https://example.org/category/region/north\nTOOLS\nOven Card\n"
    + TOOL.replace("\n\n", "\n").replace("Related tools:\n", "").strip()
    + "\nThis short video explains how to find the guides\nDoes your team bake? This video helps.\n"
)


def test_a_page_without_blank_lines_has_one_line_per_label():
    assert read_one(COMPACT).title == "Oven Card"
    assert read_one(COMPACT).best_used == "Hang it over the oven."


def test_missing_blank_lines_change_no_record():
    text = f"Videos\n\nBread Rises\n\n(1:29)\n\nHow.\n\nTOOLS\n\nOven Card\n{TOOL}\n"
    text += f"Baking Days\n\nStory body part 1:\n{COURSE}\nOvens\n\nStory body part 1:\n{COURSE}"
    compact = "\n".join(line for line in text.split("\n") if line)
    assert [replace(record, line=0) for record in read(compact).records] == [
        replace(record, line=0) for record in read(text).records
    ]


def test_a_date_under_the_title_is_not_the_title():
    assert read_one(f"Poster: Salt\n\nJune 1, 2016\n{TOOL}").title == "Poster: Salt"


def test_a_copy_without_a_title_is_the_same_record():
    copy = TOOL.replace("\n\n", "\n").replace("Related tools:\n", "").strip()
    assert titles(f"{COMPACT}{copy}\n") == ["Oven Card"]
    assert titles(f"{COMPACT}{copy.replace('over', 'under')}\n") == ["Oven Card", None]
    video = "(1:42)\nHow bread rises.\nAnd more of another story here\n"
    assert titles(f"Videos\nBread Rises\n{video}{video}") == ["Bread Rises"]


def test_a_record_that_is_twice_on_a_page_is_read_once():
    block = f"TOOLS\n\nOven Card\n{TOOL}\n"
    assert titles(block + block.replace('"', "”")) == ["Oven Card"]


def test_two_records_with_the_same_title_are_kept_and_get_a_note():
    block = f"TOOLS\n\nOven Card\n{TOOL}\n"
    assert titles(block + block.replace("PDF", "PPT")) == ["Oven Card", "Oven Card"]
    (attention,) = read(block + block.replace("PDF", "PPT")).attention
    assert attention.sentence == "“Oven Card” is also on line 1, with different facts."


def test_a_levels_line_above_a_time_is_a_course_that_lost_its_labels():
    course = read_one(
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
def test_a_page_without_records_gets_a_note(text):
    page = read(text)
    assert page.records == ()
    assert [(note.file, note.line) for note in page.attention] == [("page.txt", 1)]


def test_stories_and_help_videos_beside_a_tool_are_not_read():
    text = (
        "Help Video\n\nHow to Find Bread\n\nLearn how to use the LMP website:\n\n"
        f"TOOLS\n\nOven Card\n{TOOL}\nA Long Day\n\nDeck:\nEarly\n\nStory body part 1:\n\nIt was.\n"
    )
    assert titles(text) == ["Oven Card"]


def test_a_record_without_a_title_is_kept_and_gets_a_note():
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
def test_text_that_cannot_be_read_gets_a_note_with_its_line(old, new, line, sentence):
    text = f"Baking Days\n\nStory body part 1:\n\n{COURSE.replace(old, new)}"
    assert sentences(text) == [(line, sentence)]
    assert read_one(text).prerequisites == () or old.startswith(("8", "Level"))


def test_a_cut_off_text_is_incomplete():
    text = f"TOOLS\n\nOven Card\n{TOOL}"
    assert read_one(text).complete
    cut = text[: text.index("oven.")]
    assert not read_one(cut).complete
    assert sentences(cut) == [(1, "The page ends in the middle of “Oven Card”.")]


def test_a_tool_that_is_cut_off_after_its_title_gets_a_note():
    assert sentences(f"TOOLS\n\nOven Card\n{TOOL}\n\nTOOLS\n\nFlo") == [
        (20, "A tool starts here, but the page ends before its fields.")
    ]


def test_json_has_every_field_and_null_or_a_list_for_an_empty_one():
    facts = read_one(f"TOOLS\n\nOven Card\n{TOOL}").as_json()
    assert (facts["file"], facts["kind"], facts["title"]) == ("page.txt", "tool", "Oven Card")
    assert facts["formats"] == ["PDF"]
    assert facts["raw"]["Best used"] == "Hang it over the oven."
    empty = ["duration_minutes", "duration_seconds", "pages", "durations_by_mode", "summary"]
    assert [facts[name] for name in empty] == [None] * 5
    empty = ["levels", "delivery", "modules", "prerequisites", "related", "next_courses"]
    assert [facts[name] for name in empty] == [[]] * 6


def test_json_of_a_course_lists_its_requirements():
    facts = read_one(f"Baking Days\n\nStory body part 1:\n{COURSE}").as_json()
    lmpo = "Labor Management Partnership Orientation (LMPO)"
    assert facts["requirements"] == [{"text": lmpo, "type": "course", "necessity": "required"}]
    assert facts["prerequisites"] == [lmpo]
    assert (facts["requirement_other"], facts["requirement_recommended"]) == ([], [])
