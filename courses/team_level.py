"""The level of a team on the path, and the code for its answers. It does not use Django."""

import base64
import binascii
from dataclasses import dataclass

MAX_CODE_LENGTH = 4000  # letters, enough for numbers up to 20,000


class DamagedCode(ValueError):
    """Letters of the code are missing or changed."""


def code_of(answers):
    """Returns the numbers that a team checked as letters and digits, or "" for none.

    The code ends in a checksum of two bytes (CRC-CCITT), so a damaged link does not pass for
    other answers.
    >>> code_of([1, 3])
    'bkquu'
    """
    bits = sum(1 << number for number in set(answers))
    data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    whole = data + binascii.crc_hqx(data, 0).to_bytes(2, "big")
    return base64.b32encode(whole).decode().rstrip("=").lower() if data else ""


def answers_in(code):
    """Returns the set of numbers in `code`. Raises DamagedCode.

    >>> answers_in("BKQUU")
    {1, 3}
    """
    if not code:
        return set()
    try:
        padding = "=" * (-len(code) % 8)
        whole = base64.b32decode(code.upper() + padding)
    except (binascii.Error, ValueError) as error:
        raise DamagedCode from error
    data, check = whole[:-2], whole[-2:]
    if (
        not data
        or len(code) > MAX_CODE_LENGTH
        or check != binascii.crc_hqx(data, 0).to_bytes(2, "big")
    ):
        raise DamagedCode
    bits = int.from_bytes(data, "little")
    answers = {number for number in range(bits.bit_length()) if bits >> number & 1}
    if code_of(answers) != code.lower():  # the code has more zeros than it needs
        raise DamagedCode
    return answers


@dataclass(frozen=True)
class Standing:
    """The result of a team check.

    `level` is 0 before the team meets the first level. `next_level` is None at the top level.
    `open` has the criteria of the next level that the team does not meet: its next steps.
    `dimensions` is {dimension: its own level}.
    """

    level: int
    next_level: int | None
    open: tuple
    dimensions: dict


def find_standing(cells, met):
    """Returns the Standing of a team that meets the criteria `met`.

    `cells` is {(dimension, level): criteria}. A team reaches a level when it meets all criteria of
    this level and of all lower levels, in every dimension. So the level of a team is the level of
    its weakest dimension. A criterion without an answer counts as not met.
    >>> find_standing({("a", 1): [1], ("b", 1): [2], ("a", 2): [3, 4]}, {1, 2, 4})
    Standing(level=1, next_level=2, open=(3,), dimensions={'a': 1, 'b': 2})
    """
    levels = sorted({level for (_dimension, level), criteria in cells.items() if criteria})
    top = levels[-1] if levels else 0
    missed = {
        level: [c for (_d, number), criteria in cells.items() if number == level for c in criteria]
        for level in levels
    }
    missed = {level: [c for c in criteria if c not in met] for level, criteria in missed.items()}
    next_level = next((level for level in levels if missed[level]), None)
    return Standing(
        level=next_level - 1 if next_level else top,
        next_level=next_level,
        open=tuple(missed.get(next_level, ())),
        dimensions={
            dimension: level_in_dimension(dimension, cells, met, top)
            for dimension in dict.fromkeys(dimension for dimension, _level in cells)
        },
    )


def level_in_dimension(dimension, cells, met, top):
    level = 0
    while level < top and met.issuperset(cells.get((dimension, level + 1), ())):
        level += 1
    return level
