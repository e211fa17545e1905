"""The base of all results: they are saved, shown in notebooks and drawn by whatever is registered for their types."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from mftheory.errors import InvalidNetwork
from mftheory.lookup import FILES, PICTURES, TABLES
from mftheory.results.html import result_table

ALLOWED = "must be a result of solve, simulate, compare, measure, predict, predict_covariance or linear_equivalent"
"""The end of the error for a thing that is no result."""


class Result:
    """A result that can be saved to a file and shown in a notebook; it can be pickled, so sent to another process."""

    _hidden: ClassVar[frozenset[str]] = frozenset()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a netCDF file, with its network and where it came from; `mftheory.load` reads it back.

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
        kind = FILES.of(self)
        if kind is None:
            raise InvalidNetwork("result", self, ALLOWED)
        return Path(kind.save(self, path))

    def __dir__(self) -> list[str]:
        """Return what tab completion offers: everything but what only the package uses."""
        return [name for name in super().__dir__() if name not in self._hidden]

    def _repr_html_(self) -> str | None:
        table = TABLES.of(self)
        return None if table is None else result_table(repr(self), *table(self))

    def _drawn(self, *arguments: Any, **line: Any) -> Any:
        picture = PICTURES.of(self)
        if picture is None:
            raise InvalidNetwork("plot", self, "has no picture")
        return picture(self, *arguments, **line)


class DrawableResult(Result):
    """A result that can be drawn, too."""

    def plot(self, ax: Any = None, **line: Any) -> Any:
        """Draw it on a Matplotlib axes, or on that of a new figure; return the artists, a `mftheory.plots.Artists`.

        Further arguments are properties of the lines, as Matplotlib's `plot` takes them: ``color``, ``lw``, ``label``.

        Raises
        ------
        InvalidNetwork
            If `ax` is no axes.
        """
        return self._drawn(ax, **line)
