"""Numba's decorators, with a cache on disk whose files are checked before they are used.

Numba reads what it compiled before as it finds it: an empty or cut file breaks every later run (EOFError,
UnpicklingError, "LLVM bitcode parsing error"), and of a file with a flipped bit it may run wrong code. Here each file
ends with a checksum. One that is damaged, unreadable, or of another function counts as absent: the function is compiled
again, and the file replaced. A file that cannot be written (a full disk) costs the next process that compilation.
"""

import hashlib
import io
import os
import stat
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

CHECKSUM_BYTES = 16
"""Length of the BLAKE2b checksum, in bytes: damage is overlooked with a chance of 2⁻¹²⁸. It does not stop people."""


def njit(*, cache: bool = False, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return the decorator `numba.njit`; with cache=True compiled code is kept on disk, in checked files.

    Parameters
    ----------
    cache : bool
        True keeps the code where numba would: in NUMBA_CACHE_DIR, beside the source, or in the user's cache folder.
    **options
        Options of `numba.njit`.

    Examples
    --------
    >>> from mftheory.compiling import njit
    >>> @njit(error_model="numpy")
    ... def inverse(x):
    ...     return 1 / x
    >>> inverse(0.0)
    inf
    """

    def decorate(function: Callable[..., Any]) -> Any:
        compiled = numba.njit(**options)(function)
        if cache and compiled is not function:  # NUMBA_DISABLE_JIT gives the function itself
            compiled._cache = _cache_of(function, compiled._cache)
        return compiled

    return decorate


def vectorize(signatures: Sequence[str], *, cache: bool = False, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return the decorator `numba.vectorize` for fixed signatures; with cache=True code is kept, and checked.

    Examples
    --------
    >>> from mftheory.compiling import vectorize
    >>> @vectorize(["float64(float64)"])
    ... def double(x):
    ...     return 2 * x
    >>> double([1.0, 2.0])
    array([2., 4.])
    """

    def decorate(function: Callable[..., Any]) -> Any:
        ufunc = numba.vectorize(**options)(function)
        if cache:
            ufunc._dispatcher.cache = _cache_of(function, ufunc._dispatcher.cache)
        for signature in signatures:
            ufunc.add(signature)
        ufunc.disable_compile()
        return ufunc

    return decorate


def _cache_of(function: Callable[..., Any], none: Any) -> Any:
    try:
        return _Cache(function)
    except (RuntimeError, OSError) as error:  # numba finds no folder that it can write to
        warnings.warn(f"compiled code is not kept, so that each process compiles it again ({error})", stacklevel=4)
        return none


class _Cache(FunctionCache):
    """Numba's cache of one function, with checked files; if anything is wrong with it, the function is compiled."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        numbas = self._cache_file
        self._cache_file = _CheckedFiles(self._cache_path, self._impl.filename_base, numbas._source_stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        # Whole files can be of no use too: made with another version of what numba's own types come from.
        with suppress(Exception):
            return super().load_overload(sig, target_context)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


class _CheckedFiles(IndexDataCacheFile):
    """An index and data files that end with the checksum of their name, their source and their content.

    The data are kept with their key: two processes that compile the same function for different types at once may give
    their files the same name, and the index would then lead to code for other types.
    """

    def save(self, key: Any, data: Any) -> None:
        super().save(key, (key, data))

    def load(self, key: Any) -> Any:
        entry = super().load(key)
        return entry[1] if entry is not None and entry[0] == key else None

    def _load_index(self) -> Any:
        return super()._load_index() if self._is_whole(self._index_path) else {}

    def _load_data(self, name: str) -> Any:
        if not self._is_whole(self._data_path(name)):
            raise FileNotFoundError(name)  # which counts as absent
        return super()._load_data(name)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[io.BytesIO]:
        content = io.BytesIO()
        yield content
        with super()._open_for_write(filepath) as file:
            file.write(content.getvalue() + self._checksum(filepath, content.getvalue()))

    def _is_whole(self, path: str) -> bool:
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for
                return False
            with open(path, "rb") as file:
                content = file.read()
        except OSError:
            return False
        return self._checksum(path, content[:-CHECKSUM_BYTES]) == content[-CHECKSUM_BYTES:]

    def _checksum(self, path: str, content: bytes) -> bytes:
        about = repr((os.path.basename(path), self._source_stamp)).encode()
        return hashlib.blake2b(about + content, digest_size=CHECKSUM_BYTES).digest()


__all__ = ["njit", "vectorize"]
