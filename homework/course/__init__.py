"""What is asked: the folders of a course, its assignments and settings. Knows neither submissions nor grading."""

from homework.course.assignment import Assignment, Exercise, Question
from homework.course.course import Course

__all__ = ["Assignment", "Course", "Exercise", "Question"]
