"""Averages of products of links over the disorder: every way to pair them, as for any centred Gaussian."""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from mftheory.action import Covariance, GaussianEnsemble
from mftheory.derivations.cavity.removed_sites import Link, Site, Weights


@dataclass(frozen=True)
class Paired:
    """One pairing: constant × weights / N^pairs, with reservoir sites that must coincide."""

    constant: sp.Expr
    weights: Weights
    same: tuple[tuple[Site, Site], ...]
    pairs: int


def expectation(links: tuple[Link, ...], ensemble: GaussianEnsemble) -> Iterator[Paired]:
    """Return ⟨X_1 X_2 …⟩ over the Gaussian matrices: the sum over all pairings that do not vanish."""
    if not links:
        yield Paired(sp.S.One, (), (), 0)
        return
    first, *others = links
    for n, other in enumerate(others):
        for constant, weights, same in _covariances(first, other, ensemble):
            for inner in expectation((*others[:n], *others[n + 1 :]), ensemble):
                yield Paired(
                    constant * inner.constant, (*weights, *inner.weights), (*same, *inner.same), inner.pairs + 1
                )  # fmt: skip


def _covariances(
    a: Link, b: Link, ensemble: GaussianEnsemble
) -> Iterator[tuple[sp.Expr, Weights, tuple[tuple[Site, Site], ...]]]:
    """Return N⟨a b⟩ by every declared covariance of the two matrices that these entries have."""
    for c in ensemble.covariances_of(a.matrix, b.matrix):
        one, two = (a, b) if c.first.name == a.matrix.name else (b, a)
        ends = (two.column, two.row) if c.transposed else (two.row, two.column)
        same = _coincide((one.row, one.column), ends)
        if c.value != 0 and same is not None:
            constant, weights = _split(c, one)
            yield constant, weights, same


def _coincide(first: tuple[Site, Site], second: tuple[Site, Site]) -> tuple[tuple[Site, Site], ...] | None:
    """Return the reservoir sites that must be one; None for independent entries (a removed site is only itself)."""
    same = []
    for a, b in zip(first, second, strict=True):
        if a.population != b.population or a.removed != b.removed or (a.removed and a != b):
            return None
        if not a.removed:
            same.append((a, b))
    return tuple(same)


def _split(c: Covariance, link: Link) -> tuple[sp.Expr, Weights]:
    """Split the covariance into constant × (parameters of the row site) × (parameters of the column site)."""
    constant, on_row = c.value.as_independent(*(p.symbol for p in c.first.rows.parameters), as_Add=False)
    constant, on_column = constant.as_independent(*(p.symbol for p in c.first.columns.parameters), as_Add=False)
    return constant, ((link.row, on_row), (link.column, on_column))
