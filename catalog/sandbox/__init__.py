"""Work in a process of its own, with limits of time and memory.

Nothing here knows Django. What may be asked for is a function of a module that is named: it takes
the path of a file and plain options, gives plain values (what JSON can hold) or raises Refused.
"""
