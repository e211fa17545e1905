"""Shell completion: what the shells ask, by their own protocol, and what they are told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import mftheory as mf
from mftheory.cli import completion
from mftheory.cli.examples import EXAMPLES
from mftheory.connectome.reading import FORMATS
from mftheory.connectome.reading.signs import SignSource
from mftheory.figures.registry import FIGURES, PRESETS
from mftheory.sweeps.tasks import What

COMMAND = Path(sys.executable).with_name("mftheory")


def asked(shell: str, line: str, folder: Path) -> list[str]:
    """What is offered at the end of a line; every call is a process, as it is in a shell."""
    words = line.split(" ")
    answer = subprocess.run(
        [COMMAND],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={
            **os.environ,
            "_MFTHEORY_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
    )
    assert answer.stderr == ""
    return answer.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mftheory so", {"solve"}),
        ("mftheory ", set(EXAMPLES)),
        ("mftheory solve --no", {"--nonlinearity", "--noise"}),
        ("mftheory formulas psi-o", {"psi-overlap", "psi-overlap+gains"}),
        ("mftheory figure ", {*FIGURES, "all", "summary"}),
        ("mftheory figure all --preset ", set(PRESETS)),
        ("mftheory solve --nonlinearity ", {"erf", "tanh", "relu", "softplus", "sigmoid"}),
        ("mftheory solve --g 3 --dynamics e", {"euler:0.1"}),
        ("mftheory derive --route c", {"compact", "cavity"}),
        ("mftheory derive --observable ", {"phi", "x", "Phi", "readout"}),
        ("mftheory sweep --what ", {"solve", "simulate", "compare"}),
        ("mftheory connectome edges.csv --signs ", {"weight", "column", "transmitter"}),
        ("mftheory connectome ", {"celegans", "fly-optic-lobe", "mine.csv", "deeper/"}),
        ("mftheory connectome mi", {"mine.csv"}),
        ("mftheory connectome deeper/", {"deeper/wiring.npz"}),
        ("mftheory connectome deeper/w", {"deeper/wiring.npz"}),
        ("mftheory connectome nowhere/", set()),
        ("mftheory simulate --plot ", set()),  # nothing: the shell looks for files itself
    ],
)
def test_what_is_offered(line: str, offered: set[str], tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    for name in ("mine.csv", "picture.png", ".hidden.csv", "deeper/wiring.npz"):
        (tmp_path / name).touch()
    assert {word for word in asked("bash", line, tmp_path) if word} == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_are_told_what_it_means(shell: str, tmp_path: Path) -> None:
    (first, *_) = asked(shell, "mftheory formulas psi-o", tmp_path)
    assert "psi-overlap" in first
    assert "of the ensemble random-mode-overlaps" in first


def test_names_that_are_not_imported_are_true() -> None:
    """Completion answers without SymPy or SciPy: its own lists must be those of the package."""
    assert {label for label, _ in completion.formula_labels("")} == set(mf.labels())
    assert set(completion.SAMPLES) == set(mf.connectome.SAMPLES)
    assert {Path(f"wiring{end}").suffix for end in FORMATS} == completion.SUFFIXES
    assert set(completion.WHAT) == set(get_args(What))
    assert set(completion.SIGNS) == set(get_args(SignSource))


def test_completion_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom mftheory.cli import completion as c\n"
        "c.formula_labels(''), c.figure_names(''), c.presets(''), c.wirings('')\nprint(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"sympy", "scipy", "numba", "matplotlib", "xarray"} & set(run.stdout.split())


@pytest.mark.parametrize(
    ("shell", "asks"),
    [
        (
            "bash",
            'source "$SCRIPT"; COMP_WORDS=(mftheory formulas psi-ov); COMP_CWORD=2; '
            '_mftheory_completion mftheory; printf "%s\\n" "${COMPREPLY[@]}"',
        ),
        (
            "zsh",
            "compdef() {}; _arguments() { print -r -- $1 }; source $SCRIPT; "
            "words=(mftheory formulas psi-ov); CURRENT=3; _mftheory_completion",
        ),
        ("fish", 'source $SCRIPT; complete -C "mftheory formulas psi-ov"'),
    ],
)
def test_the_installed_script_works_in_its_shell(shell: str, asks: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    surroundings = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
        "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
    }
    # The shell that asks is found out from the processes above, so it has to be one that stays: `; true`.
    command = [program, "-c", "mftheory --install-completion; true"]
    installed = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    assert f"{shell} completion installed in" in installed.stdout
    script = installed.stdout.splitlines()[0].split(" installed in ")[1]
    assert Path(script).is_relative_to(tmp_path)
    found = subprocess.run(
        [program, "-c", asks], env={**surroundings, "SCRIPT": script}, capture_output=True, text=True, check=False
    )
    assert "psi-overlap+gains" in found.stdout, found.stderr
    assert "psi-rmm" not in found.stdout
