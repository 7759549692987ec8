from editorial.models.demo import DemoItem
from editorial.models.imported import ImportedRecord

__all__ = ["DemoItem", "ImportedRecord"]
