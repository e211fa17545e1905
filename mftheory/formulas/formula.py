"""A derived formula: its expression, what its symbols mean, what was assumed, where it is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from mftheory.arguments import checked_calls
from mftheory.checks import integer
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.formulas.conjugates import SUFFIX, restore, separate
from mftheory.formulas.grids import mean_values
from mftheory.formulas.linear import MANY_TERMS
from mftheory.formulas.matrix_form import Matrices
from mftheory.formulas.means import AnyNetwork
from mftheory.formulas.typeset import pretty, typeset
from mftheory.lookup import KERNELS

MAX_EXPANDED_WORK = 200
"""`Matrices.work` up to which a formula is written out unasked: 186 for latents that differ, in 1 s; 230 for latents
that drive each other, with overlaps, take 30 s."""

MAX_OPERATIONS = 300
"""Operations up to which an expression is kept: the longest of a built-in ensemble (overlaps with gains) has 290."""


class CompiledFormula(Protocol):
    """A formula that can be called on arrays."""

    @property
    def arguments(self) -> tuple[str, ...]: ...

    @property
    def content_hash(self) -> str: ...

    @property
    def source(self) -> str: ...

    def standalone(self) -> str: ...

    def __call__(self, *by_place: ArrayLike, **values: ArrayLike) -> NDArray[Any]: ...


@dataclass(frozen=True)
class SymbolInfo:
    """One symbol of a formula.

    `kind` is "spectrum" (a single-site two-time function at ω1 or ω2), "parameter" (of the network) or "moment" (a mean
    over sites of a product, whose `definition` says of what). `of_sites` is the mean that a parameter such as r_2 is.
    `two_time` says which two-time functions these are, each by its letter, its field and 1 or 2 for the frequency: one
    for a spectrum, those in the product for a moment, as far as this contains nothing else.
    """

    symbol: sp.Symbol
    meaning: str
    domain: str
    kind: str
    definition: sp.Expr | None = None
    two_time: tuple[tuple[str, str, int], ...] = ()
    of_sites: sp.Expr | None = None


@checked_calls
@dataclass(frozen=True)
class Formula:
    """A four-point function Ψ^a(ω1, ω2) as derived, ready to print, to evaluate or to compile.

    Examples
    --------
    >>> import mftheory as mf
    >>> formula = mf.derive(mf.Network(mf.IID(2.0))).four_point("phi")
    >>> formula.label
    'psi-iid'
    >>> formula.expr
    C_phi_1*C_phi_2/Abs(S_phi_1*S_phi_2*g**2 - 1)**2
    >>> formula.evaluate(mf.Network(mf.IID(2.0)), C=(1.0, 2.0), S=(0.5j, 0.5j))
    (0.5+0j)
    """

    label: str
    ensemble: str
    observable: str
    matrices: Matrices
    closed: sp.Expr | None
    symbols: dict[str, SymbolInfo]
    assumptions: tuple[str, ...]
    citation: str
    name: str = field(default="")

    def __hash__(self) -> int:
        return hash((self.label, self.ensemble, self.observable))  # the rest is in dicts

    @property
    def expr(self) -> sp.Expr:
        """The formula as one expression.

        Raises
        ------
        Unsupported
            If it is too long to be read: `matrices` is the formula then, and `expand` writes it out all the same.
        """
        if self.closed is None:
            raise Unsupported(
                f"{self.label} written out is an expression of {_size(self.matrices)}: `matrices` holds it as a linear "
                "system that prints and evaluates; `expand()` writes it out all the same"
            )
        return self.closed

    def expand(self) -> sp.Expr:
        """Return the formula as one expression, however long; beyond what `expr` returns it is not simplified."""
        return self.closed if self.closed is not None else restore(self.matrices.expand())

    @property
    def rational(self) -> sp.Expr:
        """The expression with conjugates as symbols of their own (``S_phi_1_conj``): a rational function."""
        return separate(self.expr)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the symbols: the two-time functions first, then the network's parameters."""
        return tuple(self.symbols)

    def latex(self) -> str:
        """Typeset the formula, without dollar signs."""
        means = {
            i.symbol: typeset(i.definition)
            for i in self.symbols.values()
            if i.definition is not None and i.symbol.name.startswith("mean_")
        }
        if self.closed is None:
            return self.matrices.latex(self.name, means)
        return f"{self.name} = {typeset(self.closed, means)}"

    def pretty(self) -> str:
        """Return the formula in characters, over several lines, for a terminal; F_12 is F(ω1) F(ω2)."""
        return pretty(self.closed) if self.closed is not None else str(self.matrices)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return f"[{self.label}] {self.matrices if self.closed is None else self.closed}"

    def evaluate(
        self,
        network: AnyNetwork,
        C: tuple[complex, complex] | None = None,
        S: tuple[complex, complex] | None = None,
        **spectra: tuple[complex, complex],
    ) -> complex:
        """Evaluate the closed form for a network's parameters at given values of the single-site spectra.

        Parameters
        ----------
        network : Network, or mapping for an ensemble of your own
            Of the ensemble that the formula was derived for. A mapping holds a number for each parameter and an array
            over sites for each per-site parameter, such as ``{"alpha": 0.5, "D1": [1.0, 2.0], "rho12": [0.3, -0.3]}``.
        C, S : pair of numbers
            C^φ and S^φ at ω1 and ω2; where neurons differ (overlaps with gains), each an array over the neurons of
            the network's gains.
        **spectra : pair of numbers
            The other spectra by name: ``C_x``, ``S_x``, ``C_xphi``.

        Returns
        -------
        complex

        Raises
        ------
        InvalidNetwork
            If a spectrum is missing, or the network is of another ensemble.
        """
        numbers = self._numbers_at(network, C, S, spectra)
        return complex(self._at(numbers, 15) if self.closed is not None else self.matrices.evaluate(numbers))

    def grid(
        self,
        network: AnyNetwork,
        C: tuple[Any, Any] | None = None,
        S: tuple[Any, Any] | None = None,
        **spectra: tuple[Any, Any],
    ) -> NDArray[np.complex128]:
        """Evaluate at every pair of frequencies, by the compiled kernel and matrix products for the means over sites.

        Parameters
        ----------
        network : Network, or mapping for an ensemble of your own
        C, S, **spectra : pair of arrays
            Spectra at k frequencies ω1, of shape (k,), and at l frequencies ω2, of shape (l,); where neurons differ
            (k, n) and (l, n).

        Returns
        -------
        array of complex, of shape (k, l)

        Examples
        --------
        >>> import mftheory as mf
        >>> net = mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, -0.2]))
        >>> psi = mf.derive(net).four_point("phi")
        >>> values = psi.grid(net, C=([1.0, 2.0, 3.0], [0.5, 0.7]), S=([0.1, 0.2j, 0.3], [0.2, 0.1j]))
        >>> values.shape, bool(abs(values[1, 0] - psi.evaluate(net, C=(2.0, 0.5), S=(0.2j, 0.2))) < 1e-14)
        ((3, 2), True)
        """
        given = self._given(network, C, S, spectra)
        pairs = {name: (np.atleast_1d(first), np.atleast_1d(second)) for name, (first, second) in given.items()}
        return self.kernel()(**self._values(network, pairs))

    def numeric(
        self,
        network: AnyNetwork,
        C: tuple[complex, complex] | None = None,
        S: tuple[complex, complex] | None = None,
        digits: int = 30,
        **spectra: tuple[complex, complex],
    ) -> sp.Expr:
        """Evaluate by mpmath at any number of digits; give values as mpmath or SymPy numbers.

        Means over sites (overlaps; gains with reciprocal correlations) are taken in double precision.
        """
        return self._at(self._numbers_at(network, C, S, spectra), integer("digits", digits, at_least=1))

    def kernel(self) -> CompiledFormula:
        """Return the formula as compiled numba source: an `mftheory.kernels.Kernel`."""
        compiled = KERNELS.of(self)
        assert compiled is not None
        kernel: CompiledFormula = compiled(self)
        return kernel

    def _at(self, numbers: Mapping[str, sp.Expr], digits: int) -> sp.Expr:
        if self.closed is None:
            return self.matrices.evaluate(numbers, digits=digits)
        return sp.N(self.closed.subs({self.symbols[name].symbol: number for name, number in numbers.items()}), digits)

    def _numbers_at(
        self, network: AnyNetwork, C: Any, S: Any, spectra: Mapping[str, tuple[complex, complex]]
    ) -> dict[str, sp.Expr]:
        given = self._given(network, C, S, spectra)
        pair = {name: (np.asarray(first)[None], np.asarray(second)[None]) for name, (first, second) in given.items()}
        numbers = {}
        for name, value in self._values(network, pair).items():
            number = value[0, 0] if isinstance(value, np.ndarray) else value
            number = number.tolist() if isinstance(number, np.ndarray | np.generic) else number
            try:
                numbers[name] = sp.sympify(number, strict=True)  # never a text, which would be run
            except sp.SympifyError:
                raise InvalidNetwork(name, number, "must be a number") from None
            if numbers[name] is sp.nan:
                raise InvalidNetwork(name, number, "must be a number")
        return numbers

    def _values(self, network: AnyNetwork, arrays: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]) -> dict[str, Any]:
        """Return the value of each symbol at every pair of frequencies, for spectra of shapes (k,) and (l,)."""
        values: dict[str, Any] = {}
        for name, info in self.symbols.items():
            average = info.of_sites if info.of_sites is not None and self._lacks(network, info) else info.definition
            if average is not None:
                mean = mean_values(average, network, arrays)
                values[name] = mean.real if info.domain == "real" else mean
            elif info.kind == "spectrum":
                base, _, which = name.rpartition("_")
                values[name] = arrays[base][0][:, None] if which == "1" else arrays[base][1][None, :]
            else:
                values[name] = self._parameter(network, name)
        return values

    def _given(self, network: AnyNetwork, C: Any, S: Any, spectra: Mapping[str, Any]) -> dict[str, Any]:
        """Return all spectra by name; refuse a missing one, and a network of another ensemble."""
        given = dict(spectra)
        given.update({name: value for name, value in (("C_phi", C), ("S_phi", S)) if value is not None})
        for name in self._needed() - given.keys():
            raise InvalidNetwork(name, None, "must be given as a pair of values, at ω1 and ω2")
        for name, pair in given.items():
            kinds = [np.asarray(v).dtype.kind for v in pair] if isinstance(pair, Sequence | np.ndarray) else []
            if len(kinds) != 2 or not all(kind in "iufcO" for kind in kinds):
                raise InvalidNetwork(name, pair, "must be a pair of numbers, or of arrays of them, at ω1 and ω2")
        if not isinstance(network, Mapping) and not hasattr(network, "ensemble"):
            raise InvalidNetwork("network", network, f"must be a Network of the ensemble {self.ensemble!r}, or a dict")
        if not isinstance(network, Mapping) and network.ensemble != self.ensemble:
            raise InvalidNetwork("network", network, f"must be of the ensemble {self.ensemble!r}")
        return given

    def _parameter(self, network: AnyNetwork, name: str) -> Any:
        by_name = _by_name(network)
        if name not in by_name:
            raise InvalidNetwork("network", sorted(by_name), f"must have a value for {name}")
        return by_name[name]

    def _lacks(self, network: AnyNetwork, info: SymbolInfo) -> bool:
        """Return True if the network has no number for a moment, but the sites' values that it is a mean of."""
        by_name = _by_name(network)
        assert info.of_sites is not None
        return info.symbol.name not in by_name and {s.name for s in info.of_sites.free_symbols} <= by_name.keys()

    def _needed(self) -> set[str]:
        """Return the names of the spectra that the formula, or a mean in it, contains."""
        definitions = [i.definition for i in self.symbols.values() if i.definition is not None]
        inside = {s.name.removesuffix(SUFFIX) for d in definitions for s in d.free_symbols}
        names = {n for n, info in self.symbols.items() if info.kind == "spectrum"} | inside
        return {n.rpartition("_")[0] for n in names if n[:2] in {"C_", "S_", "T_"}}


def _by_name(network: AnyNetwork) -> Mapping[str, Any]:
    """Return the numbers of a network, or the mapping that is given in its place."""
    return network if isinstance(network, Mapping) else network.parameters


def _size(matrices: Matrices) -> str:
    """Say how long the closed form is, without writing it out."""
    if matrices.work > MAX_EXPANDED_WORK:
        more = "more than " if matrices.terms >= MANY_TERMS else ""
        return f"determinants of {more}{matrices.terms:,} terms whose entries have {matrices.operations:,} operations"
    return f"{sp.count_ops(matrices.expand()):,} operations"
