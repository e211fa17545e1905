"""The Martin-Siggia-Rose-Janssen-De Dominicis action of a declared network, and its factorised form after averaging."""

from dataclasses import dataclass

import sympy as sp
from sympy.printing.latex import LatexPrinter

from mftheory.action import names
from mftheory.action.average import AveragedExponent, Bilinear, disorder_average
from mftheory.action.disorder import Coupling, GaussianEnsemble
from mftheory.action.fields import Field, Operator, Population, omega

N = sp.Symbol("N", integer=True, positive=True)
t = sp.Symbol("t", real=True)


class SiteField(sp.Function):
    """A field at one site and time, u_i(t), for display in SymPy expressions."""

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        name, index, time = self.args
        text = rf"{name.name}_{{{printer._print(index)}}}({printer._print(time)})"
        return text if exp is None else rf"{text}^{{{exp}}}"


class SiteOperator(sp.Function):
    """The equation-of-motion operator applied to a state, T[x_i](t), for display in SymPy expressions."""

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        inverse_transfer, state = self.args
        operator = sp.expand(inverse_transfer.subs(omega, -sp.I * sp.Symbol(r"\partial_t")))
        if operator == 1:
            return str(printer._print(state))
        text = printer._print(operator)
        return rf"\left({text}\right) {printer._print(state)}"


@dataclass(frozen=True, repr=False)
class Action:
    """The action i Σ x̂ (T[x] - input) of every population, a SymPy expression in `expr`.

    Time integrals run over the whole line; the exponent of the path integral is this action itself.
    """

    ensemble: GaussianEnsemble
    free: sp.Expr
    disorder: sp.Expr

    @property
    def expr(self) -> sp.Expr:
        """The action before averaging."""
        return self.free + self.disorder

    def averaged(self) -> AveragedExponent:
        """Take the disorder average of exp(disorder part)."""
        return disorder_average(self.ensemble)

    def __repr__(self) -> str:
        return f"Action of {self.ensemble.name!r}: {self.latex()}"

    def latex(self) -> str:
        """Typeset the action."""
        return str(sp.latex(self.expr))

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def msrdj(ensemble: GaussianEnsemble) -> Action:
    """Write the action of the declared network (theory §3, step 1; latents are populations of their own)."""
    free = sp.Add(*(_free_term(p) for p in ensemble.populations))
    disorder = sp.Add(*(_coupling_term(c) for c in ensemble.couplings))
    return Action(ensemble, free, disorder)


def _at(field: Field, index: sp.Symbol) -> sp.Expr:
    return SiteField(sp.Symbol(field.latex), index, t)


def _sum(expr: sp.Expr, population: Population, index: sp.Symbol) -> sp.Expr:
    return sp.Sum(expr, (index, 1, population.size * N))


def _free_term(p: Population) -> sp.Expr:
    i = sp.Symbol(p.index, integer=True)
    terms = (
        _at(hat.field, i) * SiteOperator(p.inverse_transfer, _at(u.field, i))
        for u, hat in zip(p.states, p.responses, strict=True)
    )
    return sp.I * _sum(sp.Integral(sp.Add(*terms), t), p, i)


def _coupling_term(c: Coupling) -> sp.Expr:
    rows, columns = c.matrix.rows, c.matrix.columns
    i = sp.Symbol(rows.index, integer=True)
    j = sp.Symbol("j" if columns.index == rows.index else columns.index, integer=True)
    entry = sp.Indexed(c.matrix.name, i, j)
    term = entry * sp.Integral(_weighted(c.on_rows, rows, i) * _weighted(c.on_columns, columns, j), t)
    return -sp.I * _sum(_sum(term, columns, j), rows, i)


def _weighted(operator: Operator, population: Population, index: sp.Symbol) -> sp.Expr:
    at_site = {p.symbol: sp.Indexed(p.name, index) for p in population.parameters}
    return operator.weight.subs(at_site) * _at(operator.field, index)


@dataclass(frozen=True)
class OrderParameter:
    """A bilinear with a field of its own, the conjugate field, and its factors in the single-site processes.

    In the exponent, per unordered pair of distant times and with response fields x̃ = -i x̂:
    scale F̂ (O - F) + Σ_k strength_k F partner_k. A field without response has scale -1; a response has the strength of
    its own coupling, so that it and its conjugate enter alike, as in the published Hessians.
    """

    name: str
    named: Bilinear
    partners: tuple[tuple[sp.Expr, Bilinear], ...]

    @property
    def scale(self) -> sp.Expr:
        """Normalisation of the conjugate field."""
        return self.partners[0][0] if self.named.responses else sp.S.NegativeOne


@dataclass(frozen=True, repr=False)
class FactorisedAction:
    """The averaged action as N × [pairing of order parameters - Σ over populations of size × ⟨ln W⟩]."""

    ensemble: GaussianEnsemble
    order_parameters: tuple[OrderParameter, ...]

    def __repr__(self) -> str:
        return f"FactorisedAction of {self.ensemble.name!r}: {self.latex()}"

    def latex(self) -> str:
        """Typeset the factorised action: pairing terms first, then each population's single-site weight."""
        pairing = ""
        for k, q in enumerate(self.order_parameters, start=1):
            sign = "-" if q.scale == -1 else f"+ {sp.latex(q.scale)}" if q.scale != 1 else "+"
            pairing += rf"{sign} \hat F_{{{k}}} \cdot F_{{{k}}} "
        lines = [rf"\frac{{S}}{{N}} = {pairing.removeprefix('+ ')}"]
        for p in self.ensemble.populations:
            size = "" if p.size == 1 else sp.latex(p.size) + r"\,"
            states = " ".join(u.field.latex for u in p.states)
            lines.append(rf"- {size}\left\langle \ln W^{{{states}}} \right\rangle")
        names = r",\quad ".join(rf"F_{{{k}}} = {q.named.latex}" for k, q in enumerate(self.order_parameters, start=1))
        return " ".join(lines) + r",\qquad " + names

    def single_site(self, population: str) -> dict[str, sp.Expr]:
        """Return the contribution of each order parameter to the exponent of that population's single-site weight.

        Keys are bilinears of the site, values the field that multiplies them, as SymPy expressions.
        """
        contributions: dict[str, sp.Expr] = {}
        for k, q in enumerate(self.order_parameters, start=1):
            factors = [(q.scale * sp.Symbol(f"Fhat_{k}"), q.named)]
            factors += [(strength * sp.Symbol(f"F_{k}"), partner) for strength, partner in q.partners]
            for factor, bilinear in factors:
                if bilinear.population == population:
                    contributions[bilinear.latex] = contributions.get(bilinear.latex, sp.S.Zero) + factor
        return contributions

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def factorise(averaged: AveragedExponent) -> FactorisedAction:
    """Give one bilinear of each interaction a field and a conjugate, so that sites decouple (theory §3, step 3).

    Of the two bilinears the one with fewer response fields is named: its saddle-point value does not vanish. Where both
    have one response field, the two time orders of one pair are two interactions.
    """
    partners: dict[Bilinear, list[tuple[sp.Expr, Bilinear]]] = {}
    for i in averaged.interactions:
        named, other = sorted((i.first, i.second), key=lambda b: b.responses)
        partners.setdefault(named, []).append((i.strength, other))
    named_ones = list(partners)
    parameters = []
    for b, listed in partners.items():
        alike = [other for other in named_ones if _name(other) == _name(b)]
        suffix = f"_{alike.index(b) + 1}" if len(alike) > 1 else ""
        parameters.append(OrderParameter(_name(b) + suffix, b, tuple(listed)))
    return FactorisedAction(averaged.ensemble, tuple(parameters))


def _name(bilinear: Bilinear) -> str:
    """Return the name of an order parameter: ``C_phi`` for φφ, ``S_phi`` for a response."""
    first, second = bilinear.first, bilinear.second
    if not bilinear.responses:
        return names.correlation(first, second)
    return names.response(second) if first.is_response else f"{names.response(first)}_swapped"
