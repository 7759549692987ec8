"""Writes entries as JSON lines, the same ones each time, for the benchmarks.

    .venv/bin/python bench/entries.py 10000 > entries.jsonl
    .venv/bin/python manage.py import_entries --add-terms entries.jsonl

The words are as frequent as words in real text: about a hundred make up half of it. Give the import
`--add-terms`, which adds the topics. Needs neither Django nor a database.
"""

import json
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from itertools import accumulate

KINDS = ["video", "tool", "course"]
NEWEST = datetime(2026, 11, 30, tzinfo=UTC)
SYLLABLES = re.findall("..", "bacodafegihojukaleminopurasetivowaxeyozi")
COMMON = ["team", "huddle", "safety", "consensus", "sponsor", "meeting", "change", "poster"]
# Names that the migrations make.
AUDIENCES = ["Co-leads", "Sponsors", "Stewards", "Managers", "Physicians", "Union members"]
DIMENSIONS = ["Sponsorship", "Leadership", "Training", "Team Process", "Goals and Performance"]


def make_vocabulary(count):
    """Returns (`count` words, their weights). About a hundred words make up half of all text."""
    chance = random.Random(7)
    lengths = (chance.randint(2, 4) for _n in range(3 * count))
    invented = ("".join(chance.choices(SYLLABLES, k=length)) for length in lengths)
    words = list(dict.fromkeys([*COMMON, *invented]))[:count]
    return words, list(accumulate(1 / (place + 2) for place in range(len(words))))


WORDS, WEIGHTS = make_vocabulary(20_000)


def random_text(chance, count):
    return " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=count))


def entry(number):
    """Returns the facts of the entry with this number, which is newer than the next one."""
    chance, kind = random.Random(number), KINDS[number % 3]
    minutes = 10 + number % 400
    facts = {
        "kind": kind,
        "slug": f"entry-{number}",
        "title": random_text(chance, chance.randint(2, 7)).title(),
        "summary": random_text(chance, 15),
        "body": f"<p>{random_text(chance, 80)}</p>",
        "minutes_min": minutes,
        "minutes_max": minutes,
        "published_at": (NEWEST - timedelta(minutes=number)).isoformat(),
        "levels": chance.sample(range(1, 6), chance.randint(1, 2)),
        "audiences": chance.sample(AUDIENCES, chance.randint(1, 2)),
        "topics": [f"Topic {n}" for n in chance.sample(range(20), chance.randint(1, 2))],
        "dimensions": chance.sample(DIMENSIONS, chance.randint(1, 2)),
    }
    return facts | OF_KIND[kind](number, chance)


def video_facts(number, chance):
    return {"seconds": 60 + number % 600}


def tool_facts(number, chance):
    tool_type = chance.choice(["Poster", "Tipsheet", "Checklist", "Guide"])
    rendition = {"name": "file", "format": chance.choice(["PDF", "PPT", "DOC"])}
    return {"tool_type": tool_type, "renditions": [rendition]}


def course_facts(number, chance):
    """Each third course requires an earlier one, so that no circle closes."""
    facts = {"deliveries": [{"mode": "online"}], "modules": [{"title": random_text(chance, 4)}]}
    if number % 9 == 2 and number > 9:
        earlier = chance.randrange(2, number, 3)
        required = {"text": f"The course {earlier}", "course": f"entry-{earlier}"}
        facts["requirements"] = [required]
    return facts


OF_KIND = {"video": video_facts, "tool": tool_facts, "course": course_facts}


def lines(first, last):
    """Yields the entries with these numbers as lines of JSON."""
    for number in range(first, last):
        yield json.dumps(entry(number))


def main(count):
    for line in lines(0, count):
        print(line)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
