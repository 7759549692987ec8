"""Replaces numbers that people write as words and fractions."""

import re

from .text import straighten

NAMES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
]
WORDS = {name: str(value) for value, name in enumerate(NAMES)}
WORD = re.compile(r"\b(?:" + "|".join(NAMES) + r")\b")
FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75", "1/2": ".5", "1/4": ".25", "3/4": ".75"}
FRACTION = re.compile(r"(?<![\d/])(\d{0,3})[ -]?([½¼¾]|[13]/[24](?![\d/]))")
PHRASES = (
    (re.compile(r"\b(\d{1,4}) \(\1\)"), r"\1"),
    (re.compile(r"(?<=\d)- to "), " to "),
    (re.compile(r"\b(?:an|1) hour and a half\b"), "1.5 hours"),
    (re.compile(r"\b(\d{1,2}) and a half\b"), r"\1.5"),
    (re.compile(r"\bhalf an hour\b"), "30 minutes"),
    (re.compile(r"\bhalf[ -]hour\b"), "30-minute"),
    (re.compile(r"\ban hour\b"), "1 hour"),
)


def with_digits(text: str) -> str:
    """Returns the text in lower case with every number in digits and with single spaces.

    >>> with_digits("Two two-hour modules – 8½ or One and a half hours")
    '2 2-hour modules - 8.5 or 1.5 hours'
    """
    text = " ".join(straighten(text).lower().split())
    text = WORD.sub(lambda word: WORDS[word[0]], text)
    text = FRACTION.sub(_decimal, text)
    for written, digits in PHRASES:
        text = written.sub(digits, text)
    return text


def _decimal(match: re.Match[str]) -> str:
    whole, fraction = match.groups()
    return (whole or "0") + FRACTIONS.get(fraction, fraction)
