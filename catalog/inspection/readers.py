from catalog.inspection import captions, documents, films, pictures

MODULES = {"captions": captions, "documents": documents, "films": films, "pictures": pictures}
IDLE = 60  # seconds


def begin():
    """There is nothing to be made ready."""
