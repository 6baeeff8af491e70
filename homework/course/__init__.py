"""What is asked: the folders of a course, its assignments and settings. Knows neither submissions nor grading."""

from homework.course.assignment import Assignment
from homework.course.course import Course
from homework.course.tasks import KINDS, Kind, Task

__all__ = ["KINDS", "Assignment", "Course", "Kind", "Task"]
