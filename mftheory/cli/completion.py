"""Names that a shell may complete: known before anything heavy is imported, each with its meaning."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

SAMPLES = {"celegans": "Caenorhabditis elegans, 279 neurons", "fly-optic-lobe": "Drosophila, 5,552 neurons"}
"""Sample diagrams, by the keys of `mf.connectome.SAMPLES`, which takes a second to import; a test keeps them equal."""

SUFFIXES = {".csv", ".tsv", ".txt", ".parquet", ".feather", ".xlsx", ".json", ".npz", ".npy", ".graphml", ".gz"}
"""Suffixes of files of wiring diagrams: those that the reader takes; a test keeps them equal as well."""

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
NONLINEARITIES = {
    "erf": "erf(√π x/2)",
    "tanh": "tanh(x)",
    "relu": "max(x, 0)",
    "softplus": "ln(1 + eˣ)",
    "sigmoid": "1/(1 + e⁻ˣ)",
}
DYNAMICS = {
    "leaky": "(1 + ∂t) x",
    "leaky:2": "(1 + 2 ∂t) x",
    "euler:0.1": "a map of that step",
    "rational:1/1,0.8,1": "a filter N(iω)/D(iω)",
}
SIGNS = {"weight": "of the weights", "column": "of a column of signs", "transmitter": "of a column of transmitters"}

Items = list[tuple[str, str]]


def among(names: dict[str, str]) -> Callable[[str], Items]:
    """Return a completer of these names."""

    def complete(incomplete: str) -> Items:
        return [(name, meaning) for name, meaning in names.items() if name.startswith(incomplete)]

    return complete


def formula_labels(incomplete: str) -> Items:
    """Complete labels of formulas, read from the committed kernels: deriving them anew needs SymPy."""
    return among(dict(sorted(_labels())))(incomplete)


def figure_names(incomplete: str) -> Items:
    """Complete names of figures."""
    from mftheory.figures.registry import FIGURES

    others = {"all": "each in a folder of its own", "summary": "what all z-scores amount to"}
    return among({**FIGURES, **others})(incomplete)


def presets(incomplete: str) -> Items:
    """Complete names of presets."""
    from mftheory.figures.registry import PRESETS

    return among(dict.fromkeys(PRESETS, ""))(incomplete)


def wirings(incomplete: str) -> Items:
    """Complete samples, then files and folders: a shell that is given names does not look for files itself."""
    typed = Path(incomplete)
    folder = typed if incomplete.endswith("/") or not incomplete else typed.parent
    start = incomplete[: len(incomplete) - (0 if incomplete.endswith("/") else len(typed.name))]
    try:
        inside = sorted(folder.expanduser().iterdir())
    except OSError:
        inside = []
    files = {
        start + path.name + ("/" if path.is_dir() else ""): ""
        for path in inside
        if not path.name.startswith(".") and (path.is_dir() or path.suffix.lower() in SUFFIXES)
    }
    return among({**SAMPLES, **files})(incomplete)


def _labels() -> Iterator[tuple[str, str]]:
    for file in resources.files("mftheory").joinpath("kernels", "generated").iterdir():
        if file.name.endswith(".py") and not file.name.startswith(("heterogeneous", "unequal")):
            with file.open(encoding="utf-8") as lines:
                heading = re.match(r'"""\[(.+?)\] (Ψ.* of the ensemble .+)\.', lines.readline())
            if heading is not None:
                yield heading[1], heading[2]
