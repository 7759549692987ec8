from courses.admin import course, criterion

__all__ = ["course", "criterion"]
