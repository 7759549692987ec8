"""Work in a separate process, with limits of time and memory.

This package does not import Django. The caller names a function of a module. The function takes
the path of a file and plain options, and returns plain values (what JSON can hold) or raises
Refused.
"""
