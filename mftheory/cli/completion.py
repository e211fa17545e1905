"""What a shell may complete: names that are known before anything heavy is imported, each with what it means."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

SAMPLES = {"celegans": "Caenorhabditis elegans, 279 neurons", "fly-optic-lobe": "Drosophila, 5,552 neurons"}
"""The keys are those of `mf.connectome.SAMPLES`, which takes a second to import; a test keeps them equal."""

SUFFIXES = {".csv", ".tsv", ".txt", ".parquet", ".feather", ".xlsx", ".json", ".npz", ".npy", ".graphml", ".gz"}
"""Ends of names of wiring diagrams: those that the reader takes, held equal by a test as well."""

OBSERVABLES = {
    "phi": "activity φ(x)",
    "x": "input x",
    "Phi": "G φ(x), with gains",
    "readout": "φ(x) read out, with gains",
}
ROUTES = {
    "path-integral": "saddle point and Hessian of the action",
    "compact": "the same, latents eliminated",
    "cavity": "two sites added to a network",
}
WHAT = {"solve": "theory", "simulate": "networks", "compare": "theory against networks"}
NONLINEARITIES = {"erf": "erf(√π x/2)", "tanh": "tanh(x)"}
DYNAMICS = {"leaky": "(1 + ∂t) x", "euler:0.1": "a map of that step", "rational:1/1,0.8,1": "a filter N(iω)/D(iω)"}
SIGNS = {"weight": "of the weights", "column": "of a column of signs", "transmitter": "of a column of transmitters"}

Items = list[tuple[str, str]]


def among(names: dict[str, str]) -> Callable[[str], Items]:
    """A completer of these names."""

    def complete(incomplete: str) -> Items:
        return [(name, meaning) for name, meaning in names.items() if name.startswith(incomplete)]

    return complete


def formula_labels(incomplete: str) -> Items:
    """Labels of the formulas, read from the committed kernels: deriving them anew needs SymPy."""
    return among(dict(sorted(_labels())))(incomplete)


def figure_names(incomplete: str) -> Items:
    from mftheory.figures.registry import FIGURES

    return among({**FIGURES, "all": "each in a folder of its own", "summary": "what all z-scores amount to"})(
        incomplete
    )


def presets(incomplete: str) -> Items:
    from mftheory.figures.registry import PRESETS

    return among(dict.fromkeys(PRESETS, ""))(incomplete)


def wirings(incomplete: str) -> Items:
    """The samples, then files and folders: a shell that is told something does not look for files itself."""
    typed = Path(incomplete)
    folder = typed if incomplete.endswith("/") or not incomplete else typed.parent
    start = incomplete[: len(incomplete) - (0 if incomplete.endswith("/") else len(typed.name))]
    try:
        inside = sorted(folder.expanduser().iterdir())
    except OSError:
        inside = []
    shown = (path for path in inside if not path.name.startswith(".") and _may_be_wiring(path))
    files = {start + path.name + ("/" if path.is_dir() else ""): "" for path in shown}
    return among({**SAMPLES, **files})(incomplete)


def _may_be_wiring(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in SUFFIXES


def _labels() -> Iterator[tuple[str, str]]:
    for file in resources.files("mftheory").joinpath("kernels", "generated").iterdir():
        if file.name.endswith(".py") and not file.name.startswith("heterogeneous"):
            heading = re.match(r'"""\[(.+?)\] (Ψ.* of the ensemble .+)\.', _first_line(file))
            if heading is not None:
                yield heading[1], heading[2]


def _first_line(file: Traversable) -> str:
    with file.open(encoding="utf-8") as lines:
        return lines.readline()
