"""The law of the squared singular values λ of random-mode couplings J = L D Rᵀ, derived ([sv-law], [sv-pr], [sv-edge]).

L and R have independent entries of variance 1/N and M = αN columns, so the λ that are not zero for want of modes are
the eigenvalues of D² W_L W_R, where W = LᵀL and likewise RᵀR are M × M Wishart factors. Two facts are taken as known,
both statements about planar Wick pairings at N → ∞: the self-energy of a Gaussian matrix is a sum of rainbows, and
independent Gaussian factors are free of each other and of D, so that S-transforms multiply (Voiculescu). The rest is
algebra. `wick_moment` counts all pairings instead and knows neither fact: the two routes must agree.

With M(z) = z G(z) - 1 the moment-generating function of M values of λ and χ its inverse in 1/z, χ(M(z)) = 1/z, the
S-transform is S(w) = χ(w) (1 + w)/w.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from math import prod

import sympy as sp

from mftheory.errors import InvalidNetwork

alpha = sp.Symbol("alpha", positive=True)
"""Modes per neuron, M/N."""
N = sp.Symbol("N", positive=True)
"""Number of neurons."""
z, u = sp.symbols("z u")
"""Where the resolvent is taken, and 1/z."""
G, w = sp.symbols("G M")
"""The Stieltjes transform G(z) = ⟨1/(z - λ)⟩ and M(z) = z G - 1."""


def r(order: int) -> sp.Symbol:
    """Return the moment r_n = ⟨Dⁿ⟩ of the component strengths, as the four-point functions call it.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import r
    >>> r(4)
    r_4
    """
    return sp.Symbol(f"r_{order}", positive=True)


@cache
def wishart_equation() -> sp.Eq:
    """Return the equation of the Stieltjes transform G of the Wishart factor W = LᵀL (Marchenko and Pastur).

    Assumes N → ∞. The Hermitian matrix with blocks L and Lᵀ has one resolvent for neurons and one for modes; in the
    sum of rainbows the self-energy of each is the other's trace over N, g_n for modes and αg_m for neurons. Neurons are
    eliminated here, and the square of the argument is z.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import wishart_equation
    >>> wishart_equation()
    Eq(z, -1/(G*alpha - 1) + 1/G)
    """
    root, g_neuron, g_mode = sp.symbols("zeta g_n g_m")
    (neurons,) = sp.solve(g_neuron * (root - alpha * g_mode) - 1, g_neuron)
    modes = g_mode * (root - neurons) - 1
    # g_m(ζ) = ζ G(ζ²): the resolvent of W sits in the block of modes.
    of_square = sp.numer(sp.together(modes.subs(g_mode, root * G))).subs(root, sp.sqrt(z))
    (solution,) = sp.solve(of_square, z)
    return sp.Eq(z, sp.apart(sp.cancel(solution), G))


def s_transform(inverse: sp.Expr) -> sp.Expr:
    """Return S(w) = χ(w) (1 + w)/w from χ(w) = 1/z as a function of w = M(z), written in `w`."""
    return sp.cancel(inverse * (1 + w) / w)


@cache
def wishart_s_transform() -> sp.Expr:
    """Return S_W(w) of the Wishart factor, from its self-consistent equation.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import wishart_s_transform
    >>> wishart_s_transform()
    1/(M*alpha + 1)
    """
    equation = wishart_equation()
    # G = (1 + M)/z makes the equation one for z at given M.
    in_w = sp.numer(sp.together((equation.lhs - equation.rhs).subs(G, (1 + w) / z)))
    # z = 0 also solves the polynomial, at no finite M.
    (solution,) = (s for s in sp.solve(in_w, z) if s != 0)
    return s_transform(1 / solution)


def singular_value_s_transform(squared_strengths: sp.Expr) -> sp.Expr:
    """Return S_λ = S_{D²} S_W² ([sv-law, C12]): three free factors, of which two are Wishart.

    Parameters
    ----------
    squared_strengths : SymPy expression in `w`
        S-transform of the law of D².

    Examples
    --------
    >>> from mftheory.derivations.singular_values import singular_value_s_transform
    >>> singular_value_s_transform(1)
    (M*alpha + 1)**(-2)
    """
    return sp.sympify(squared_strengths, strict=True) * wishart_s_transform() ** 2


@cache
def law() -> sp.Eq:
    """Return the equation of M(z) for equal strengths D ≡ 1 [sv-law, C12].

    Assumes N → ∞ at fixed α; the law is that of M values, one a mode.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import law
    >>> law()
    Eq(M*z, (M + 1)*(M*alpha + 1)**2)
    """
    return sp.Eq(w * z, (1 + w) / singular_value_s_transform(sp.S.One))


def law_of(atoms: Sequence[tuple[sp.Expr, sp.Expr]]) -> sp.Expr:
    """Return the polynomial in M and z that M(z) annuls, for strengths that take a few values.

    Parameters
    ----------
    atoms : sequence of pairs
        Values of D² and their probabilities, which sum to 1.

    Raises
    ------
    InvalidNetwork
        If there are none, or the probabilities do not sum to 1.

    Notes
    -----
    S_λ = S_{D²} S_W² is χ_λ = χ_{D²} S_W², hence ψ_{D²}(u/S_W(w)²) = w at u = 1/z, with ψ_{D²}(v) = ⟨D²v/(1 - D²v)⟩.
    D need not have an S-transform in closed form.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import law, law_of
    >>> (law_of([(1, 1)]) - (law().lhs - law().rhs)).expand()
    0
    """
    if not atoms or not sp.simplify(sum(p for _, p in atoms) - 1).is_zero:
        raise InvalidNetwork("atoms", atoms, "must be pairs (D², probability) whose probabilities sum to 1")
    v = 1 / (z * singular_value_s_transform(sp.S.One))
    equation = w - sum(p * d * v / (1 - d * v) for d, p in atoms)
    numerator = sp.Poly(sp.numer(sp.together(equation)), z, w)
    return (-numerator if numerator.LC().could_extract_minus_sign() else numerator).as_expr()


def s_transform_of_moments(moments: Sequence[sp.Expr]) -> sp.Expr:
    """Return S(w) to the order that k moments ⟨λ⟩, …, ⟨λᵏ⟩ determine, a polynomial of degree k - 1 in `w`.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.derivations.singular_values import s_transform_of_moments
    >>> m1, m2 = sp.symbols("m_1 m_2", positive=True)
    >>> s_transform_of_moments([m1, m2])
    M*(1/m_1 - m_2/m_1**3) + 1/m_1
    """
    k = _whole("number of moments", len(moments))
    series = sum(m * u ** (n + 1) for n, m in enumerate(moments))
    chi = _reverted(sp.sympify(series, strict=True), u, w, k)
    full = sp.expand(chi * (1 + w) / w)
    return sp.collect(sum(full.coeff(w, n) * w**n for n in range(k)), w)


def moments_of_s_transform(transform: sp.Expr, order: int) -> list[sp.Expr]:
    """Return ⟨λ⟩, …, ⟨λᵏ⟩ of the law whose S-transform, in `w`, is given.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import moments_of_s_transform, wishart_s_transform
    >>> moments_of_s_transform(wishart_s_transform(), 3)
    [1, alpha + 1, alpha**2 + 3*alpha + 1]
    """
    k = _whole("order", order)
    chi = sp.series(transform * w / (1 + w), w, 0, k + 1).removeO()
    inverse = _reverted(chi, w, u, k)
    return [sp.expand(inverse.coeff(u, n)) for n in range(1, k + 1)]


def moments(order: int) -> list[sp.Expr]:
    """Return ⟨λ⟩, …, ⟨λᵏ⟩ of M values for any law of the strengths, in α and r_n = ⟨Dⁿ⟩.

    Assumes N → ∞. Of N values, one a neuron, the moments are α times these: the others are 0.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import moments
    >>> moments(2)
    [r_2, 2*alpha*r_2**2 + r_4]
    """
    k = _whole("order", order)
    of_squares = s_transform_of_moments([r(2 * n) for n in range(1, k + 1)])
    return moments_of_s_transform(singular_value_s_transform(of_squares), k)


@cache
def participation_ratio() -> sp.Expr:
    """Return PR_S = ⟨λ⟩²/⟨λ²⟩ of N squared singular values, in α and PR_D = r_2²/r_4 [sv-pr, 13].

    Assumes N → ∞; any law of the strengths with a fourth moment.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import participation_ratio
    >>> participation_ratio()
    PR_D*alpha/(2*PR_D*alpha + 1)
    """
    first, second = (alpha * m for m in moments(2))
    return sp.cancel((first**2 / second).subs(r(4), r(2) ** 2 / sp.Symbol("PR_D", positive=True)))


@cache
def stieltjes_cubic() -> sp.Poly:
    """Return the cubic in G(z) for equal strengths D ≡ 1, from `law` with M = zG - 1.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import stieltjes_cubic
    >>> stieltjes_cubic().degree()
    3
    """
    equation = law()
    # Every term has a factor z, which is not part of the equation: the law holds at z ≠ 0.
    return sp.Poly(sp.cancel((equation.rhs - equation.lhs).subs(w, z * G - 1) / z), G)


@cache
def edge_polynomial() -> sp.Poly:
    """Return the polynomial in z whose positive roots are the edges: a factor of the cubic's discriminant.

    Where the discriminant is negative two roots G are complex, and there is a density. On the positive axis its powers
    of z and of α do not change its sign.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import edge_polynomial
    >>> edge_polynomial().degree()
    2
    """
    _, factors = sp.factor_list(stieltjes_cubic().discriminant(), z, alpha)
    return sp.Poly(prod((f for f, power in factors if power % 2 and f not in (z, alpha)), start=sp.S.One), z)


@cache
def edges() -> tuple[sp.Expr, sp.Expr]:
    """Return the smallest and the largest squared singular value for equal strengths D ≡ 1 [sv-edge, 14].

    Assumes N → ∞; the M values, one a mode. For α > 1 the smaller root of the discriminant is negative: the density
    reaches down to 0, and M - N of the M values are 0.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import alpha, edges
    >>> [e.subs(alpha, 1) for e in edges()]
    [0, 27/4]
    """
    b, c = (edge_polynomial().monic().coeff_monomial(m) for m in (z, 1))
    center, half = -b / 2, sp.sqrt(sp.factor(b**2 / 4 - c))
    return sp.Max(0, sp.expand(center) - half), sp.expand(center) + half


def wick_moment(order: int, neurons: sp.Expr = sp.oo, strengths: bool = True) -> sp.Expr:
    """Count Wick pairings for ⟨λᵏ⟩ = ⟨tr (JᵀJ)ᵏ⟩/M: the second route to `moments`, exact at any N.

    Parameters
    ----------
    order : int
        k. There are ((2k - 1)!!)² pairings: 11,025 at k = 4.
    neurons : SymPy expression
        Number of neurons, `N` or a number; by default the limit, in which only planar pairings survive.
    strengths : bool
        False for one Wishart factor, ⟨tr (LᵀL)ᵏ⟩/M.

    Examples
    --------
    >>> from mftheory.derivations.singular_values import N, wick_moment
    >>> wick_moment(2)
    2*alpha*r_2**2 + r_4
    >>> wick_moment(2, N, strengths=False)
    alpha + 1 + 1/N
    """
    k = _whole("order", order)
    # The trace is a closed walk j_1 a_1 i_1 b_1 j_2 a_2 …: mode 2m before and mode 2m + 1 after the m-th neuron i.
    # L is at (i_m, a_m) and (i_m, b_m), R at (j_m, a_m) and (j_{m+1}, b_m). Without R, b_m is a_{m+1}.
    left = [(p // 2, p) for p in range(2 * k)]
    right = [(((p + 1) // 2) % k, p) for p in range(2 * k)]
    joined = [] if strengths else [(2 * m + 1, (2 * m + 2) % (2 * k)) for m in range(k)]
    total: dict[tuple[int, tuple[int, ...]], int] = {}
    for in_left in _pairings(2 * k):
        i_loops = len(_classes(k, [(left[p][0], left[q][0]) for p, q in in_left]))
        for in_right in _pairings(2 * k) if strengths else [()]:
            j_loops = len(_classes(k, [(right[p][0], right[q][0]) for p, q in in_right])) if strengths else 0
            modes = _classes(2 * k, [*in_left, *in_right, *joined])
            key = i_loops + j_loops, tuple(sorted(map(len, modes)))
            total[key] = total.get(key, 0) + 1
    # Each pairing costs 1/N; each free index sums over N neurons or αN modes; tr/M takes one mode back.
    pairings = 2 * k if strengths else k
    result = sp.S.Zero
    for (loops, sizes), count in total.items():
        power = loops + len(sizes) - 1 - pairings
        if power < 0 and neurons == sp.oo:
            continue
        weight = sp.prod([r(size) for size in sizes]) if strengths else sp.S.One
        result += (
            count * alpha ** (len(sizes) - 1) * weight * sp.sympify(neurons, strict=True) ** power
            if power
            else (count * alpha ** (len(sizes) - 1) * weight)
        )
    return sp.expand(result)


def _reverted(series: sp.Expr, variable: sp.Symbol, new: sp.Symbol, order: int) -> sp.Expr:
    """Invert a power series without constant term, to the given order (Lagrange)."""
    quotient = sp.expand(series / variable)
    result = sp.S.Zero
    for n in range(1, order + 1):
        power = sp.series(quotient ** (-n), variable, 0, n).removeO()
        result += sp.expand(power).coeff(variable, n - 1) / n * new**n
    return sp.expand(result)


def _pairings(n: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Return all ways to pair 0 … n-1."""

    def of(left: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
        if not left:
            yield ()
            return
        first, rest = left[0], left[1:]
        for at, partner in enumerate(rest):
            for others in of(rest[:at] + rest[at + 1 :]):
                yield ((first, partner), *others)

    return of(tuple(range(n)))


def _classes(n: int, equal: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the classes into which 0 … n-1 fall when pairs of them are set equal."""
    of = list(range(n))
    for a, b in equal:
        if of[a] != of[b]:
            old, new = of[b], of[a]
            of = [new if c == old else c for c in of]
    return [[m for m in range(n) if of[m] == c] for c in sorted(set(of))]


def _whole(argument: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidNetwork(argument, value, "must be a whole number of at least 1")
    return value
