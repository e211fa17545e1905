"""Bring a four-point function into the form a physicist reads: |·|² and c.c. put back, one term per correlation.

Purely typographical: the value is unchanged, and the tests compare canonical rational forms, not this one.
"""

from collections.abc import Iterable

import sympy as sp

from mftheory.formulas import conjugated, restore, separate


def present(expr: sp.Expr, grouped: Iterable[sp.Symbol] = ()) -> sp.Expr:
    """Group by products of correlations (and of the further symbols given); factor each coefficient; pair conjugates.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.derive.present import present
    >>> S, Sc, C = sp.Symbol("S_phi_1", complex=True), sp.Symbol("S_phi_1_conj", complex=True), sp.Symbol("C_phi_1")
    >>> present(C / (1 - S - Sc + S * Sc))
    C_phi_1/Abs(S_phi_1 - 1)**2
    """
    numerator, denominator = sp.fraction(sp.cancel(expr))
    of_correlations = {s for s in expr.free_symbols if s.name.startswith("C_")} | set(grouped) & expr.free_symbols
    correlations = sorted(of_correlations, key=str)
    terms = dict(sp.Poly(numerator, *correlations).terms()) if correlations else {(): numerator}
    shown = []
    while terms:
        powers, coefficient = terms.popitem()
        product = sp.Mul(*(c**n for c, n in zip(correlations, powers, strict=True)))
        mirrored = conjugated(product)
        term = sp.factor(coefficient / denominator)
        if mirrored != product:
            partner = tuple(sp.Poly(mirrored, *correlations).monoms()[0])
            if partner in terms and sp.cancel(terms[partner] / denominator - conjugated(term)) == 0:
                terms.pop(partner)
                shown.append(2 * sp.re(_upright(restore(_positive(term) * product))))
                continue
        shown.append(_moduli(term) * restore(product))
    return sp.Add(*shown)


def _upright(expr: sp.Expr) -> sp.Expr:
    """Of a number and its conjugate, the one written with fewer conjugates."""
    mirrored = restore(conjugated(separate(expr)))
    return min(expr, mirrored, key=lambda e: (e.count(sp.conjugate), str(e)))


def _positive(product: sp.Expr) -> sp.Expr:
    """Each factor that is a sum with its constant term positive: 1 - s rather than s - 1."""
    out = sp.S.One
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and base.is_Add and base.as_coeff_Add()[0].is_negative:
            factor = (-1) ** exponent * (-base) ** exponent
        out *= factor
    return out


def _moduli(coefficient: sp.Expr) -> sp.Expr:
    """A factored coefficient with pairs of conjugate factors written as |·|²."""
    numerator, denominator = sp.fraction(_positive(coefficient))
    return _paired(numerator) / _paired(denominator)


def _paired(product: sp.Expr) -> sp.Expr:
    factors: list[sp.Expr] = []
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        factors += [base] * int(exponent) if exponent.is_Integer and exponent > 0 else [factor]
    factors.sort(key=lambda f: not f.is_Add)
    out = sp.S.One
    while factors:
        factor = factors.pop(0)
        mirrored = conjugated(factor)
        sign = 1 if mirrored in factors else -1
        if not factor.is_real and sign * mirrored in factors:
            factors.remove(sign * mirrored)
            out *= sign * sp.Abs(restore(factor)) ** 2
        elif factor.is_Add:
            out *= _sum(factor)
        else:
            return out * _paired_monomial(sp.Mul(factor, *factors))
    return out


def _sum(total: sp.Expr) -> sp.Expr:
    """A sum of monomials: self-conjugate ones through moduli, conjugate pairs through their real part."""
    monomials = list(sp.Add.make_args(sp.expand(total)))
    shown = []
    while monomials:
        term = monomials.pop(0)
        mirrored = sp.expand(conjugated(term))
        if mirrored == term:
            shown.append(_paired_monomial(term))
        elif mirrored in monomials:
            monomials.remove(mirrored)
            shown.append(2 * sp.re(restore(term)))
        else:
            shown.append(restore(term))
    return sp.Add(*shown)


def _paired_monomial(term: sp.Expr) -> sp.Expr:
    """Collect S S* into |S|², with the products of several S under one modulus: |S_1 S_2|²."""
    constant, inside = [], []
    factors = list(sp.Mul.make_args(term))
    while factors:
        factor = factors.pop(0)
        mirrored = conjugated(factor)
        if mirrored != factor and mirrored in factors:
            factors.remove(mirrored)
            inside.append(factor)
        else:
            constant.append(factor)
    modulus = sp.Abs(sp.Mul(*(restore(f) for f in inside)), evaluate=False) ** 2 if inside else sp.S.One
    return sp.Mul(*constant) * modulus
