"""Plain rows of a sweep's data set, for the command line: aligned text, or JSON."""

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.results.aligned import aligned
from mftheory.results.estimate import with_errors

if TYPE_CHECKING:
    import xarray

COLUMNS = {
    "solve": ("dimension", "dimension_error", "C", "C_error", "gain", "status"),
    "simulate": ("seed", "dimension", "dimension_error", "C", "C_error", "Psi", "Psi_error", "status"),
    "compare": ("theory", "theory_error", "extrapolated", "extrapolated_error", "z", "theory_status"),
}


def rows(data: "xarray.Dataset") -> list[dict[str, Any]]:
    """Return one mapping for each point and observable; of simulations one for each network.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.sweeps.report import rows
    >>> data = mf.sweep(lambda g: mf.Network(mf.IID(g)), over={"g": [2.0, 3.0]}, jobs=1)
    >>> [(row["g"], round(row["dimension"], 4), row["status"]) for row in rows(data)]
    [(2.0, 0.023, 'converged'), (3.0, 0.0497, 'converged')]
    """
    what = data.attrs["what"]
    columns = COLUMNS[what]
    main = data[columns[1]] if what == "simulate" else data[columns[0]]
    listed = []
    for index in np.ndindex(main.shape):
        at = data.isel({str(name): i for name, i in zip(main.dims, index, strict=True)})
        if what == "simulate" and int(at["seed"]) < 0:
            continue
        labels = {str(name): at[name].item() for name in main.dims}
        listed.append(labels | {name: at[name].item() for name in columns})
    return listed


def table(data: "xarray.Dataset") -> str:
    """Return the rows as aligned text."""
    shown = [with_errors(row) for row in rows(data)]
    header = list(shown[0]) if shown else []
    return aligned([header, *(list(row.values()) for row in shown)])


def plain(data: "xarray.Dataset") -> dict[str, Any]:
    """Return the rows and the description of their sweep, ready for JSON; null where there is no number."""
    described = {name: json.loads(data.attrs[name]) for name in ("sweep", "provenance")}
    shown = [{name: _finite(value) for name, value in row.items()} for row in rows(data)]
    return {"what": data.attrs["what"], "rows": shown, **described}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
