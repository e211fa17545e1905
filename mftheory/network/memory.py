"""The memory of this machine: what does not fit is refused before it is begun."""

import os
from pathlib import Path
from typing import Any

from mftheory.errors import InvalidNetwork


def check(argument: str, value: Any, need: float, what: str, remedy: str = "") -> None:
    """Refuse what needs more memory than there is; where that is not known, refuse nothing.

    Parameters
    ----------
    argument, value : str, object
        What was asked for, named in the message.
    need : float
        Bytes.
    what, remedy : str
        What needs them, in words, and what to do instead.

    Raises
    ------
    InvalidNetwork
        If there are fewer.

    Examples
    --------
    >>> from mftheory.network import memory
    >>> memory.check("n", 100, 8 * 100**2, "the couplings")
    >>> memory.check("n", 10**9, 8e18, "the couplings")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    mftheory.errors.InvalidNetwork: n = 1000000000: the couplings would take 8e+09 GB of memory; there are ... GB
    """
    free = available()
    if need > free:
        allowed = f"{what} would take {need / 1e9:.3g} GB of memory; there are {free / 1e9:.3g} GB"
        raise InvalidNetwork(argument, value, allowed + (f": {remedy}" if remedy else ""))


def available() -> float:
    """Return the bytes that this process can still take of the machine, its container and its limit; inf if unknown.

    What the system keeps only to save time (file caches) counts as free, swap space does not.
    """
    return min(_of_machine(), _of_container(), _of_process())


def _of_machine() -> float:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    except (OSError, ValueError):
        pass
    try:  # not Linux: what it has, as what is free is not known
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):  # Windows
        return float("inf")


def _of_container(root: Path = Path("/sys/fs/cgroup")) -> float:
    """Return the bytes left to a container, which sees its own group at the root (version 2 or 1 of the interface)."""
    for limit, used, inactive in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            allowed = float((root / limit).read_text(encoding="ascii"))  # "max" is no number: no limit
            taken = float((root / used).read_text(encoding="ascii"))
            stat = (root / limit).with_name("memory.stat").read_text(encoding="ascii")
        except (OSError, ValueError):
            continue
        caches = [float(line.split()[1]) for line in stat.splitlines() if line.startswith(inactive + " ")]
        return max(0.0, allowed - taken + sum(caches))
    return float("inf")


def _of_process() -> float:
    """Return the bytes left of the limit that `ulimit -v` and a cluster's queue set."""
    try:
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft == resource.RLIM_INFINITY:
            return float("inf")
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return max(0.0, soft - float(pages * resource.getpagesize()))
    except (ImportError, OSError, ValueError):
        return float("inf")
