"""A measured f–I curve from a file: two columns, inputs and rates."""

import mftheory as mf
from mftheory.errors import InvalidFile

SUFFIXES = (".csv", ".tsv", ".txt", ".dat")

SEPARATOR = r"\s*[,;\t]\s*|\s+"


def read(path: str) -> mf.Tabulated:
    """Return the table in a text file, which may have one line of names and comments after a #.

    Raises
    ------
    InvalidFile
        If it cannot be read, or is not two columns of numbers.
    InvalidNetwork
        If the numbers are no table.
    """
    import pandas as pd

    try:
        cells = pd.read_csv(path, sep=SEPARATOR, engine="python", comment="#", header=None, dtype=str)
    except OSError as error:
        raise InvalidFile("nonlinearity", path, f"cannot be read ({error.strerror})") from None
    except ValueError as error:  # pandas's, and of other encodings
        raise InvalidFile("nonlinearity", path, f"is no table of two columns ({str(error).splitlines()[0]})") from None
    if cells.shape[1] != 2:
        raise InvalidFile("nonlinearity", path, f"must have two columns, x and rate (here {cells.shape[1]})")
    numbers = cells.apply(pd.to_numeric, errors="coerce")
    if numbers.iloc[0].isna().all():  # the names
        cells, numbers = cells.iloc[1:], numbers.iloc[1:]
    if (wrong := numbers.isna().any(axis=1)).any():
        row = cells[wrong].iloc[0].tolist()
        raise InvalidFile("nonlinearity", path, f"must have two numbers on every line (not so: {row[0]}, {row[1]})")
    return mf.Tabulated(*numbers.to_numpy(float).T)
