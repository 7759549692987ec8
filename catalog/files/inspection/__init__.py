"""Reads uploaded files in a sandbox process. The modules here do not import Django."""
