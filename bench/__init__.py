"""How fast grading is, and against what: see README.md beside this file. Nothing here is part of the grader."""
