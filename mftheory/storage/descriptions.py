"""Networks as plain data: written with a result, and built again from it by a table of known classes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.recorded_fields import recorded

Arrays = Mapping[str, NDArray[Any]]


def described(network: Any) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a network as a tree ready for JSON, and the arrays in it by the names that the tree uses.

    Examples
    --------
    >>> from mftheory import IID, Network
    >>> from mftheory.storage.descriptions import described
    >>> tree, arrays = described(Network(IID(3.0)))
    >>> tree["fields"]["connectivity"], arrays
    ({'class': 'IID', 'fields': {'g': 3.0}}, {})
    """
    arrays: dict[str, NDArray[Any]] = {}
    return _tree(network, arrays), arrays


def fingerprint(tree: Any, arrays: Arrays) -> str:
    """Return the hash of a description and every byte of its arrays, as 32 hexadecimal digits."""
    hashed = hashlib.blake2b(json.dumps(tree, sort_keys=True, ensure_ascii=False).encode(), digest_size=16)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        hashed.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
        hashed.update(array.tobytes())
    return hashed.hexdigest()


def rebuilt(tree: Any, arrays: Arrays, known: Mapping[str, Callable[..., Any]]) -> Any:
    """Return the network of a description, made by the constructors in `known` alone, which check their arguments.

    Raises
    ------
    LookupError
        If the description contains something else.
    """
    if not isinstance(tree, Mapping):
        return tree
    if "class" in tree:
        fields = {name: rebuilt(value, arrays, known) for name, value in tree["fields"].items()}
        return known[tree["class"]](**fields)
    if "array" in tree:
        array = np.array(arrays[tree["array"]])
        array.setflags(write=False)
        return array
    if "tuple" in tree:
        return tuple(rebuilt(item, arrays, known) for item in tree["tuple"])
    if "mapping" in tree:
        return {name: rebuilt(value, arrays, known) for name, value in tree["mapping"].items()}
    if "number" in tree:
        return float(tree["number"])
    raise LookupError(tree.get("opaque", ""))


def _tree(value: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else {"number": repr(number)}  # JSON has no infinity
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        name = f"network_{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in recorded(value) if f.init and f.name[0] != "_"]
        return {"class": type(value).__name__, "fields": {name: _tree(getattr(value, name), arrays) for name in names}}
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {"mapping": {name: _tree(item, arrays) for name, item in value.items()}}
    if isinstance(value, list | tuple):
        return {"tuple": [_tree(item, arrays) for item in value]}
    return {"opaque": f"{type(value).__name__}: {str(value)[:200]}"}
