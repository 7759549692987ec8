from catalog.files.inspection import captions, documents, images, video

MODULES = {"captions": captions, "documents": documents, "images": images, "video": video}
IDLE = 60  # seconds


def begin():
    """Does nothing: these readers need no preparation."""
