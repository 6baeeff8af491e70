"""Grade one submission: one in, one result out. No gradebook, no writing."""

from homework.grading.grader import GradedSubmission, Grader

__all__ = ["GradedSubmission", "Grader"]
