from editorial.models.imported import ImportedRecord

__all__ = ["ImportedRecord"]
