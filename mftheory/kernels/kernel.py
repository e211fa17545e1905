"""Compiled kernels: the committed ones, and those of a user's own formulas, cached across processes."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.arguments import refuse_masked
from mftheory.errors import InvalidCall, InvalidNetwork, Unsupported

GENERATED = Path(__file__).parent / "generated"

STRENGTHS = frozenset(("g", "g_eff"))
"""Real arguments that may enter through a factor 1 - s alone, so that no type of the ufunc tells."""


@dataclass(frozen=True)
class Kernel:
    """A formula compiled to a numba ufunc.

    Attributes
    ----------
    label, arguments : str, tuple of str
        The formula's.
    inputs : tuple of str
        What the ufunc takes: of the arguments those that it needs, and the factors 1 - s of the denominators.
    loops : mapping
        Each such factor's name ("one_minus_s", "one_minus_r") and its value as a function of arguments.
    spectra : mapping
        Arguments that are a two-time function at one of the two frequencies.
    means : mapping
        Arguments that are a mean over sites, and the two-time functions whose product is averaged.

    Examples
    --------
    >>> from mftheory.kernels import committed
    >>> psi = committed("iid", "phi")
    >>> psi.arguments
    ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'g')
    >>> complex(psi(C_phi_1=1.0, C_phi_2=2.0, S_phi_1=0.5j, S_phi_2=0.5j, g=2.0))
    (0.5+0j)

    Close to onset a caller that knows 1 - g² S_phi_1 S_phi_2 to more digits than S_phi gives it instead of S_phi:

    >>> complex(psi(C_phi_1=1.0, C_phi_2=2.0, one_minus_s=1e-20j, g=2.0))
    (2e+40+0j)
    """

    label: str
    arguments: tuple[str, ...]
    inputs: tuple[str, ...]
    loops: Mapping[str, "Loop"]
    spectra: Mapping[str, "TwoTime"]
    means: Mapping[str, tuple["TwoTime", ...]]
    content_hash: str
    function: Callable[..., Any]
    path: Path

    def __reduce__(self) -> tuple[Any, ...]:
        # By the file or the text that it is of: compiled functions do not go from one process to another.
        if self.path.parent == GENERATED:
            return _of_file, (self.path.stem,)
        return kernel_of_source, (f"kernel_{self.content_hash}", self.source)

    @property
    def source(self) -> str:
        """The numba source, readable; `standalone` returns a file of it that runs without this package."""
        return self.path.read_text(encoding="utf-8")

    def standalone(self) -> str:
        """Return the text of a Python file that needs NumPy and numba alone, with a function ``psi`` of `arguments`.

        Examples
        --------
        >>> from mftheory.kernels import committed
        >>> "mftheory" in committed("iid", "phi").standalone()
        False
        """
        from mftheory.kernels.standalone import standalone

        return standalone(self)

    def __call__(self, *by_place: ArrayLike, **values: ArrayLike) -> NDArray[Any]:
        """Evaluate at values of the arguments, given by name, broadcast against each other.

        A factor 1 - s of the denominators may be given too, by its name; arguments that enter only through it may then
        be left out.

        Returns
        -------
        array of complex128, of the broadcast shape

        Raises
        ------
        InvalidCall
            If an argument is not given by its name.
        InvalidNetwork
            If an argument is missing, unknown, masked, no number, or complex where the formula's is real, or shapes do
            not fit.
        """
        if by_place:
            takes = ", ".join(self.arguments)
            raise InvalidCall(f"kernel {self.label}: values are given by name, not by position; it takes {takes}")
        refuse_masked(values)
        needed = set(self.inputs)
        for name, loop in self.loops.items():
            if name not in values:
                needed = needed - {name} | set(loop.arguments)
        for name in (*sorted(values.keys() - needed - set(self.arguments)), *sorted(needed - values.keys())):
            raise InvalidNetwork(name, values.get(name), f"kernel {self.label} takes {', '.join(self.arguments)}")
        given = {name: self._numbers(name, values[name]) for name in needed}
        try:
            np.broadcast_shapes(*(array.shape for array in given.values()))
        except ValueError:
            shapes = {name: array.shape for name, array in sorted(given.items()) if array.ndim}
            raise InvalidNetwork("shapes", shapes, "must fit each other, as NumPy broadcasts arrays") from None
        for name, loop in self.loops.items():
            if name not in given:
                given[name] = loop(**{argument: given[argument] for argument in loop.arguments})
        return np.asarray(self.function(*(given[name] for name in self.inputs)))

    def _numbers(self, name: str, value: ArrayLike) -> NDArray[Any]:
        try:
            array = np.asarray(value)
        except ValueError:  # lists of different lengths
            array = np.asarray(None)
        if array.dtype.kind not in ("biuf" if name in self._real else "biufc"):
            number = "real number" if name in self._real else "number"
            raise InvalidNetwork(name, value, f"must be a {number}, or an array of them")
        return array.astype(np.float64) if array.dtype.kind == "b" else array

    @cached_property
    def _real(self) -> frozenset[str]:
        """Names of the real arguments, looked up once: a kernel is called at every panel of an integral."""
        types = self.function.types[0]  # type: ignore[attr-defined]  # of the ufunc, such as "ddD->D"
        return frozenset(name for name, kind in zip(self.inputs, types, strict=False) if kind == "d") | STRENGTHS


class TwoTime(NamedTuple):
    """A two-time function at one of the two frequencies, which a kernel takes as an argument.

    Attributes
    ----------
    kind : str
        "C", a spectrum, or "S", a response.
    field : str
        Of what, as the ensemble calls it: "phi", "x"; "xphi" of a state and its activity.
    frequency : int
        1 or 2.
    """

    kind: str
    field: str
    frequency: int


class Loop(NamedTuple):
    """A factor 1 - s of a kernel's denominators as a function of the kernel's arguments, given by name."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]

    def __call__(self, **values: ArrayLike) -> Any:
        """Evaluate the factor 1 - s."""
        return self.function(**values)


def file_name(ensemble: str, observable: str) -> str:
    """Name of the committed source of an ensemble's observable."""
    # Phi and phi must differ where file names ignore case.
    observable = f"capital_{observable.lower()}" if observable[0].isupper() else observable
    return f"{ensemble.replace('-', '_').replace('+', '_')}_{observable}.py"


@cache
def committed(ensemble: str, observable: str) -> Kernel:
    """Return the committed kernel of Ψ^observable for a built-in ensemble; needs no SymPy.

    Raises
    ------
    Unsupported
        If there is none.
    """
    path = GENERATED / file_name(ensemble, observable)
    if not path.is_file():
        raise Unsupported(
            f"no committed kernel for {observable!r} of {ensemble!r}: derive(...).four_point(...).kernel()"
        )
    return _of_file(path.stem)


@dataclass(frozen=True)
class SiteMeans:
    """The input and self-feedback of a neuron, and the moments of four-point kernels, as functions of spectra.

    Attributes
    ----------
    field : callable
        (Q, K): the spectrum of a neuron's Gaussian input, and the kernel of its self-feedback.
    moments : callable or None
        A dict of the moments that an ensemble's kernels take, by name.
    parameters, sites : tuple of str
        Names of the arguments: numbers; values that differ between modes (D, rho) and neurons (G).
    spectra : mapping
        The arguments of `moments` that are two-time functions. The last two, over_modes and over_neurons, take means
        over the last axis.
    """

    field: Callable[..., Any]
    moments: Callable[..., Any] | None
    parameters: tuple[str, ...]
    sites: tuple[str, ...]
    spectra: Mapping[str, TwoTime]


def site_means_file(ensemble: str) -> str:
    """Name of the committed source of an ensemble's means over sites."""
    return f"{ensemble.replace('-', '_').replace('+', '_')}_site_means.py"


@cache
def committed_site_means(ensemble: str) -> SiteMeans:
    """Return the committed means over sites of a built-in ensemble with self-feedback; needs no SymPy.

    Raises
    ------
    Unsupported
        If there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.kernels import committed_site_means
    >>> means = committed_site_means("partially-symmetric")
    >>> means.field(C_phi=2.0, S_phi=0.5j, g=3.0, sigma=-1.0, over_modes=None, over_neurons=None)
    (18.0, (-0-0.5j))
    """
    path = GENERATED / site_means_file(ensemble)
    if not path.is_file():
        raise Unsupported(f"no committed means over sites for {ensemble!r}")
    module = importlib.import_module(f"mftheory.kernels.generated.{path.stem}")
    spectra = {name: TwoTime(*of) for name, of in module.SPECTRA.items()}
    return SiteMeans(module.field, getattr(module, "moments", None), module.PARAMETERS, module.SITES, spectra)


def _of_file(stem: str) -> Kernel:
    return _kernel(importlib.import_module(f"mftheory.kernels.generated.{stem}"), GENERATED / f"{stem}.py")


def kernel_of_source(name: str, text: str) -> Kernel:
    """Return the kernel of a generated source, compiled at most once on this machine (`mftheory.kernels.cache`)."""
    from mftheory.kernels.cache import load

    return _kernel(*load(name, text))


def _kernel(module: ModuleType, path: Path) -> Kernel:
    loops = {}
    for name in module.INPUTS:
        if name.startswith("one_minus_"):
            function = getattr(module, name)
            loops[name] = Loop(function, function.__code__.co_varnames)
    spectra = {name: TwoTime(*of) for name, of in module.SPECTRA.items()}
    means = {name: tuple(TwoTime(*each) for each in product) for name, product in module.MEANS.items()}
    return Kernel(
        module.LABEL, module.ARGUMENTS, module.INPUTS, loops, spectra, means, module.CONTENT_HASH, module.kernel, path
    )
