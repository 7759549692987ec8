import re

from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import ngettext

from catalog.files.images import Picture
from catalog.lib.durations import minutes_in_short, minutes_in_words
from catalog.lib.text import plain_text
from catalog.models.base import linked


class Presentation:
    """What cards, pages and PDFs say about a resource, computed from its fields."""

    # The title and the text of a card in pieces with the words of a search marked, and where in its
    # files these words are. Only a search sets them.
    title_pieces = blurb_pieces = landing = None

    @property
    def blurb(self):
        """The text under the title of a card: the summary, else `best_used`, else a bit of body."""
        if self.summary:
            return self.summary
        if self.kind_row.has_renditions and self.tool.best_used:
            return self.tool.best_used
        return Truncator(plain_text(self.body)).words(40)

    @cached_property
    def picture(self):
        """The image in all its sizes; None where there is no image."""
        return Picture.of(self) if self.image else None

    @property
    def time_words(self):
        return self.duration_text or minutes_in_words(self.minutes_min, self.minutes_max)

    @property
    def time_short(self):
        return minutes_in_short(self.minutes_min, self.minutes_max)

    @property
    def running_time(self):
        """Minutes and seconds as a player shows them: 89 is "1:29"; "" when unknown."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}" if self.seconds else ""

    @property
    def term_names(self):
        """The names of its terms, its ways of delivery, its tags and the outer topics."""
        terms = ["levels", "dimensions", "audiences", "topics", "regions", "deliveries", "tags"]
        outer = [topic.parent.name for topic in linked(self, "topics") if topic.parent]
        return [str(term) for name in terms for term in linked(self, name)] + outer

    @property
    def track(self):
        """Five booleans, one a level: whether the resource is for this level."""
        numbers = self.level_numbers
        return [number in numbers for number in range(1, 6)]

    @cached_property
    def level_numbers(self):
        return [level.number for level in linked(self, "levels")]

    @cached_property
    def audience_terms(self):
        return list(self.audiences.all())

    @cached_property
    def dimension_terms(self):
        return list(self.dimensions.all())

    @cached_property
    def region_terms(self):
        return list(self.regions.all())

    @cached_property
    def audience_names(self):
        return [audience.name for audience in self.audience_terms]

    @cached_property
    def delivery_names(self):
        return [delivery.get_mode_display() for delivery in self.deliveries.all()]

    @property
    def level_note(self):
        """The levels as written if they say more than the numbers; "" for one like "Level 2, 3"."""
        says_more = re.sub(r"levels?|and|[^a-z]", "", self.level_text.lower())
        return self.level_text if says_more or not self.level_words else ""

    @cached_property
    def level_words(self):
        """The levels in words: "Levels 2–3" for a run, "Levels 1, 3" otherwise, "" for none."""
        numbers = self.level_numbers
        if not numbers:
            return ""
        run = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1))
        words = f"{numbers[0]}–{numbers[-1]}" if run else ", ".join(map(str, numbers))
        return ngettext("Level %s", "Levels %s", len(numbers)) % words
