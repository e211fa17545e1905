"""Wirings that are installed with the package."""

from importlib import resources
from pathlib import Path

from mftheory.errors import InvalidNetwork

SAMPLES = {"celegans": "celegans_white.csv", "fly-optic-lobe": "fly_optic_lobe_extent5.npz"}


def sample_data(name: str = "fly-optic-lobe") -> Path:
    """Return the path of a sample wiring that is installed with the package.

    Parameters
    ----------
    name : {"celegans", "fly-optic-lobe"}
        See ``mftheory/data/README.md`` for source and licence.

    Raises
    ------
    InvalidNetwork
        If there is no such sample.

    Examples
    --------
    >>> from mftheory.connectome import read, sample_data
    >>> read(sample_data("fly-optic-lobe")).n
    5759
    """
    if name not in SAMPLES:
        raise InvalidNetwork("name", name, f"must be one of {', '.join(sorted(SAMPLES))}")
    return Path(str(resources.files("mftheory").joinpath("data", SAMPLES[name])))
