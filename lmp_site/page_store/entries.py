"""One kept answer: its bytes in each encoding, its headers, and how its readers are counted."""

import gzip
import hashlib
from functools import cached_property, lru_cache
from typing import NamedTuple

import brotli
import zstandard

COMPRESSED_TYPES = ("text/", "image/svg+xml", *(f"application/{name}" for name in (
    "json", "javascript", "xml", "rss+xml", "atom+xml", "opensearchdescription+xml")))  # fmt: skip
# The quickest first: an entry keeps its text in this form. Their sizes differ by a few percent.
COMPRESSORS = {
    # Its result keeps the room for the longest one, so it is copied.
    "zstd": lambda body: bytes(memoryview(zstandard.compress(body, 6))),
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": bytes,
}
ENCODINGS = tuple(filter(None, COMPRESSORS))
MIN_COMPRESSED = 200  # bytes; less does not get smaller
NOT_MODIFIED_HEADERS = {"cache-control", "vary", "content-security-policy", "expires"}
OVERHEAD = 2000  # bytes that an entry takes besides its bodies
QUERY_BYTES = 400  # that a query takes; equal queries of several entries share their SQL
VALUE_BYTES = 40  # that one of its parameters takes
MAX_ACCEPTED = 1000  # characters of an Accept-Encoding header that are read


class Variant(NamedTuple):
    """An entry in one encoding, for clients that do not have it and for those that do (304)."""

    etag: str
    whole: "Answer"
    known: "Answer"

    @property
    def body(self):
        return self.whole.parts[0]


class Answer(NamedTuple("Answer", [("status", str), ("headers", list), ("parts", list)])):
    """What WSGI sends: a status, [(name, value)] and the parts of the body."""

    @cached_property
    def head(self):
        """The status line and the headers as bytes, without the empty line at the end."""
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


class Entry:
    """An answer with status 200.

    `names` are the parameters that made a difference, None for all. `count` is (function, *values)
    that counts one more reader of it. `is_result` says that it counts as a click if a reader comes
    from a search page. `sources` are the Sources of which it is made, None if they cannot be asked.
    """

    def __init__(self, headers, body, names=None, count=None, is_result=False, sources=None):
        self.names, self.count, self.is_result, self.sources = names, count, is_result, sources
        self.key = None  # its place in the store
        self.number = None  # the last generation of the catalog for which it is right
        self.since = self.until = 0  # the times in seconds between which it may be right
        content_type = dict(headers).get("Content-Type", "")
        is_text = content_type.startswith(COMPRESSED_TYPES)
        self.encodings = ENCODINGS if is_text and len(body) >= MIN_COMPRESSED else ()
        skipped = {"etag", "content-length"}
        self.headers = [(name, value) for name, value in headers if name.lower() not in skipped]
        self.modified = dict(headers).get("Last-Modified")
        self.tag = strong_tag(dict(headers).get("ETag", "")) or hash_of(body)
        kept_as = self.encodings[0] if self.encodings else ""
        self.variants = {kept_as: self.variant(kept_as, body)}
        self.size = self.measure()

    def measure(self):
        """Returns the bytes that it takes in memory."""
        queries = self.sources.queries if self.sources else ()
        asked = sum(QUERY_BYTES + VALUE_BYTES * len(values or ()) for _sql, values in queries)
        bodies = sum(len(variant.body) for variant in tuple(self.variants.values()))
        return OVERHEAD + asked + bodies

    @property
    def body(self):
        """The answer as Django has made it."""
        if self.encodings:
            return zstandard.decompress(self.variants[self.encodings[0]].body)
        return self.variants[""].body

    def variant(self, encoding, body):
        body = COMPRESSORS[encoding](body)
        etag = f'"{self.tag}{encoding and "-"}{encoding}"'
        headers = [*self.headers, ("ETag", etag)]
        brief = [pair for pair in headers if pair[0].lower() in NOT_MODIFIED_HEADERS]
        brief.append(("ETag", etag))
        headers.append(("Content-Length", str(len(body))))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        whole = Answer("200 OK", headers, [body])
        return Variant(etag, whole, Answer("304 Not Modified", brief, []))

    def variant_for(self, accepted):
        """Returns the variant that a client with this Accept-Encoding header gets."""
        encoding = best_encoding(accepted[:MAX_ACCEPTED], self.encodings) if self.encodings else ""
        variant = self.variants.get(encoding)
        if variant is None:
            variant = self.variant(encoding, self.body)
            if encoding:  # hardly anybody asks for a text as it is, which takes most room
                self.variants[encoding] = variant
        return variant

    def answer(self, environ):
        """Returns the Answer to a request."""
        variant = self.variant_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if self.is_known(environ, variant.etag):
            return variant.known
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        return variant.whole._replace(parts=[]) if is_head else variant.whole

    def is_known(self, environ, etag):
        """Whether the client has this answer. An ETag counts more than a date, as RFC 9110 says."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None:
            return matches(known, etag)
        return self.modified and environ.get("HTTP_IF_MODIFIED_SINCE") == self.modified


def strong_tag(etag):
    """Returns what is in a strong ETag, "" if there is none.

    >>> strong_tag('"5f-a"'), strong_tag('W/"5f-a"')
    ('5f-a', '')
    """
    return etag.strip('"') if etag.startswith('"') else ""


def hash_of(body):
    return hashlib.sha256(body).hexdigest()[:32]


def matches(known, etag):
    """Whether an If-None-Match header names the ETag.

    >>> matches('W/"a", "b-br"', '"b-br"'), matches("*", '"b"'), matches('"a"', '"b"')
    (True, True, False)
    """
    tags = (tag.strip().removeprefix("W/") for tag in known.split(","))
    return known.strip() == "*" or etag in tags


@lru_cache(500)
def best_encoding(accepted, offered):
    """Returns the first of `offered` that an Accept-Encoding header allows, "" for none.

    >>> best_encoding("gzip, deflate, br;q=0.5", ("br", "gzip"))
    'br'
    >>> best_encoding("gzip;q=0, *;q=0", ("br", "gzip")), best_encoding("*", ("br", "gzip"))
    ('', 'br')
    """
    weights = {}
    for part in accepted.split(","):
        name, _semicolon, weight = part.partition(";")
        weights[name.strip().lower()] = weight.replace(" ", "").lower() not in NOT_ALLOWED
    return next((name for name in offered if weights.get(name, weights.get("*", False))), "")


NOT_ALLOWED = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
