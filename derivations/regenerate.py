"""Derive every built-in ensemble afresh and rewrite the committed kernels: `make kernels`."""

from pathlib import Path

from mftheory.action.ensembles import BUILT_IN
from mftheory.derive.derivation import derive
from mftheory.kernels.kernel import GENERATED, file_name
from mftheory.kernels.source import source


def regenerate(folder: Path = GENERATED) -> list[Path]:
    """Write the kernel source of each observable of each built-in ensemble; return the files."""
    written = []
    for name, declare in BUILT_IN.items():
        derivation = derive(declare())
        for observable in derivation.observables:
            path = folder / file_name(name, observable)
            path.write_text(source(derivation.four_point(observable)), encoding="utf-8")
            written.append(path)
    return written


if __name__ == "__main__":
    for path in regenerate():
        print(path.name)
