"""Networks of linear neurons with numbers: a third route to Ψ, which shares nothing with the two derivations.

Each neuron's activity is φ = γ x + ξ, with noise ξ of its own. Of such a network everything is known twice:

* in the limit, by `Limit`: the two-time functions of sampled sites, site by site, and Π (1 - K Π)⁻¹ of plain numbers;
* for one sample of the couplings, by `sampled_psi`: C = M⁻¹ M⁻†, one matrix inverse a frequency.

Both read the declaration (populations, couplings, covariances) and nothing that is derived from it. A derived formula
holds for any two-time functions, so for these too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
import sympy as sp

from mftheory.action import Coupling, Field, GaussianEnsemble, Parameter, Population
from mftheory.action.joint import covarying_groups
from mftheory.action.matrices import draw_group
from mftheory.action.values import Values
from mftheory.formulas import Formula

Sites = dict[str, dict[str, np.ndarray]]
FREQUENCIES = (0.3, -0.7)


@dataclass
class LinearNetwork:
    """An ensemble with numbers: constants by name, and per-site values of the parameters, which are given by name."""

    ensemble: GaussianEnsemble
    constants: Mapping[str, float]
    values: Mapping[str, list[float]] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.sites: Sites = {p.name: _grid(p.parameters, self.values) for p in self.ensemble.populations}
        self._known: dict[tuple, np.ndarray] = {}
        self.gain: dict[str, np.ndarray] = {}
        self.own: dict[str, np.ndarray] = {}
        for p in self.ensemble.populations:
            if p.heterogeneous and not p.parameters:
                self.sites[p.name] = {"": np.zeros(3)}  # three kinds of neurons, told apart by nothing declared
            for f in p.fields:
                if f.kind == "activity":
                    kinds = self.count(p) if f.name in p.heterogeneous else 1
                    self.gain[f.name] = np.resize(rng.uniform(0.3, 0.6, kinds), self.count(p))
                    self.own[f.name] = np.resize(rng.uniform(0.5, 1.5, kinds), self.count(p))

    def count(self, p: Population) -> int:
        """Kinds of sites of a population."""
        return len(next(iter(self.sites[p.name].values()), [0]))

    def at_sites(self, expr: sp.Expr, p: Population, frequency: float = 0.0) -> np.ndarray:
        """An expression in constants and site parameters at every site."""
        key = (expr, p.name, frequency)
        if key not in self._known:
            self._known[key] = self._at_sites(expr, p, frequency)
        return self._known[key]

    def _at_sites(self, expr: sp.Expr, p: Population, frequency: float) -> np.ndarray:
        given = {**self.constants, **self.sites[p.name], "omega": frequency}
        symbols = sorted(expr.free_symbols, key=str)
        value = sp.lambdify(symbols, expr, "numpy")(*(given[s.name] for s in symbols))
        return np.resize(np.asarray(value, dtype=complex), self.count(p))

    def number(self, expr: sp.Expr) -> float:
        """An expression in constants."""
        expr = sp.sympify(expr)
        return float(expr.subs({s: self.constants[s.name] for s in expr.free_symbols}))

    @cached_property
    def pairs(self) -> list[tuple[Coupling, Coupling, bool, float, sp.Expr, sp.Expr]]:
        """Ordered pairs (m, n) that covary: transposed, constant, and the functions of m's row and column site."""
        found = []
        for m, n in product(self.ensemble.couplings, repeat=2):
            for c in self.ensemble.covariances:
                if {c.first.name, c.second.name} != {m.matrix.name, n.matrix.name}:
                    continue
                rest, on_row = c.value.as_independent(*(p.symbol for p in m.matrix.rows.parameters), as_Add=False)
                rest, on_column = rest.as_independent(*(p.symbol for p in m.matrix.columns.parameters), as_Add=False)
                found.append((m, n, c.transposed, self.number(rest), on_row, on_column))
        return found


def _grid(parameters: tuple[Parameter, ...], values: Mapping[str, list[float]]) -> dict[str, np.ndarray]:
    """Every combination of the independent parameters' values with the joint values of the others."""
    together = [p.name for p in parameters if not p.independent]
    joint = list(zip(*(values[name] for name in together), strict=True)) if together else [()]
    free = [p.name for p in parameters if p.independent]
    rows = [(*a, *b) for a in joint for b in product(*(values[name] for name in free))]
    return {name: np.array([row[k] for row in rows]) for k, name in enumerate((*together, *free))}


class Limit:
    """N → ∞: two-time functions of all kinds of sites, and Ψ as a matrix of numbers."""

    def __init__(self, network: LinearNetwork) -> None:
        self.network = network
        self.functions = [self._solved(w) for w in FREQUENCIES]

    def psi(self, observable: str) -> complex:
        """Ψ of an observable at the two frequencies: the entry of Π (1 - K Π)⁻¹."""
        operator = self.network.ensemble.observables[observable]
        wanted = (operator.field, operator.field, operator.weight**2)
        listed, couplings = [wanted], []
        for m, n, transposed, constant, on_row, on_column in self.network.pairs:
            far = (n.on_columns, n.on_rows) if transposed else (n.on_rows, n.on_columns)
            ends = []
            for a, b, weight in ((m.on_rows, far[0], on_row), (m.on_columns, far[1], on_column)):
                bilinear = (a.field, b.field, a.weight * b.weight * weight)
                listed += [bilinear] if bilinear not in listed else []
                ends.append(listed.index(bilinear))
            couplings.append((*ends, constant))
        K = np.zeros((len(listed), len(listed)))
        for a, b, constant in couplings:
            K[a, b] += constant
            K[b, a] += constant
        Pi = np.array([[self._correlator(a, b) for b in listed] for a in listed])
        return complex((Pi @ np.linalg.inv(np.eye(len(listed)) - K @ Pi))[0, 0])

    def diagonal(self, observable: str) -> complex:
        """Return Ψ as it would be if no two sites were correlated."""
        operator = self.network.ensemble.observables[observable]
        bilinear = (operator.field, operator.field, operator.weight**2)
        return self._correlator(bilinear, bilinear)

    def spectra(self, formula: Formula) -> dict[str, tuple]:
        """Return the arguments of `Formula.evaluate`: a number where sites are alike, an array over them otherwise."""
        found = {}
        for name in formula._needed() | {n.rpartition("_")[0] for n in formula.symbols if n.startswith("T_")}:
            pair = tuple(self._named(name, k) for k in (0, 1))
            alike = all(np.ptp(v.real) + np.ptp(v.imag) < 1e-13 for v in pair)
            found[name] = tuple(complex(v[0]) if alike else v for v in pair)
        return found

    def numbers(self, formula: Formula) -> dict[str, object]:
        """Constants, moments, what the ensemble defines through them, and arrays of the parameters."""
        given: dict[str, object] = dict(self.network.constants)
        for p in self.network.ensemble.populations:
            for q in p.parameters:
                given[q.name] = self.network.sites[p.name][q.name]
                for order in range(1, 9):
                    given.setdefault(
                        f"{q.moments}_{order}", float(np.mean(self.network.sites[p.name][q.name] ** order))
                    )
        for symbol, expr in self.network.ensemble.definitions.items():
            if symbol != expr:
                given[symbol.name] = float(expr.subs({s: given[s.name] for s in expr.free_symbols}))
        given |= {f"omega_{k}": w for k, w in zip((1, 2), FREQUENCIES, strict=True)}
        return given

    def _named(self, name: str, k: int) -> np.ndarray:
        letter, _, rest = name.partition("_")
        for p in self.network.ensemble.populations:
            names = [f.name for f in p.fields]
            if letter == "T" and rest == p.name:
                return self.network.at_sites(p.inverse_transfer, p, FREQUENCIES[k])
            if letter == "S" and rest in names:
                return self.functions[k][p.name][:, names.index(f"{p.state_names[0]}_hat"), names.index(rest)]
            for a, b in product(p.fields, repeat=2):
                if letter == "C" and rest in ((a.name,) if a == b else (a.name + b.name,)):
                    return self.functions[k][p.name][:, names.index(a.name), names.index(b.name)]
        raise KeyError(name)

    def _correlator(self, a: tuple, b: tuple) -> complex:
        """Σ over sites of both weights, times the two-time functions at ω1 and ω2."""
        if a[0].population != b[0].population:
            return 0j
        p = self.network.ensemble.population(a[0].population)
        index = {f: k for k, f in enumerate(p.fields)}
        one, two = (G[p.name] for G in self.functions)
        weights = self.network.at_sites(a[2], p) * self.network.at_sites(b[2], p)
        summed = np.sum(weights * one[:, index[a[0]], index[b[0]]] * two[:, index[a[1]], index[b[1]]])
        return complex(self.network.number(p.size) * summed / self.network.count(p))

    def _solved(self, frequency: float) -> dict[str, np.ndarray]:
        """⟨u* v⟩ of all fields of all sites, responses where one is a response field, by iteration from no input."""
        net = self.network
        known: dict[str, np.ndarray] = {}
        for p in net.ensemble.populations:
            known[p.name] = np.zeros((net.count(p), len(p.fields), len(p.fields)), complex)
        for _ in range(3000):
            new = {p.name: self._site(p, known, frequency) for p in net.ensemble.populations}
            change = max(np.max(np.abs(new[name] - known[name])) for name in new)
            known = new
            if change < 1e-15:
                return known
        raise AssertionError(f"the linear network is not stable: {change}")

    def _site(self, p: Population, known: dict[str, np.ndarray], frequency: float) -> np.ndarray:
        net, count = self.network, self.network.count(p)
        equations = [hat.field for hat in p.responses]
        states = [u.field for u in p.states]
        activities = [f for f in p.fields if f.kind == "activity"]
        m = len(equations)
        T = net.at_sites(p.inverse_transfer, p, frequency)
        noise = net.at_sites(p.noise, p, frequency)
        Q = noise[:, None, None] * np.eye(m)
        back: dict[tuple[Field, Field], np.ndarray] = {}
        for here, value in self._received(p, known):
            if here[1].is_response:
                Q[:, equations.index(here[0]), equations.index(here[1])] += value
            else:
                back[here] = back.get(here, np.zeros(count, complex)) + value
        # Sources: the inputs η of each equation, then ξ of each activity; states = P (η + R ξ).
        R = np.zeros((count, m, m), complex)
        through = np.zeros((count, m, len(activities)), complex)
        for (y, v), value in back.items():
            if v in states:
                R[:, equations.index(y), states.index(v)] += value
            else:
                k = activities.index(v)
                R[:, equations.index(y), 0] += value * net.gain[v.name]
                through[:, equations.index(y), k] += value
        P = np.linalg.inv(T[:, None, None] * np.eye(m) - R)
        of_states = np.concatenate([P, P @ through], axis=2)
        rows = [of_states[:, k] for k in range(m)]
        for k, f in enumerate(activities):
            row = net.gain[f.name][:, None] * of_states[:, 0]
            row[:, m + k] += 1
            rows.append(row)
        loading = np.stack(rows, axis=1)  # (sites, states and activities, sources)
        spectrum = np.zeros((count, loading.shape[2], loading.shape[2]), complex)
        spectrum[:, :m, :m] = Q
        for k, f in enumerate(activities):
            spectrum[:, m + k, m + k] = net.own[f.name]
        C = np.einsum("iua,iab,ivb->iuv", loading.conj(), spectrum, loading)
        S = loading[:, :, :m]
        size = C.shape[1]
        G = np.zeros((count, size + m, size + m), complex)
        G[:, :size, :size] = C
        G[:, size:, :size] = np.swapaxes(S, 1, 2)
        G[:, :size, size:] = S.conj()
        order = [*states, *activities, *equations]
        index = [order.index(f) for f in p.fields]
        return G[:, index][:, :, index]

    def _received(
        self, p: Population, known: dict[str, np.ndarray]
    ) -> Iterator[tuple[tuple[Field, Field], np.ndarray]]:
        """((equation, other field), value at each site) by which pairs of couplings reach the sites of p."""
        net = self.network
        for m, n, transposed, constant, on_row, on_column in net.pairs:
            far = (n.on_columns, n.on_rows) if transposed else (n.on_rows, n.on_columns)
            sides = ((m.on_rows, far[0], on_row), (m.on_columns, far[1], on_column))
            for (a, b, weight), (c, d, other) in (sides, sides[::-1]):
                if a.field.population != p.name or not a.field.is_response:
                    continue
                q = net.ensemble.population(c.field.population)
                names = list(q.fields)
                # c is a source at the other site. With d its response field, that site's response ⟨d̂ c⟩ comes back.
                pair = (d.field, c.field) if d.field.is_response else (c.field, d.field)
                G = known[q.name][:, names.index(pair[0]), names.index(pair[1])]
                mean = np.mean(net.at_sites(c.weight * d.weight * other, q) * G) * net.number(q.size)
                yield (a.field, b.field), constant * net.at_sites(a.weight * b.weight * weight, p) * mean


def sampled_psi(network: LinearNetwork, n: int, seed: int, observables: list[str]) -> np.ndarray:
    """(1/N) Σ_ij w_i² w_j² C_ij(ω1) C_ij(ω2) of one sample of the couplings, for each observable."""
    ensemble, rng = network.ensemble, np.random.default_rng((n, seed))
    sizes = {p.name: round(network.number(p.size) * n) for p in ensemble.populations}
    kinds = {p.name: rng.permutation(np.arange(sizes[p.name]) % network.count(p)) for p in ensemble.populations}
    sites = {p: {name: v[kinds[p]] for name, v in of.items() if name} for p, of in network.sites.items()}
    values = Values(ensemble, dict(network.constants))
    drawn: dict[str, np.ndarray] = {}
    for group in covarying_groups(ensemble):
        drawn |= draw_group(group, ensemble.covariances, values, sites, sizes, rng)
    places, end = {}, 0
    for p in ensemble.populations:
        for u, hat in zip(p.states, p.responses, strict=True):
            places[u.field] = places[hat.field] = slice(end, end + sizes[p.name])
            end += sizes[p.name]

    def weights(operator, p: Population) -> np.ndarray:
        return network.at_sites(operator.weight, p)[kinds[p.name]].real

    def place(f: Field) -> tuple[slice, np.ndarray | float]:
        """Rows of the state that carries a field, and the gain."""
        if f.kind == "activity":
            p = ensemble.population(f.population)
            return places[p.state.field], network.gain[f.name][kinds[p.name]]
        return places[f], 1.0

    into: dict[Field, np.ndarray] = {}  # matrices from each source field into all equations
    for c in ensemble.couplings:
        matrix = drawn[c.matrix.name] / np.sqrt(n)
        matrix = matrix if c.target_on_rows else matrix.T
        p, q = (ensemble.population(o.field.population) for o in (c.target, c.source))
        block = into.setdefault(c.source.field, np.zeros((end, sizes[q.name])))
        block[places[c.target.field]] += weights(c.target, p)[:, None] * matrix * weights(c.source, q)
    covariances = []
    for frequency in FREQUENCIES:
        T, noise = np.zeros(end, complex), np.zeros(end)
        for p in ensemble.populations:
            for u in p.states:
                T[places[u.field]] = network.at_sites(p.inverse_transfer, p, frequency)[kinds[p.name]]
                noise[places[u.field]] = network.at_sites(p.noise, p, frequency)[kinds[p.name]].real
        system = np.diag(T)
        for f, block in into.items():
            rows, gain = place(f)
            system[:, rows] -= block * gain
        inverse = np.linalg.inv(system)
        found = []
        for name in observables:
            f = ensemble.observables[name].field
            rows, gain = place(f)
            of_inputs = inverse[rows] * np.reshape(gain, (-1, 1))
            C = (of_inputs.conj() * noise) @ of_inputs.T
            activities = [g for g in dict.fromkeys((*into, f)) if g.kind == "activity"]
            for g in activities:
                L = of_inputs @ into[g] if g in into else np.zeros((len(of_inputs), sizes[g.population]), complex)
                if g == f:
                    L = L + np.eye(len(L))
                C = C + (L.conj() * network.own[g.name][kinds[g.population]]) @ L.T
            found.append(C)
        covariances.append(found)
    psi = []
    for name, first, second in zip(observables, *covariances, strict=True):
        operator = ensemble.observables[name]
        w = weights(operator, ensemble.population(operator.field.population)) ** 2
        psi.append(w @ (first * second) @ w / n)
    return np.array(psi)
