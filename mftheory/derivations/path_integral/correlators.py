"""Π and K: connected correlators of the bilinears in the separated limit, and the couplings between them.

In the limit t3 = t1 + τ1, t4 = t2 + τ2, |t1 - t2| → ∞ times far apart decouple, so the connected four-time correlator
of O_uv(t1, t2) with O_u'v'(t3, t4) is the product of two two-time functions at ω1 and ω2, averaged over the site
parameters as one product (theory §3, step 5 and compact form). The two time orders of a pair are two entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from mftheory.action import Bilinear
from mftheory.derivations.path_integral.saddle_point import SaddlePoint
from mftheory.formulas import LabelledMatrix


@dataclass(frozen=True)
class Correlators:
    """Single-site correlators of bilinears in the separated limit, response fields as x̃ = -i x̂."""

    saddle_point: SaddlePoint

    def entry(self, a: Bilinear, b: Bilinear) -> sp.Expr:
        """Return Π_ab = size × ⟨w_a w_b P_uu'(ω1) P_vv'(ω2)⟩ over their population's sites, 0 between populations."""
        if a.population != b.population:
            return sp.S.Zero
        if (a, b) not in self._entries:
            self._entries[a, b] = self._entry(a, b)
        return self._entries[a, b]

    def _entry(self, a: Bilinear, b: Bilinear) -> sp.Expr:
        population = self.saddle_point.averaged.ensemble.population(a.population)
        product = (
            a.weight
            * b.weight
            * self.saddle_point.two_time(a.first, b.first, 1)
            * self.saddle_point.two_time(a.second, b.second, 2)
        )
        return population.size * self.saddle_point.average(product, population)

    def matrix(self, bilinears: Sequence[Bilinear]) -> sp.ImmutableDenseMatrix:
        """Return the matrix Π over the bilinears given."""
        return sp.ImmutableDenseMatrix([[self.entry(a, b) for b in bilinears] for a in bilinears])

    @cached_property
    def _entries(self) -> dict[tuple[Bilinear, Bilinear], sp.Expr]:
        return {}

    @cached_property
    def couplings(self) -> LabelledMatrix:
        """The matrix K over the coupled bilinears: the exponent is ½ N Oᵀ K O per pair of distant times."""
        listed = self.saddle_point.averaged.bilinears
        return LabelledMatrix(tuple(b.latex for b in listed), self.coupling_matrix(listed))

    @cached_property
    def labelled(self) -> LabelledMatrix:
        """The matrix Π over the bilinears that the disorder couples."""
        listed = self.saddle_point.averaged.bilinears
        return LabelledMatrix(tuple(b.latex for b in listed), self.matrix(listed))

    def coupling_matrix(self, bilinears: Sequence[Bilinear]) -> sp.ImmutableDenseMatrix:
        """Return the matrix K over the bilinears given; one that the disorder does not couple has a zero row."""
        K = sp.zeros(len(bilinears))
        position = {b: k for k, b in enumerate(bilinears)}
        for i in self.saddle_point.averaged.interactions:
            a, b = position[i.first], position[i.second]
            K[a, b] += i.strength
            K[b, a] += i.strength
        return sp.ImmutableDenseMatrix(K)
