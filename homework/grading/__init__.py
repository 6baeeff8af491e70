"""Grade one submission: one in, one result out. No gradebook, no writing."""

from homework.grading.exercises import load_exercise, load_exercises
from homework.grading.grader import GradedSubmission, Grader

__all__ = ["GradedSubmission", "Grader", "load_exercise", "load_exercises"]
