"""Rich text that editors write: what it may hold, and how everything else is removed.

There are two checks. First the writer reads any text in one pass and writes well-formed HTML of the
allowed elements, each where it may be. Then nh3 checks that HTML against the same list by the rules
of a browser. nh3 is not first, because a browser's rules turn 20 kB of crossed tags into 8 MB.
"""
