"""A derived formula: its expression, what its symbols mean, what was assumed, where it is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.formulas.conjugates import SUFFIX, separate
from mftheory.formulas.grids import mean_values
from mftheory.formulas.typeset import pretty, typeset

if TYPE_CHECKING:
    from mftheory.kernels import Kernel


@dataclass(frozen=True)
class SymbolInfo:
    """One symbol of a formula.

    `kind` is "spectrum" (a single-site two-time function at ω1 or ω2), "parameter" (of the network) or "moment" (a mean
    over sites of a product, whose `definition` says of what). `two_time` says which two-time functions these are, each
    by its letter, its field and 1 or 2 for the frequency: one for a spectrum, those in the product for a moment, as far
    as this contains nothing else.
    """

    symbol: sp.Symbol
    meaning: str
    domain: str
    kind: str
    definition: sp.Expr | None = None
    two_time: tuple[tuple[str, str, int], ...] = ()


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
    expr: sp.Expr
    symbols: dict[str, SymbolInfo]
    assumptions: tuple[str, ...]
    citation: str
    name: str = field(default="")

    @property
    def rational(self) -> sp.Expr:
        """The same with conjugates as symbols of their own (``S_phi_1_conj``): a rational function."""
        return separate(self.expr)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the symbols: the two-time functions first, then the network's parameters."""
        return tuple(self.symbols)

    def latex(self) -> str:
        """The formula, typeset, without dollar signs."""
        means = {
            i.symbol: typeset(i.definition)
            for i in self.symbols.values()
            if i.definition is not None and i.symbol.name.startswith("mean_")
        }
        return f"{self.name} = {typeset(self.expr, means)}"

    def pretty(self) -> str:
        """The formula in characters, over several lines, for a terminal; F_12 is F(ω1) F(ω2)."""
        return pretty(self.expr)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return f"[{self.label}] {self.expr}"

    def evaluate(
        self,
        network: Any,
        C: tuple[complex, complex] | None = None,
        S: tuple[complex, complex] | None = None,
        **spectra: tuple[complex, complex],
    ) -> complex:
        """The closed form for a network's parameters at given values of the single-site spectra.

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
        return complex(self._at(network, C, S, spectra, 15))

    def grid(
        self,
        network: Any,
        C: tuple[Any, Any] | None = None,
        S: tuple[Any, Any] | None = None,
        **spectra: tuple[Any, Any],
    ) -> Any:
        """As `evaluate`, at every pair of frequencies: the compiled kernel, with means over sites by matrix products.

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
        arrays = {name: (np.asarray(pair[0]), np.asarray(pair[1])) for name, pair in given.items()}
        values: dict[str, Any] = {}
        for name, info in self.symbols.items():
            if info.definition is not None:
                mean = mean_values(info.definition, network, arrays)
                values[name] = mean.real if info.domain == "real" else mean
            elif info.kind == "spectrum":
                base, _, which = name.rpartition("_")
                values[name] = arrays[base][0][:, None] if which == "1" else arrays[base][1][None, :]
            else:
                values[name] = self._parameter(network, name)
        return self.kernel()(**values)

    def numeric(
        self,
        network: Any,
        C: tuple[complex, complex] | None = None,
        S: tuple[complex, complex] | None = None,
        digits: int = 30,
        **spectra: tuple[complex, complex],
    ) -> sp.Expr:
        """As `evaluate`, by mpmath at any number of digits; give values as mpmath or SymPy numbers.

        Means over sites (overlaps; gains with reciprocal correlations) are taken in double precision.
        """
        return self._at(network, C, S, spectra, digits)

    def kernel(self) -> "Kernel":
        """The formula as compiled numba source."""
        from mftheory.kernels import compiled

        return compiled(self)

    def _at(self, network: Any, C: Any, S: Any, spectra: Mapping[str, tuple[complex, complex]], digits: int) -> sp.Expr:
        given = self._given(network, C, S, spectra)
        at_one_pair = {name: (np.asarray(pair[0])[None], np.asarray(pair[1])[None]) for name, pair in given.items()}
        values = {}
        for name, info in self.symbols.items():
            if info.definition is not None:
                value = complex(mean_values(info.definition, network, at_one_pair).item())
            elif info.kind == "spectrum":
                base, _, k = name.rpartition("_")
                value = given[base][int(k) - 1]
            else:
                value = self._parameter(network, name)
            try:
                values[info.symbol] = sp.sympify(value, strict=True)  # never a text, which would be run
            except sp.SympifyError:
                raise InvalidNetwork(name, value, "must be a number") from None
        return sp.N(self.expr.subs(values), digits)

    def _given(self, network: Any, C: Any, S: Any, spectra: Mapping[str, Any]) -> dict[str, Any]:
        """All spectra by name, checked to be those needed."""
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

    def _parameter(self, network: Any, name: str) -> Any:
        by_name = network if isinstance(network, Mapping) else network.parameters
        if name not in by_name:
            raise InvalidNetwork("network", sorted(by_name), f"must have a value for {name}")
        return by_name[name]

    def _needed(self) -> set[str]:
        """Names of the spectra that the formula, or a mean in it, contains."""
        definitions = [i.definition for i in self.symbols.values() if i.definition is not None]
        inside = {s.name.removesuffix(SUFFIX) for d in definitions for s in d.free_symbols}
        names = {n for n, info in self.symbols.items() if info.kind == "spectrum"} | inside
        return {n.rpartition("_")[0] for n in names if n[:2] in {"C_", "S_", "T_"}}
