"""The provenance of a stored result: versions, machine and time."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def provenance(**settings: Any) -> dict[str, Any]:
    """Return versions, host facts that matter for reproduction, time of day, and the settings given.

    Examples
    --------
    >>> from mftheory.results.provenance import provenance
    >>> provenance(seed=3)["settings"]
    {'seed': 3}
    """
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {name: version_of(name) for name in ("mftheory", "numpy", "scipy", "sympy", "numba")},
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": {name: os.environ[name] for name in _THREAD_VARIABLES if name in os.environ},
        "settings": settings,
    }


_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def version_of(name: str) -> str | None:
    """Return the version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
