"""Grading: submissions in, results out. No gradebook, and nothing is written."""

from homework.grading.exercises import load_exercise, load_exercises
from homework.grading.grader import GradedSubmission, Grader

__all__ = ["GradedSubmission", "Grader", "load_exercise", "load_exercises"]
