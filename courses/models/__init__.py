from courses.models.course import (
    CircleError,
    Course,
    CourseModule,
    CourseReference,
    FollowUp,
    Requirement,
)
from courses.models.criterion import BestResource, Criterion

__all__ = [
    "BestResource",
    "CircleError",
    "Course",
    "CourseModule",
    "CourseReference",
    "Criterion",
    "FollowUp",
    "Requirement",
]
