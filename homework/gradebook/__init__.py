"""The one seam to nbgrader: record results in its gradebook, take the place of its autograde, export grades.

Nothing here is imported before it is needed: nbgrader takes seconds to import.
"""
