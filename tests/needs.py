"""What a machine may lack: without it tests are left out with a word, but never in CI."""

import os

import pytest


def left_out(reason):
    """Skip the test, or fail it where CI is set."""
    pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
