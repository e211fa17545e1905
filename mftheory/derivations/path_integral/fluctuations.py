"""The four-point function of an observable, by two forms of the same inverse: compact, and through the Hessian."""

from collections.abc import Callable
from functools import cached_property

import sympy as sp

from mftheory.action import Bilinear, FactorisedAction, OrderParameter
from mftheory.derivations.path_integral.correlators import Correlators
from mftheory.formulas import LabelledMatrix, Matrices, symbol_latex
from mftheory.formulas.linear import MAX_FACTORED_SYMBOLS

MAX_CANCELLED_OPERATIONS = 200
"""Operations up to which an entry of the Hessian has its common factors divided out: 0.1 s; some of 1,000 take 50 s."""

Rename = Callable[[sp.Expr], sp.Expr]
Source = tuple[tuple[sp.Expr, Bilinear], ...]
"""Factors of an order parameter (or external source) in the single-site exponent: (factor, bilinear), …"""


def compact(correlators: Correlators, observable: Bilinear, rename: Rename) -> Matrices:
    """Return Ψ, the observable's entry of Π (1 - KΠ)⁻¹ (theory §3, compact form), as matrices.

    An observable that couples to nothing is one more row of Π with a zero row in K.
    """
    coupled = correlators.saddle_point.averaged.bilinears
    listed = list(dict.fromkeys((*coupled, observable)))
    names = tuple(b.latex for b in listed)
    position = listed.index(observable)
    Pi, K = (m.applyfunc(rename) for m in (correlators.matrix(listed), correlators.coupling_matrix(listed)))
    loop = sp.ImmutableSparseMatrix(K) * sp.ImmutableSparseMatrix(Pi)  # few of their entries are not 0
    matrix = LabelledMatrix(names, sp.eye(len(listed)) - loop)
    definitions = ((r"\Pi", LabelledMatrix(names, Pi)), ("K", LabelledMatrix(names, K)))
    return Matrices.of(matrix, list(sp.eye(len(listed))[:, position]), list(Pi[position, :]), definitions=definitions)


class Hessian:
    """The Hessian of the action (per N) in the order parameters and their conjugates, at the saddle point.

    With the exponent s F̂(O - F) + Σ c F O' per pair of distant times, for each named bilinear O and its partners O';
    s = -1 for a field without response, its strength for a response (see `OrderParameter`).
    Rows are the derivatives at ω, columns those at its conjugate partner: the matrix is Hermitian. For the built-in
    ensembles it is [F15], [H18], [I20], [J11], [K29], up to the order of fields.
    """

    def __init__(self, action: FactorisedAction, correlators: Correlators, rename: Rename) -> None:
        self.action = action
        self.correlators = correlators
        self._rename = rename

    @cached_property
    def labelled(self) -> LabelledMatrix:
        """The Hessian, rows and columns named ``C_phi`` and ``Chat_phi``."""
        fields = self.action.order_parameters
        n = len(fields)
        H = sp.zeros(2 * n)
        for a, p in enumerate(fields):
            for b, q in enumerate(fields):
                H[a, b] = -self._between(_of_field(p), _of_field(q))
                pairing = p.scale if a == b else sp.S.Zero
                H[a, n + b] = pairing - self._between(_of_field(p), _of_conjugate(q))
                H[n + a, b] = pairing - self._between(_of_conjugate(p), _of_field(q))
                H[n + a, n + b] = -self._between(_of_conjugate(p), _of_conjugate(q))
        names = tuple(p.name for p in fields) + tuple(conjugate_name(p.name) for p in fields)
        return LabelledMatrix(names, sp.ImmutableDenseMatrix(H.applyfunc(_cancelled)))

    def matrices(self, observable: Bilinear) -> Matrices:
        """Return Ψ: minus the source's own second derivative, plus its coupling to fields through H⁻¹ [F23].

        In the named moments. For a named order parameter it is its entry of H⁻¹.
        """
        fields = self.action.order_parameters
        source: Source = ((sp.S.One, observable),)
        out = [_of_field(q) for q in fields] + [_of_conjugate(q) for q in fields]
        right = [self._rename(self._between(q, source)) for q in out]
        row = [self._rename(self._between(source, q)) for q in out]
        own = self._rename(self.correlators.entry(observable, observable))
        named = LabelledMatrix(tuple(typeset_name(n) for n in self.labelled.names), self._named)
        return Matrices.of(named, right, row, own, definitions=(("H", named),))

    def inverse_entry(self, name: str) -> sp.Expr:
        """Return the diagonal entry of H⁻¹ of one order parameter, such as ``C_phi``, in the named moments."""
        position = self.labelled.names.index(name)
        unit = list(sp.eye(len(self.labelled.names))[:, position])
        return Matrices.of(LabelledMatrix(self.labelled.names, self._named), unit, unit).expand()

    @cached_property
    def _named(self) -> sp.ImmutableDenseMatrix:
        return self.labelled.matrix.applyfunc(self._rename)

    def _between(self, p: Source, q: Source) -> sp.Expr:
        pairs = ((c, d, self.correlators.entry(a, b)) for c, a in p for d, b in q)
        return sp.Add(*(c * d * entry for c, d, entry in pairs if entry != 0))


def _cancelled(entry: sp.Expr) -> sp.Expr:
    short = len(entry.free_symbols) <= MAX_FACTORED_SYMBOLS and sp.count_ops(entry) <= MAX_CANCELLED_OPERATIONS
    return sp.cancel(entry) if short else entry


def _of_field(q: OrderParameter) -> Source:
    return q.partners


def _of_conjugate(q: OrderParameter) -> Source:
    return ((q.scale, q.named),)


def conjugate_name(name: str) -> str:
    """Return the name of the conjugate field, ``Chat_phi`` for ``C_phi``."""
    letter, _, rest = name.partition("_")
    return f"{letter}hat_{rest}"


def typeset_name(name: str) -> str:
    """Return the LaTeX of a field's name: ``C_phi`` and its conjugate ``Chat_phi``."""
    letter, _, rest = name.partition("_")
    base = letter.removesuffix("hat")
    upper = symbol_latex(f"{base}_{rest}_1").removesuffix("_{1}")
    return upper if base == letter else upper.replace(base, rf"\hat {base}", 1)
