"""What is installed of the packages that hairtint is built on."""

from __future__ import annotations

import importlib.util
from importlib import metadata

from hairtint.errors import MissingExtraError

_NAMES = {"av": "PyAV"}  # of packages that are not called what is imported


def require(extra: str, *modules: str, what: str = "this needs", otherwise: str = "") -> None:
    """Raise MissingExtraError, naming the cure, where one of an extra's modules is not installed.

    what: who needs it. otherwise: what else can be done.
    """
    for module in modules:
        if importlib.util.find_spec(module) is None:
            cure = f"pip install 'hairtint[{extra}]'{otherwise}"
            raise MissingExtraError(f"{what} {_NAMES.get(module, module)}: {cure}")


def version(package: str) -> str | None:
    """The version of an installed package, None where it is not."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
