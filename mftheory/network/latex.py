"""A network as its equations, typeset for a notebook."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational
from mftheory.network.given import Given
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.per_neuron import NeuronValues, PerNeuron

if TYPE_CHECKING:
    from mftheory.network.network import Network


def network_latex(network: "Network") -> str:
    """Typeset the equation of motion, then one line of what its symbols are, without dollar signs.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.network.latex import network_latex
    >>> print(network_latex(mf.Network(mf.IID(3.0), noise=0.5)))
    \\begin{gathered} (1+\\partial_t)\\,x_i = \\sum_j J_{ij}\\,\\phi(x_j) + \\sigma\\,\\xi_i \\\\ \
\\text{iid},\\quad g_{\\mathrm{eff}} = 3,\\quad \\phi = \\texttt{erf},\\quad \\sigma = 0.5 \\end{gathered}
    """
    gains = "" if network.gains is None else r"G_j\,"
    phi = r"\Phi_{\theta_j}" if isinstance(network.nonlinearity, Heterogeneous) else r"\phi"
    bias, of_bias = _number("b", network.bias)
    noise, of_noise = _number(r"\sigma", network.noise)
    received = (f" + {bias}" if of_bias else "") + (rf" + {noise}\,\xi_i" if of_noise else "")
    operator, facts = _operator(network.dynamics)
    known = [rf"\text{{{_text(network.ensemble)}}}", rf"g_{{\mathrm{{eff}}}} = {network.g_eff:.6g}"]
    if isinstance(network.connectivity, Given):
        known.append(f"N = {network.connectivity.n}")
    elif hasattr(network.connectivity, "effective_rank"):
        known.append(rf"\alpha\,\mathrm{{PR}}_D = {network.connectivity.effective_rank:.6g}")
    if network.gains is not None:
        known.append(rf"\mathrm{{PR}}_G = {network.gains.participation_ratio:.6g}")
    known += [rf"{phi.replace('_j', '')} = \texttt{{{_text(network.nonlinearity.name)}}}", *facts, *of_bias, *of_noise]
    equation = rf"{operator} = \sum_j J_{{ij}}\,{gains}{phi}(x_j){received}"
    facts_line = r",\quad ".join(known)
    return rf"\begin{{gathered}} {equation} \\ {facts_line} \end{{gathered}}"


def _operator(dynamics: Dynamics) -> tuple[str, list[str]]:
    if isinstance(dynamics, Leaky):
        tau, facts = _number(r"\tau", dynamics.tau, usual=1.0)
        return (rf"(1+{tau}\,\partial_t)\,x_i", facts) if facts else (r"(1+\partial_t)\,x_i", [])
    if isinstance(dynamics, EulerMap):
        # The map in the form of an operator on x, 1/H of the filter.
        return r"\delta^{-1}\left[x_i(n+1) - (1-\delta)\,x_i(n)\right]", [rf"\delta = {dynamics.delta:g}"]
    assert isinstance(dynamics, Rational)
    ratio = rf"H(\omega) = \frac{{{_polynomial(dynamics.numerator)}}}{{{_polynomial(dynamics.denominator)}}}"
    return "T[x_i]", [rf"T = 1/H,\quad {ratio}"]


def _number(symbol: str, value: PerNeuron, usual: float = 0.0) -> tuple[str, list[str]]:
    """Return the symbol of a number, with an index where it differs between neurons, and what is known of it."""
    if isinstance(value, float):
        return symbol, [] if value == usual else [rf"{symbol} = {value:.6g}"]
    if isinstance(value, NeuronValues):
        low, high = value.values.min(), value.values.max()
        return rf"{symbol}_i", [rf"{symbol}_i \in [{low:.6g}, {high:.6g}]"]
    return rf"{symbol}_i", [rf"{symbol}_i \sim \texttt{{{_text(repr(value))}}}"]


def _polynomial(coefficients: Sequence[float]) -> str:
    powers = ("", r"i\omega", *(rf"(i\omega)^{{{k}}}" for k in range(2, len(coefficients))))
    terms = []
    for value, power in zip(np.asarray(coefficients, float).tolist(), powers, strict=False):
        if value:
            number = f"{abs(value):.6g}" if abs(value) != 1 or not power else ""
            terms.append(("-" if value < 0 else "+") + number + power)
    return "".join(terms).removeprefix("+") or "0"


_SPECIAL = {"\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "_": r"\_", "^": r"\^{}", "%": r"\%", "&": r"\&"}


def _text(text: str) -> str:
    """Typeset a user's formula or name as it stands, cut to one line's length."""
    short = text if len(text) <= 60 else text[:57] + "..."
    return "".join(_SPECIAL.get(character, character) for character in short.replace("#", r"\#"))
