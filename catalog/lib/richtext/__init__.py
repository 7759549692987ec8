"""Rich text that editors write: what it may hold, and how everything else is taken out of it.

Two locks. The writer reads any text in one pass and writes well-formed HTML of the allowed
elements, each in its place. nh3 then holds that against the same list with a browser's own rules.
It does not come first, for some 20 kB of crossed tags become 8 MB in a browser's hands.
"""
