"""Writes the sets and orders of the index. Each process then reads only those that changed.

One more part, the stamps, is a JSON object with a random text for each part. It changes when the
part does.
"""

import json
from secrets import token_hex

from catalog.models import IndexPart
from catalog.search.index import SET, STAMPS_KEY, WORDS, read_stamps


def save_parts(parts, words=False):
    """Saves {key: bytes}. `words` says whether the words of some entry changed too."""
    save_data(parts)
    stamp([*parts, *([WORDS] if words else [])])


def replace_parts(parts):
    """Saves {key: bytes} of all sets and orders, and deletes all other sets."""
    stale = IndexPart.objects.filter(key__startswith=SET).exclude(key__in=list(parts))
    stale_keys = list(stale.values_list("key", flat=True))
    IndexPart.objects.filter(pk__in=stale_keys).delete()
    save_data(parts)
    stamp([*parts, WORDS], stale_keys)


def save_data(parts):
    IndexPart.objects.bulk_create(
        [IndexPart(key=key, data=data) for key, data in parts.items()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["data"],
    )


def stamp(changed, deleted=()):
    if not changed and not deleted:
        return
    stamps = {key: text for key, text in read_stamps().items() if key not in deleted}
    stamps |= {key: token_hex(6) for key in changed}
    save_data({STAMPS_KEY: json.dumps(stamps).encode()})
