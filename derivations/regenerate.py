"""Derive every built-in ensemble afresh; rewrite the committed kernels and the printed formulas: `make kernels`."""

from collections.abc import Iterable
from pathlib import Path

from mftheory.action.built_in import BUILT_IN, heterogeneous, unequal
from mftheory.derivations.derivation import Derivation
from mftheory.formulas import Formula, restore, typeset
from mftheory.kernels.kernel import GENERATED, file_name, site_means_file
from mftheory.kernels.site_means import site_means_source
from mftheory.kernels.source import source
from mftheory.network.network import UNEQUAL
from mftheory.storage import write

PRINTED = Path(__file__).parents[1] / "docs" / "formulas.md"

HEADER = r"""# Every formula

Four-point functions $\Psi^a(\omega_1,\omega_2) = \frac1N\sum_{ij} C^a_{ij}(\omega_1)\, C^a_{ij}(\omega_2)$ as derived,
by label; $F_{12} = F(\omega_1)F(\omega_2)$. Labels without a slash are those of published formulas; the citation says
where the ensemble comes from. Written by `make kernels`; `mftheory formulas LABEL --latex` prints one.
"""


def regenerate(folder: Path = GENERATED, printed: Path = PRINTED) -> list[Path]:
    """Write the kernel source of each observable of each built-in ensemble, and all formulas as LaTeX."""
    written, formulas = [], []
    for name, declare in BUILT_IN.items():
        derivation = Derivation(declare())
        for observable in derivation.observables:
            formulas.append(derivation.four_point(observable))
            path = folder / file_name(name, observable)
            write(path, source(formulas[-1]))
            written.append(path)
        if derivation.saddle_point.input_and_feedback()[1] != 0:
            path = folder / site_means_file(name)
            write(path, means_over_sites(derivation))
            written.append(path)
    for general in (Derivation(heterogeneous()), Derivation(unequal())):
        for observable in general.observables:
            formulas.append(general.four_point(observable))
            if general.ensemble.name == UNEQUAL or observable != "phi":  # there a further φ is no network's
                path = folder / file_name(general.ensemble.name, observable)
                write(path, source(formulas[-1]))
                written.append(path)
    write(printed, HEADER + "".join(page(formulas)))
    return [*written, printed]


def means_over_sites(derivation: Derivation) -> str:
    """Return the source of a neuron's input and self-feedback, and of the moments of all its observables' kernels."""
    infos = [
        i
        for observable in derivation.observables
        for i in derivation.four_point(observable).symbols.values()
        if i.definition is not None
    ]
    moments = {i.symbol.name: i.definition for i in infos}
    real = frozenset(i.symbol.name for i in infos if i.domain == "real")
    noise, feedback = derivation.saddle_point.input_and_feedback()
    two_time = derivation.two_time_functions
    return site_means_source(derivation.ensemble.name, noise, feedback, moments, real, two_time)


def page(formulas: Iterable[Formula]) -> Iterable[str]:
    """One section an ensemble, one formula after the other, with what its moments stand for."""
    ensemble = None
    for formula in formulas:
        if formula.ensemble != ensemble:
            ensemble = formula.ensemble
            yield f"\n## {ensemble}\n"
        yield f"\n**[{formula.label}]** {formula.citation}\n\n$$\n{formula.latex()}\n$$\n"
        named = [
            i for i in formula.symbols.values() if i.definition is not None and not i.symbol.name.startswith("mean_")
        ]
        if named:
            meant = r",\quad ".join(f"{typeset(i.symbol)} = {typeset(restore(i.definition))}" for i in named)
            yield f"\nwith ${meant}$\n"


if __name__ == "__main__":
    for path in regenerate():
        print(path.name)
