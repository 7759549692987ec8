"""Chooses what readers ask for: pages, searches with varying words, suggestions, feeds, PDFs."""

from dataclasses import dataclass

from bench.entries import KINDS, WEIGHTS, WORDS

SHARES = {"page": 50, "search": 20, "suggestions": 15, "feed": 8, "PDF": 7}
DEMO = {
    "page": [
        "/", "/topics/", "/tools/", "/tools/?page=2", "/videos/", "/courses/", "/new/", "/path/",
        "/levels/2/", "/topics/lmp-processes/", "/topics/lmp-processes/?kind=course&level=2",
        "/videos/cook-up-a-small-test-of-change/", "/courses/lmp-orientation/", "/path/check/",
    ],
    "feed": ["/new/feed/", "/topics/lmp-processes/feed/"],
    "PDF": ["/courses/lmp-orientation.pdf", "/videos/cook-up-a-small-test-of-change.pdf"],
}  # fmt: skip
DEMO_WORDS = ["team", "huddle", "consensus", "sponsor", "safety", "change", "meeting", "goal"]
DEMO_WORDS += ["poster", "course", "leader", "orientation", "process", "video", "steward"]


def choose(catalog, chance, kinds=tuple(SHARES)):
    """Returns (what it is, address) of one of `kinds`. `chance` is a random.Random."""
    kind = chance.choices(kinds, [SHARES[kind] for kind in kinds])[0]
    return kind, getattr(catalog, kind.lower())(chance)


def search_for(words, chance):
    narrowed = f"&kind={chance.choice(KINDS)}&level={chance.randint(1, 5)}"
    return f"/search/?q={'+'.join(words)}{narrowed if chance.random() < 0.3 else ''}"


def beginning_of(word, chance):
    return f"/search/suggestions/?q={word[: chance.randint(2, len(word))]}"


class DemoCatalog:
    def page(self, chance):
        return chance.choice(DEMO["page"])

    def feed(self, chance):
        return chance.choice(DEMO["feed"])

    def pdf(self, chance):
        return chance.choice(DEMO["PDF"])

    def search(self, chance):
        return search_for(chance.sample(DEMO_WORDS, chance.choice([1, 1, 2])), chance)

    def suggestions(self, chance):
        return beginning_of(chance.choice(DEMO_WORDS), chance)


@dataclass
class GeneratedCatalog:
    """A catalog of the first `size` entries of bench/entries.py. Newer ones are read more often."""

    size: int

    def entry(self, chance):
        number = int(self.size * chance.random() ** 3)
        return f"/{KINDS[number % 3]}s/entry-{number}"

    def page(self, chance):
        topic, level = f"/topics/topic-{chance.randrange(20)}/", chance.randint(1, 4)
        return chance.choice(
            [
                "/",
                topic,
                f"{topic}?page={chance.randint(1, 5)}",
                f"{topic}?kind={chance.choice(KINDS)}&level={level}",
                f"/levels/{level}/",
                f"/path/plan/?from={level}&to={level + 1}",
                *[f"{self.entry(chance)}/" for _n in range(4)],
            ]
        )

    def feed(self, chance):
        return chance.choice(["/new/feed/", f"/topics/topic-{chance.randrange(20)}/feed/"])

    def pdf(self, chance):
        return f"{self.entry(chance)}.pdf"

    def search(self, chance):
        words = chance.choices(WORDS, cum_weights=WEIGHTS, k=chance.choice([1, 1, 2, 2, 3]))
        return search_for(words, chance)

    def suggestions(self, chance):
        return beginning_of(chance.choices(WORDS, cum_weights=WEIGHTS)[0], chance)
