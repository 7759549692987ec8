from catalog.models.resource import (
    Delivery,
    FormerSlug,
    Kind,
    Resource,
    ResourceQuerySet,
    TaggedResource,
)
from catalog.models.site import SiteSettings
from catalog.models.terms import Audience, Dimension, Level, Region, Term, ToolType, Topic
from catalog.models.tool import Rendition, Tool
from catalog.models.video import Credit, Video

__all__ = [
    "Audience",
    "Credit",
    "Delivery",
    "Dimension",
    "FormerSlug",
    "Kind",
    "Level",
    "Region",
    "Rendition",
    "Resource",
    "ResourceQuerySet",
    "SiteSettings",
    "TaggedResource",
    "Term",
    "Tool",
    "ToolType",
    "Topic",
    "Video",
]
