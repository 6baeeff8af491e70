"""Imported by name in the process that workers are forked from: multiprocessing can have modules imported there."""

from homework.pool.grader_process import import_grader

import_grader()
