"""The interface to nbgrader: record results in its gradebook, replace its autograde, export grades.

Nothing here is imported before it is needed: importing nbgrader takes seconds.
"""
