"""Turns text into the words that the index holds and a search compares: folded, split, stemmed.

Both databases get the same words from this module and only look them up, so their answers are the
same.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

# Letters and digits of any script, apostrophes inside, up to two plus signs at the end, as in RIM+.
WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*\+{0,2}")
MAX_HITS = 200  # of one text that are compared to find the best place to show
MAX_WORD_LENGTH = 40  # characters of a word; nobody types a longer word
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about an and any are as at be by can do does find for from get has have how i if in"
        " is it its me my need of on or our so some that the their them there this to us want"
        " was we what when where which who why will with would you your",
    )
)


class _Stemmer(threading.local):
    """A stemmer for each thread. It keeps its word in itself, so no two threads may share one."""

    def __init__(self):
        self.stem_word = snowballstemmer.stemmer("english").stemWord


_english = _Stemmer()


def fold(word):
    """Returns `word` as it is compared: lower case, no accents or apostrophes, "plus" for +.

    >>> fold("Café’s"), fold("RIM+")
    ('cafes', 'rimplus')
    """
    return _fold_letters(word[: 2 * MAX_WORD_LENGTH])


@lru_cache(maxsize=50_000)
def _fold_letters(word):
    letters = unicodedata.normalize("NFKD", word.replace("+", "plus")).casefold()
    return "".join(c for c in letters if c.isalnum())[:MAX_WORD_LENGTH]


@lru_cache(maxsize=50_000)
def stem(word):
    """Returns the stem that all forms of a folded word have in common.

    >>> stem("stakeholder") == stem("stakeholding") == "stakehold"
    True
    """
    return _english.stem_word(word)


def words_in(text):
    """Returns the folded words of `text` in their order.

    >>> words_in("The Co-Lead’s 2-hour workshop")
    ['the', 'co', 'leads', '2', 'hour', 'workshop']
    """
    return [word for word in map(fold, WORD.findall(text)) if word]


def stems_in(text):
    return [stem(word) for word in words_in(text)]


def content_words(words):
    """Returns `words` without stop words; all of them if that would leave none.

    >>> content_words(["what", "consensus", "is"]), content_words(["to", "be"])
    (['consensus'], ['to', 'be'])
    """
    return [word for word in words if word not in STOP_WORDS] or words


def mark_stems(text, stems):
    """Splits `text` into pairs of a piece and whether that piece is a word with one of `stems`.

    >>> mark_stems("Small tests, big change", {"test", "chang"})
    [('Small ', False), ('tests', True), (', big ', False), ('change', True)]
    """
    pieces, end = [], 0
    for match in WORD.finditer(text):
        if stem(fold(match[0])) in stems:
            pieces += [(text[end : match.start()], False), (match[0], True)]
            end = match.end()
    pieces.append((text[end:], False))
    return [(piece, hit) for piece, hit in pieces if piece]


def excerpt(text, stems, width=32):
    """Returns the `width` words of `text` that hold most of `stems`, split as by mark_stems().

    An ellipsis replaces the text that is left out before and after. Returns [] if the text has
    none of the stems.
    """
    words = list(WORD.finditer(text))
    hits = [n for n, word in enumerate(words) if stem(fold(word[0])) in stems]
    if not hits:
        return []
    hits = hits[:MAX_HITS]
    first = max(hits, key=lambda n: (count_stems(words, hits, n, width), -n))
    begin = max(0, min(first - 4, len(words) - width))
    end = min(len(words), begin + width)
    before = "… " if begin else ""
    after = " …" if end < len(words) else ""
    start = words[begin].start() if begin else 0
    stop = words[end - 1].end() if after else len(text)
    return mark_stems(before + " ".join(text[start:stop].split()) + after, stems)


def count_stems(words, hits, first, width):
    """Returns how many different stems are in the `width` - 4 words from number `first` on."""
    near = (n for n in hits if first <= n < first + width - 4)
    return len({stem(fold(words[n][0])) for n in near})
