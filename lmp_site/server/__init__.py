"""Serves the catalog: a master process, and web processes with an event loop each.

The loop sends kept answers itself (`connection.py`). Threads run the application for the others
(`bridge.py`). So neither a slow client nor a download holds a thread.
"""
