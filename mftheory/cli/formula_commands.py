"""The commands of formulas and their numbers: `derive`, `formulas`, `solve`."""

from typing import Annotated, Any

import typer

import mftheory as mf
from mftheory.cli import completion
from mftheory.cli.options import (
    GainsPR,
    Json,
    NetworkOptions,
    Observable,
    Observables,
    Overlap,
    Progress,
    Rank,
    Symmetry,
    Target,
    couplings_of,
    gains_of,
    observables_of,
    with_network_options,
)
from mftheory.cli.output import print_formula, print_json, print_report, print_steps


def derive(
    effective_rank: Rank = None,
    overlap_amplitude: Overlap = 0.0,
    symmetry: Symmetry = 0.0,
    gains_pr: GainsPR = None,
    observable: Observable = "phi",
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    steps: Annotated[bool, typer.Option("--steps", help="Print every step, as LaTeX.")] = False,
    route: Annotated[
        str,
        typer.Option(
            "--route",
            help="path-integral, compact or cavity: equal.",
            autocompletion=completion.among(completion.ROUTES),
        ),
    ] = "path-integral",
    as_json: Json = False,
) -> None:
    """Derive a four-point function Ψ(ω1, ω2), step by step.

    Of i.i.d. couplings, of random modes (--effective-rank), or of couplings with reciprocity (--symmetry); with or
    without gains (--gains-pr). Of these numbers only which are given matters.
    """
    couplings = couplings_of(2.0, effective_rank, overlap_amplitude, symmetry)
    derivation = mf.derive(mf.Network(couplings, gains=gains_of(gains_pr)))
    formula = derivation.four_point(observable, route)
    if steps:
        print_steps(derivation.steps(route, observable), as_json)
    else:
        print_formula(formula, latex, False, as_json)


def formulas(
    label: Annotated[
        str | None,
        typer.Argument(help="A label, such as psi-overlap; none: list them.", autocompletion=completion.formula_labels),
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    python: Annotated[bool, typer.Option("--python", help="Print a Python file of NumPy and numba.")] = False,
    steps: Annotated[bool, typer.Option("--derive", help="Print every step of the derivation, as LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """The formulas by label: their kernels, their derivations."""
    known = mf.labels()
    asked = [name for name, given in (("--latex", latex), ("--python", python), ("--derive", steps)) if given]
    if len(asked) > 1:
        raise mf.InvalidNetwork(asked[1], True, f"is another form than {asked[0]}: one at a time")
    if label is None:
        if asked:
            raise mf.InvalidNetwork("label", None, f"must be given with {asked[0]}; mftheory formulas lists them")
        width = max(map(len, known))
        lines = [f"{name:<{width}}  {observable} of {ensemble}" for name, (ensemble, observable) in known.items()]
        print_json(known) if as_json else typer.echo("\n".join(lines))
    elif steps:
        print_steps(mf.derivation(label).steps(observable=known[label][1]), as_json)
    else:
        print_formula(mf.formula(label), latex, python, as_json)


@with_network_options
def solve(
    *,
    network: NetworkOptions,
    observable: Observables = None,
    n: Annotated[int | None, typer.Option("--n", help="A size to judge the theory's validity at.")] = None,
    target: Target = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of that sampling.")] = 0,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """Theory: dimensions and two-point functions of the limit N → ∞."""
    net = network.network()
    asked = observables_of(observable, network.gains_pr)
    sampling: dict[str, Any] = {} if target is None else {"target": target}
    theory = mf.solve(net, seed=seed, progress=progress, **sampling)
    record = {**network.record(), "gain": theory.gain, "status": theory.status_and_notes}
    for a in asked:
        record[f"C_{a}"] = float(theory.C(a, 0.0))
        record[f"C_error_{a}"] = float(theory.C_error(a, 0.0))
        record[f"dimension_{a}"] = theory.dimension(a)
        record[f"dimension_error_{a}"] = theory.dimension_error(a)
    if n is not None:
        record["number_of_dimensions"] = theory.number_of_dimensions(n, asked[0])
        record["trusted"], record["reason"] = theory.trusted(n, asked[0])
    print_report(record, as_json)


COMMANDS = (derive, formulas, solve)
