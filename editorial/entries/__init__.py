"""Entries as JSON lines: imported many at once, and exported."""
