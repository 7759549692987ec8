"""The limits of printed documents. A document leaves out anything more, and says so."""

# One document, in the process that lays it out.
LAYOUT_S, LAYOUT_MEGABYTES = 60, 1000

# A handout: more entries are made in the background (60 are 20 pages and take 2 s), and no handout
# has more than 500 (100 pages, 10 s).
HANDOUT_ENTRIES_AT_ONCE, MAX_HANDOUT_ENTRIES = 60, 500
MIN_ENTRIES_WITH_CONTENTS = 8  # readers see fewer at a glance

# The catalog PDF: the newest entries, about 200 pages.
MAX_CATALOG_ENTRIES = 2000

# A packet: more items are made in the background. The pages and megabytes of all its files count.
PACKET_ITEMS_AT_ONCE = 8
MAX_PACKET_PAGES, MAX_PACKET_MEGABYTES = 300, 100
MAX_FILE_PAGES = 200
READING_S, READING_MEGABYTES = 10, 500  # to read one file of it

# Texts of an entry. A row may be longer than the forms allow.
MAX_LETTERS = 100_000  # of a body or of a video's transcript: 30 pages
MAX_HTML = 4 * MAX_LETTERS
MAX_PLAIN_LETTERS, MAX_LINES = 10_000, 200  # of a text of lines
MAX_SHORT_FIELD = 1_000  # letters; a longer field is not a short text
MAX_SPOKEN_PARTS = 2_000  # paragraphs or lines of a transcript
CUES_PER_PART = 10  # captions in a row count as one part
MAX_ELEMENTS = 4_000  # each takes about 1 ms
INLINE_COST = 3  # elements; many inline elements in one paragraph take long
MAX_COLUMNS = 20  # of a table: more are too narrow to hold a word
# The time for a paragraph of words that each fill a line grows with the square of its length. So
# after a few such words, a line break follows each of them.
LONG_WORD, MAX_WORD = 60, 500  # letters
MAX_LONG_WORDS = 20
MAX_WITHOUT_SPACE = 40  # letters, each in a tag of its own: such words do not break by themselves
