"""Reading the old site's stored page texts: text in, records out, without Django.

lines → items → fields → records; each small reading (levels, durations, …) is a module of its own.
"""

from .reader import read_page
from .records import Attention, Page, Record
from .requirements import Requirement

__all__ = ["Attention", "Page", "Record", "Requirement", "read_page"]
