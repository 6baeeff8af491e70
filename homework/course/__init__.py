"""What the course asks for: its folders, assignments, tasks and settings. Knows nothing of submissions or grading."""

from homework.course.assignment import Assignment
from homework.course.course import EXAMPLE, Course
from homework.course.tasks import KINDS, Kind, Task

__all__ = ["EXAMPLE", "KINDS", "Assignment", "Course", "Kind", "Task"]
