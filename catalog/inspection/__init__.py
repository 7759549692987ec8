"""Reading what people upload, in a process of its own with limits of time and memory.

The modules here know nothing of Django. Each function that may be asked for takes the path of a
file and plain options, gives plain values (what JSON can hold) or raises Refused.
"""
