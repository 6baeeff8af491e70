"""Many submissions at once: on processes of this machine, or on a cluster."""

from homework.pool.grader_process import only_result
from homework.pool.pool import Pool
from homework.pool.size import default_jobs

__all__ = ["Pool", "default_jobs", "only_result"]
