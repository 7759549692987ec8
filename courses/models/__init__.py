from courses.models.course import (
    Course,
    CourseModule,
    CourseReference,
    FollowUp,
    Requirement,
)
from courses.models.criterion import BestResource, Criterion

__all__ = [
    "BestResource",
    "Course",
    "CourseModule",
    "CourseReference",
    "Criterion",
    "FollowUp",
    "Requirement",
]
