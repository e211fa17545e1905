"""Bring a four-point function into the form a physicist reads: |·|² and c.c. put back, one term per correlation.

Purely typographical: the value is unchanged, and the tests compare canonical rational forms, not this one.
"""

from collections.abc import Iterable

import sympy as sp

from mftheory.formulas import Re, conjugated, restore, separate


def present(expr: sp.Expr, grouped: Iterable[sp.Symbol] = ()) -> sp.Expr:
    """Group by products of correlations (and of further symbols), factor each coefficient, and pair conjugates.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.derivations.present import present
    >>> S, Sc, C = sp.Symbol("S_phi_1", complex=True), sp.Symbol("S_phi_1_conj", complex=True), sp.Symbol("C_phi_1")
    >>> present(C / (1 - S - Sc + S * Sc))
    C_phi_1/Abs(S_phi_1 - 1)**2
    """
    of_correlations = {s for s in expr.free_symbols if s.name.startswith("C_")} | set(grouped) & expr.free_symbols
    terms = _by_correlations(expr, sorted(of_correlations, key=str))
    shown = []
    while terms:
        product, coefficient = terms.popitem()
        mirrored = conjugated(product)
        if mirrored in terms and sp.cancel(terms[mirrored] - conjugated(coefficient)) == 0:
            terms.pop(mirrored)
            shown.append(2 * Re(_upright(restore(_positive(coefficient) * product))))
        else:
            shown.append(_moduli(coefficient) * restore(product))
    return sp.Add(*shown)


def _by_correlations(expr: sp.Expr, correlations: list[sp.Symbol]) -> dict[sp.Expr, sp.Expr]:
    """Collect factored coefficients by product of correlations, term by term (one big fraction would be far slower)."""
    collected: dict[sp.Expr, list[sp.Expr]] = {}
    for term in sp.Add.make_args(expr):
        numerator, denominator = sp.fraction(sp.together(term))
        parts = sp.Poly(numerator, *correlations).terms() if correlations else [((), numerator)]
        for powers, coefficient in parts:
            product = sp.Mul(*(c**n for c, n in zip(correlations, powers, strict=True)))
            collected.setdefault(product, []).append(coefficient / denominator)
    coefficients = {product: sp.factor(sp.Add(*parts)) for product, parts in collected.items()}
    return {product: coefficient for product, coefficient in sorted(coefficients.items(), key=str) if coefficient != 0}


def _upright(expr: sp.Expr) -> sp.Expr:
    """Return a number or its conjugate: the one written with fewer conjugates."""
    mirrored = restore(conjugated(separate(expr)))
    return min(expr, mirrored, key=_conjugates)


def _positive(product: sp.Expr) -> sp.Expr:
    """Write each factor that is a sum with a positive constant term: 1 - s rather than s - 1."""
    out = sp.S.One
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and base.is_Add and base.as_coeff_Add()[0].is_negative:
            factor = (-1) ** exponent * (-base) ** exponent
        out *= factor
    return out


def _moduli(coefficient: sp.Expr) -> sp.Expr:
    """Write pairs of conjugate factors of a factored coefficient as |·|²."""
    numerator, denominator = sp.fraction(_positive(coefficient))
    below = list(sp.Mul.make_args(denominator))
    inside = sp.Mul(*(f for f in sp.Mul.make_args(numerator) if f.is_Add))
    outside = sp.Mul(*(f for f in sp.Mul.make_args(numerator) if not f.is_Add))
    for factor in below:
        split = _partial_fractions(inside, factor) if conjugated(factor) in below else None
        if split is not None:
            rest = sp.Mul(*(f for f in below if f not in (factor, conjugated(factor))))
            return split * _paired(outside) / _paired(rest)
    # Real factors go into a sum, where they turn into parameters such as 1/PR_G.
    real = sp.Mul(*(f for f in below if f.is_real))
    below = [f for f in below if not f.is_real]
    if inside.is_Add:
        return _sum(inside / real) * _paired(outside) / _paired(sp.Mul(*below))
    return _paired(numerator) / (_paired(sp.Mul(*below)) * real)


def _partial_fractions(numerator: sp.Expr, factor: sp.Expr) -> sp.Expr | None:
    """Write numerator/|1 - w|² as A + 2 Re[B/(1 - w)] for a moment w, where it comes apart into these."""
    moments = [s for s in factor.free_symbols if s in (factor - 1, 1 - factor)]
    if len(moments) != 1 or moments[0].is_real or not numerator.has(moments[0]):
        return None
    w, mirrored = moments[0], conjugated(factor)
    pieces: dict[sp.Expr, sp.Expr] = {}
    for part in sp.Add.make_args(sp.apart(numerator / (factor * mirrored), w)):
        for piece in sp.Add.make_args(sp.apart(sp.factor(part), conjugated(w))):
            above, below = sp.fraction(_positive(sp.factor(piece)))
            pieces[below] = pieces.get(below, sp.S.Zero) + above
    if set(pieces) != {sp.S.One, factor, mirrored}:
        return None
    upright = min(factor, mirrored, key=lambda f: restore(f).count(sp.conjugate))
    fraction = restore(sp.factor(pieces[upright])) / restore(upright)
    return _sum(sp.expand(pieces[sp.S.One])) + 2 * Re(fraction)


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
    """Write a sum of monomials: self-conjugate ones through moduli, conjugate pairs through their real part.

    Real parameters are collected in front of each modulus and real part.
    """
    weights: dict[sp.Expr, sp.Expr] = {}
    for monomial in sp.Add.make_args(sp.expand(total)):
        real = sp.Mul(*(f for f in sp.Mul.make_args(monomial) if all(s.is_real for s in f.free_symbols)))
        complex_part = monomial / real
        weights[complex_part] = weights.get(complex_part, sp.S.Zero) + real
    shown = []
    while weights:
        part, weight = weights.popitem()
        mirrored = conjugated(part)
        fraction = sp.fraction(sp.together(weight))[1].has(sp.Add)
        weight = sp.factor(weight) if fraction else sp.factor_terms(weight)
        if mirrored == part:
            shown.append(weight * _paired_monomial(part))
        elif weights.get(mirrored) is not None and sp.expand(weights[mirrored] - weight) == 0:
            del weights[mirrored]
            shown.append(2 * weight * Re(min(restore(part), restore(mirrored), key=_conjugates)))
        else:
            shown.append(weight * restore(part))
    return sp.Add(*shown)


def _conjugates(expr: sp.Expr) -> tuple[int, str]:
    return expr.count(sp.conjugate), str(expr)


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
