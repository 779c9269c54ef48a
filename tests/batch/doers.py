"""What workers do in the tests of batches instead of dyeing: copy a file, or meet a bad end."""

import os
import signal
from pathlib import Path

from hairtint.batch import Job, Outcome
from hairtint.errors import DiskError, ModelError, PictureError


class Copier:
    """Copies; a photo's name says what goes wrong."""

    def do(self, job):
        name = job.source.stem
        first = job.source.with_suffix(".met")
        if name == "never" or (name == "once" and not first.exists()):
            first.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "ctrl-c":
            signal.raise_signal(signal.SIGINT)  # which goes to all processes of a terminal
        if name == "refused":
            raise PictureError(f"{job.source} is no photo")
        if name == "odd":
            raise ZeroDivisionError("nobody thought of it")
        if name == "model":
            raise ModelError("no such network")
        if name == "full":
            raise DiskError("the disk is full")
        job.result.write_text(name)
        return Outcome(job, (f"by {os.getpid()}",))


def jobs(folder: Path, *names: str):
    for name in names:
        yield Job(folder / f"{name}.jpg", folder / f"{name}.out")
