"""Ensembles that nobody thought of: random populations, latents, couplings and covariances, with numbers."""

from random import Random

import sympy as sp
from derivations.linear_networks import LinearNetwork

from mftheory.action import (
    Coupling,
    Covariance,
    GaussianEnsemble,
    GaussianMatrix,
    Operator,
    Parameter,
    Population,
    omega,
)

I = sp.I


class RandomEnsemble:
    """A random declaration, and numbers for its constants and for the parameters of its sites.

    One to three populations of neurons and up to two of latents, which may have parameters, noise, dynamics and two
    states; each site may drive any other, by itself or through matrices that covary.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.constants: dict[str, float] = {}
        self.values: dict[str, list[float]] = {}
        neurons, latents = self._choice([1, 1, 1, 2, 2, 3]), self._choice([0, 0, 1, 1, 1, 2])
        populations = [self._neurons(k) for k in range(neurons)] + [self._latents(k) for k in range(latents)]
        couplings = self._couplings(populations, neurons)
        matrices = list(dict.fromkeys(c.matrix for c in couplings))
        per_population = max(1.0, len(couplings) / len(populations))
        variances = {m.name: round(self._uniform(0.15, 0.5) / per_population, 3) for m in matrices}
        covariances = [Covariance(m, m, sp.Rational(str(variances[m.name]))) for m in matrices]
        covariances += self._covariances(matrices, variances)
        self.ensemble = GaussianEnsemble(
            f"random {seed}",
            tuple(populations),
            tuple(couplings),
            tuple(covariances),
            observables=self._observables(populations),
        )

    def network(self) -> LinearNetwork:
        """Return it as a network of linear neurons."""
        return LinearNetwork(self.ensemble, self.constants, self.values)

    def _choice(self, options):
        return self._random.choice(options)

    def _chance(self, p: float) -> bool:
        return self._random.random() < p

    def _uniform(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def _constant(self, name: str, low: float, high: float, **assumptions: bool) -> sp.Symbol:
        self.constants[name] = round(self._uniform(low, high), 3)
        return sp.Symbol(name, **(assumptions or {"positive": True}))

    def _parameters(self, tag: str, count: int) -> tuple[Parameter, ...]:
        together, found = self._choice([2, 3]), []
        for k in range(count):
            independent = self._chance(0.4)
            p = Parameter(f"p{tag}{k}", f"m{tag}{k}", independent)
            size = 2 if independent else together
            self.values[p.name] = [round(self._uniform(0.4, 1.2), 3) * self._choice([1, 1, -1]) for _ in range(size)]
            found.append(p)
        return tuple(found)

    def _dynamics(self, tag: str, parameters: tuple[Parameter, ...], plain: sp.Expr) -> sp.Expr:
        options = [
            plain,
            plain,
            1 + I * omega,
            1 + 2 * I * omega,
            1 + I * omega * self._constant(f"tau{tag}", 0.3, 2.0),
        ]
        options += [1 + I * omega * p.symbol**2 for p in parameters[:1]]
        return self._choice(options)

    def _noise(self, tag: str, parameters: tuple[Parameter, ...]) -> sp.Expr:
        options = [sp.S.Zero, sp.S.Zero, self._constant(f"noise{tag}", 0.2, 1.0), sp.S.Half / (1 + omega**2)]
        return self._choice([*options, *(p.symbol**2 for p in parameters[:1])])

    def _size(self, tag: str) -> sp.Expr:
        return self._choice([sp.S.One, sp.Rational(2, 3), sp.Rational(7, 10), self._constant(f"f{tag}", 0.3, 1.2)])

    def _neurons(self, k: int) -> Population:
        tag, parameters = f"N{k}", self._parameters(f"N{k}", self._choice([0, 0, 0, 1, 2]))
        return Population(
            tag,
            f"x{k}",
            f"phi{k}",
            size=self._size(tag),
            inverse_transfer=self._dynamics(tag, parameters, 1 + I * omega),
            parameters=parameters,
            noise=self._noise(tag, parameters),
            heterogeneous=(f"phi{k}",) if self._chance(0.12) and not any(p.independent for p in parameters) else (),
            observed=(f"chi{k}",) if self._chance(0.15) else (),
        )

    def _latents(self, k: int) -> Population:
        tag, parameters = f"L{k}", self._parameters(f"L{k}", self._choice([0, 1, 1, 2]))
        return Population(
            tag,
            f"z{k}" if self._chance(0.88) else (f"z{k}a", f"z{k}b"),
            size=self._size(tag),
            inverse_transfer=self._dynamics(tag, parameters, sp.S.One),
            parameters=parameters,
            noise=self._noise(tag, parameters),
        )

    def _weight(self, p: Population) -> sp.Expr:
        return self._choice(p.parameters).symbol if p.parameters and self._chance(0.4) else sp.S.One

    def _couplings(self, populations: list[Population], neurons: int) -> list[Coupling]:
        links = [(self._choice(populations), self._choice(populations)) for _ in range(self._choice([1, 2, 3, 4]))]
        for p in populations:
            if not any(target is p for target, _ in links):
                links.append((p, self._choice(populations[:neurons])))
            if p.linear and not any(source is p for _, source in links):
                links.append((self._choice(populations[:neurons]), p))
        couplings: list[Coupling] = []
        for target, source in links:
            onto = Operator(self._choice(target.responses).field, self._weight(target))
            sent = self._choice(source.states) if source.linear or self._chance(0.15) else source.activity
            sent = Operator(sent.field, self._weight(source))
            ends = [(target, onto), (source, sent)]
            if self._chance(0.4):
                ends.reverse()
            (rows, on_rows), (columns, on_columns) = ends
            known = [c.matrix for c in couplings if (c.matrix.rows, c.matrix.columns) == (rows, columns)]
            again = known and self._chance(0.15)
            matrix = self._choice(known) if again else GaussianMatrix(f"M{len(couplings)}", rows, columns)
            couplings.append(Coupling(matrix, on_rows, on_columns))
        return couplings

    def _covariances(self, matrices: list[GaussianMatrix], variances: dict[str, float]) -> list[Covariance]:
        found = []
        for n, a in enumerate(matrices):
            for b in matrices[n:]:
                for transposed in (False, True):
                    shape = (b.columns, b.rows) if transposed else (b.rows, b.columns)
                    if (a.rows, a.columns) != shape or (a is b and not transposed) or self._chance(0.78):
                        continue
                    size = 0.2 * (variances[a.name] * variances[b.name]) ** 0.5 * self._choice([1, -1])
                    value = sp.Rational(str(round(size, 4)))
                    if self._chance(0.5):
                        name = f"s{a.name}{b.name}{'t' if transposed else ''}"
                        value = self._constant(name, size, size, real=True)
                    sites = {q.symbol for p in (a.rows, a.columns) for q in p.parameters}
                    if sites and a.rows != a.columns and self._chance(0.4):
                        value = value * self._choice(sorted(sites, key=str))
                    found.append(Covariance(a, b, value, transposed))
        return found

    def _observables(self, populations: list[Population]) -> dict[str, Operator]:
        found = {}
        for p in populations:
            for f in p.fields:
                if not f.is_response and self._chance(0.5):
                    found[f.name] = Operator(f)
                    if p.parameters and self._chance(0.3):
                        found[f"w{f.name}"] = Operator(f, self._choice(p.parameters).symbol)
        return found
