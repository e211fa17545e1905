"""Messages where no fluctuating state is described, and notes of states beside the one that is.

A message says that there is none only where this is known or was looked for. Where |φ(x)| <= |φ'(0) x|,
⟨φ²⟩ < φ'(0)² ⟨x²⟩ for every Gaussian x: whatever the filters and the populations, fluctuations that x = 0 damps are
damped at any size. Where φ is steeper away from zero, stability of x = 0 says nothing about them.
"""

from collections.abc import Sequence
from typing import NoReturn, Protocol

from mftheory.errors import Quiescent


class Shape(Protocol):
    """The part of a nonlinearity, or of neurons that differ, that decides which states exist."""

    @property
    def slope_at_zero(self) -> float: ...
    @property
    def steepest_at_zero(self) -> bool: ...
    @property
    def within_tangent(self) -> bool: ...
    @property
    def bound(self) -> float: ...


FOLLOWED = "lowering the noise from strong to none leads to no other state"
"""Words of solvers that follow the state of strong noise as the noise is lowered."""
GROWS = "activity that is large enough grows without bound"
"""Words where φ does not saturate."""
NOT_LOOKED_FOR = "other states beside it were not looked for: simulate the network"
"""Words of solvers that look at small fluctuations only, where nothing shows that larger ones die out as well."""


def refuse_at_rest(g: float, phi: Shape, searched: tuple[float, float] | None = None) -> NoReturn:
    """Raise Quiescent for leaky units whose x = 0 is stable, φ odd.

    Parameters
    ----------
    g : float
    phi : Shape
    searched : pair of float, optional
        Range of C^x(0) where no state was found; without it φ is within its tangent, and there is none.
    """
    slope = phi.slope_at_zero
    grows = f"that grows out of it needs g_eff > {1.0 / slope:g}" if slope > 0 else "may exist at a larger g_eff"
    if searched is None:
        raise Quiescent(f"g_eff = {g:g}: x = 0 is stable; a fluctuating state {grows}, or noise")
    raise Quiescent(
        f"g_eff = {g:g}: x = 0 is stable, and no fluctuating state was found at {interval(searched)}; one {grows}, or "
        f"with noise"
    )


def interval(searched: tuple[float, float]) -> str:
    """Return the words for a range of variances that was searched."""
    return f"any C^x(0) from {searched[0]:.2g} to {searched[1]:.3g}"


def beside(others: Sequence[str], at_rest: Sequence[str], largest: bool = True) -> tuple[str, ...]:
    """Return the notes of a theory of one of several states.

    Parameters
    ----------
    others : sequence of str
        C^x(0) of the other fluctuating states.
    at_rest : sequence of str
        Stable fixed points.
    largest : bool
        True if this state is the one of the largest C^x(0).

    Examples
    --------
    >>> from mftheory.theory.stationary.quiescent import beside
    >>> beside(["0.027"], ["x = 0"])
    ('x = 0 is stable as well: which state a network is in depends on its start', 'fluctuating states also at C_x(0) = \
0.027: this is the one of the largest')
    """
    said = []
    if at_rest:
        verb = "is" if len(at_rest) == 1 else "are"
        said.append(f"{' and '.join(at_rest)} {verb} stable as well: which state a network is in depends on its start")
    if others:
        this = ": this is the one of the largest" if largest else ""
        said.append(f"fluctuating states also at C_x(0) = {', '.join(others)}{this}")
    return tuple(said)
