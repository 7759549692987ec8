"""The words and results that editors give the search, and the counts of readers' searches."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.lib.stemming import stems_in
from catalog.models.base import CleanModel
from catalog.models.resource import Resource


def check_words(text):
    if not stems_in(text):
        raise ValidationError(_("Write at least one word with letters or digits."))


class Synonym(CleanModel):
    """Two ways to say one thing. A search for either finds both."""

    term = models.CharField(
        _("short form or word"),
        max_length=80,
        validators=[check_words],
        help_text=_("Such as “UBT”."),
    )
    meaning = models.CharField(
        _("means"),
        max_length=80,
        validators=[check_words],
        help_text=_("Such as “unit-based team”."),
    )

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["term", "meaning"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "meaning"],
                name="synonym_once",
                violation_error_message=_("This synonym already exists."),
            )
        ]

    def __str__(self):
        return f"{self.term} = {self.meaning}"

    def clean(self):
        if stems_in(self.term) == stems_in(self.meaning):
            raise ValidationError(_("Search already treats both sides as the same words."))


class BestBet(CleanModel):
    """A promoted result: a search for `words` shows `resource` first."""

    words = models.CharField(
        _("words"),
        max_length=120,
        validators=[check_words],
        help_text=_("What people type. Other forms of the same words count too."),
    )
    stems = models.CharField(max_length=400, editable=False, db_index=True)
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="best_bets", verbose_name=_("shown first")
    )

    class Meta:
        verbose_name = _("promoted result")
        verbose_name_plural = _("promoted results")
        ordering = ["words", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stems", "resource"],
                name="best_bet_once",
                violation_error_message=_("It already comes first for these words."),
            )
        ]

    def __str__(self):
        return f"{self.words} → {self.resource}"

    def clean(self):
        self.stems = " ".join(stems_in(self.words))

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)


class JudgedQuery(CleanModel):
    """A search check: `resource` has to be among the first three results for `words`."""

    words = models.CharField(_("words"), max_length=120, validators=[check_words])
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="judged_queries", verbose_name=_("wanted result")
    )

    class Meta:
        verbose_name = _("search check")
        verbose_name_plural = _("search checks")
        ordering = ["words", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["words", "resource"],
                name="judged_query_once",
                violation_error_message=_("This search check already exists."),
            )
        ]

    def __str__(self):
        return f"{self.words} → {self.resource}"


class SearchCount(models.Model):
    """How often readers searched for some words on one day. Nothing says who searched."""

    day = models.DateField(_("day"))
    words = models.CharField(_("words"), max_length=120)
    searches = models.PositiveIntegerField(_("searches"), default=0)
    clicks = models.PositiveIntegerField(_("clicks"), default=0)
    results = models.PositiveIntegerField(_("results"), default=0)

    class Meta:
        verbose_name = _("searches of a day")
        verbose_name_plural = _("searches")
        constraints = [
            models.UniqueConstraint(fields=["day", "words"], name="search_count_once_a_day"),
            models.CheckConstraint(condition=~Q(words=""), name="search_count_has_words"),
        ]

    def __str__(self):
        return self.words
