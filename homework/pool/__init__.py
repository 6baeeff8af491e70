"""Many submissions at once: on processes of this machine, or on a cluster."""

from homework.pool.run import expect, grade_all
from homework.pool.size import default_jobs
from homework.pool.worker import only_result

__all__ = ["default_jobs", "expect", "grade_all", "only_result"]
