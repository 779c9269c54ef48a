"""Pillow's warnings about odd files, kept off the user's screen."""

import threading
import warnings


class _Silence:
    """A context for any number of threads at once.

    Of warnings.catch_warnings alone each would put back what another had set, and it would stay for good.
    """

    def __init__(self) -> None:
        self.lock, self.inside = threading.Lock(), 0

    def __enter__(self) -> None:
        with self.lock:
            if not self.inside:
                self.caught = warnings.catch_warnings()
                self.caught.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.")
            self.inside += 1

    def __exit__(self, *raised: object) -> None:
        with self.lock:
            self.inside -= 1
            if not self.inside:
                self.caught.__exit__(None, None, None)


SILENCE = _Silence()
