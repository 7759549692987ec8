"""Reads records from the old site's stored page texts, without Django.

A page goes through lines → items → fields → records. Each small reading (levels, durations, …) has
its own module.
"""

from .reader import read_page
from .records import Attention, Page, Record
from .requirements import Requirement

__all__ = ["Attention", "Page", "Record", "Requirement", "read_page"]
