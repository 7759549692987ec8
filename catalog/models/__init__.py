from catalog.models.delivery import Delivery
from catalog.models.edition import Edition
from catalog.models.former_slug import FormerSlug
from catalog.models.index import FileText, IndexEntry, IndexPart, Passage, Word
from catalog.models.job import Job
from catalog.models.pdf_order import PdfOrder
from catalog.models.querysets import ResourceQuerySet
from catalog.models.resource import Resource
from catalog.models.search import BestBet, JudgedQuery, SearchCount, Synonym
from catalog.models.site import SiteSettings
from catalog.models.tags import TaggedResource
from catalog.models.terms import Audience, Dimension, Level, Region, Term, ToolType, Topic
from catalog.models.tool import Rendition, RenditionVersion, Tool
from catalog.models.video import Credit, Video

__all__ = [
    "Audience",
    "BestBet",
    "Credit",
    "Delivery",
    "Dimension",
    "Edition",
    "FileText",
    "FormerSlug",
    "IndexEntry",
    "IndexPart",
    "Job",
    "JudgedQuery",
    "Level",
    "Passage",
    "PdfOrder",
    "Region",
    "Rendition",
    "RenditionVersion",
    "Resource",
    "ResourceQuerySet",
    "SearchCount",
    "SiteSettings",
    "Synonym",
    "TaggedResource",
    "Term",
    "Tool",
    "ToolType",
    "Topic",
    "Video",
    "Word",
]
