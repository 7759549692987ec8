from catalog.files.inspection import captions, documents, images, video

MODULES = {"captions": captions, "documents": documents, "images": images, "video": video}
IDLE = 60  # seconds


def begin():
    """There is nothing to be made ready."""
