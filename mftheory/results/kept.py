"""Results that can be kept in files."""

from __future__ import annotations

import os
from pathlib import Path


class Kept:
    """A result with a method `save`."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Keep it in a netCDF file, with its network and where it came from; `mftheory.load` reads it back.

        What is read back gives the same numbers to the last bit, complex ones too. Functions of a theory, and C(τ) of a
        predicted covariance, are tabulated up to twelve decay times and the highest frequency: in between they are
        interpolated (`Theory.C_error` includes what that costs), beyond they are refused. Covariances at equal times of
        a linear equivalent are kept if they were asked for before; of a recording the activity itself is not.

        Parameters
        ----------
        path : path
            The file, by custom ``*.nc``. What was there is replaced, in one move.

        Returns
        -------
        Path

        Raises
        ------
        InvalidFile
            If it cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import mftheory as mf
        >>> theory = mf.solve(mf.Network(mf.IID(3.0)))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     same = mf.load(theory.save(f"{folder}/theory.nc"))
        >>> same.network == theory.network, same.dimension("x") == theory.dimension("x")
        (True, True)
        >>> bool(abs(same.C("phi", 0.123) - theory.C("phi", 0.123)) <= same.C_error("phi", 0.123) < 1e-7)
        True
        """
        from mftheory.results.stored import save

        return save(self, path)
