"""Many photos in one go: which there are and where results go (jobs), what is done to each (task), by whom (crew).

Everything is an iterator, so that a million photos need no more memory than a few.
"""

from hairtint.batch.jobs import Found, Job, find, is_folder, is_many, listed, plan, slug
from hairtint.batch.task import Dyer, Outcome, Task, make_folder, run

__all__ = [
    "Dyer", "Found", "Job", "Outcome", "Task", "find", "is_folder", "is_many", "listed", "make_folder", "plan", "run",
    "slug",
]  # fmt: skip
