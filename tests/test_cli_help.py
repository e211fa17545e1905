"""Help that teaches: every command says what it does, shows examples that run, and names its exit codes."""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import typer

import mftheory as mf
from mftheory import cli
from mftheory.cli import output
from mftheory.cli.examples import EXAMPLES, START

COMMAND = Path(sys.executable).with_name("mftheory")
ALL = sorted({*START, *(line for lines in EXAMPLES.values() for line in lines)})

# Half a minute and more: their options are read, and each has a shorter sister that is run.
TOO_LONG = {
    "mftheory compare --g 3 --effective-rank 0.5 --n 250 --n 500 --n 1000",
    "mftheory compare --g 3 --effective-rank 0.5 --n 250 --n 500 --n 1000 --plot size.png --progress",
    "mftheory sweep --g 3:6:4 --what compare --n 250 --n 500 --store run.nc --progress",
    "mftheory figure all --preset quick --output figures",
    "mftheory figure summary --output figures",
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def commands() -> dict[str, typer.main.TyperCommand]:
    return typer.main.get_command(cli.app).commands


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files of the examples."""
    rng = np.random.default_rng(0)
    senders = {j: "acetylcholine" if j < 40 else "GABA" for j in range(60)}
    rows = [f"{j},{i},{rng.integers(1, 20)},{t}" for j, t in senders.items() for i in range(60) if rng.random() < 0.3]
    (tmp_path / "edges.csv").write_text("\n".join(["pre,post,weight,transmitter", *rows]) + "\n")
    np.savez(tmp_path / "matrix.npz", J=rng.normal(size=(60, 60)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_has_examples() -> None:
    assert set(commands()) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_has_a_description_examples_and_exit_codes(capsys, name: str) -> None:
    code, out, err = run(capsys, name, "--help")
    assert (code, err) == (0, "")
    description = out.splitlines()[2].strip()
    assert 20 < len(description) < 80
    assert description.endswith(".")
    assert 1 <= len(EXAMPLES[name]) <= 3
    assert all(f"    {line}\n" in out for line in EXAMPLES[name])
    assert re.search(r"Exit codes:\n +0 done; 2 input that cannot be used", out)


def test_the_short_option_of_help(capsys) -> None:
    assert run(capsys, "-h") == run(capsys, "--help")
    assert run(capsys, "solve", "-h") == run(capsys, "solve", "--help")


def test_the_list_of_commands_is_not_cut_off(capsys) -> None:
    code, out, _ = run(capsys)
    assert code == 0
    assert "..." not in out.split("Commands:")[1]
    assert all(line in out for line in START)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_command_and_option_is_explained_and_can_print_json(name: str) -> None:
    options = commands()[name].params
    assert all(option.help for option in options)
    assert "--json" in {flag for option in options for flag in option.opts}


@pytest.mark.parametrize("line", ALL)
def test_options_of_the_examples_are_known(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    commands()[name].make_context(name, arguments)


@pytest.mark.parametrize("line", [line for line in ALL if line not in TOO_LONG])
def test_examples_run(capsys, folder: Path, line: str) -> None:
    code, out, err = run(capsys, *shlex.split(line)[1:])
    assert code == 0, err
    assert "defect" not in err
    if line.endswith("--json"):
        json.loads(out, parse_constant=pytest.fail)
    else:
        assert out.count("\n") >= 2 or "--latex" in line
    for option, file in re.findall(r"(--plot|--store) (\S+)", line):
        assert (folder / file).stat().st_size > 1000, option


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("derive",), {"label", "latex", "symbols"}),
        (("derive", "--steps"), {"action", "four-point function"}),
        (("formulas",), {"psi-iid"}),
        (("formulas", "psi-iid", "--python"), {"label", "python"}),
        (("formulas", "psi-iid", "--derive"), {"action", "four-point function"}),
        (("solve", "--g", "3"), {"dimension_phi"}),
        (("simulate", "--g", "3", "--n", "20", "--duration", "5"), {"dimension_phi_error", "status"}),
        (("compare", "--g", "3", "--n", "100", "--n", "150", "--networks", "2"), {"ok", "points"}),
        (("sweep", "--g", "3"), set()),
        (("plan", "--g", "3", "--target", "0.1"), set()),
        (("connectome", "matrix.npz", "--no-simulate"), {"n", "dimension"}),
        (("figure", "onset", "--preset", "quick"), set()),
    ],
)
def test_json_of_every_command(capsys, folder: Path, arguments: tuple[str, ...], keys: set[str]) -> None:
    """Nothing else is on stdout, and no NaN, which JSON has not."""
    code, out, _ = run(capsys, *arguments, "--json")
    record = json.loads(out, parse_constant=pytest.fail)
    assert code == 0
    assert record
    assert keys <= record.keys()


def test_json_has_no_infinities(capsys) -> None:
    output.print_json({"z": np.float64("nan"), "rows": [1, float("inf"), None], "n": np.int64(3)})
    assert json.loads(capsys.readouterr().out) == {"z": None, "rows": [1, None, None], "n": 3}


def test_version(capsys) -> None:
    assert run(capsys, "--version") == (0, f"mftheory {mf.__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("solve", "--g", "three"), "--g = 'three': must be a number"),
        (("solve", "--g", "3", "--noise", "loud"), "--noise = 'loud': must be a number"),
        (("solve", "--g", "3", "--n", "1.5"), "--n = '1.5': must be a whole number"),
        (("solve", "--g", "3", "--n", "1e3"), "--n = '1e3': must be a whole number"),
        (("compare", "--g", "3", "--n", "20", "--n", "x"), "--n = 'x': must be a whole number"),
        (("sweep", "--g", "3", "--jobs", "all"), "--jobs = 'all': must be a whole number"),
        (("solve",), f"Missing option '--g'; such as: {EXAMPLES['solve'][0]}"),
        (("connectome",), f"Missing argument 'file'; such as: {EXAMPLES['connectome'][0]}"),
        (("slove",), f"No such command: 'slove' (did you mean solve?); commands: {', '.join(EXAMPLES)}"),
        (("solve", "--effective", "3"), "No such option: --effective (did you mean --effective-rank?)"),
    ],
)
def test_a_bad_value_is_shown_with_what_is_allowed(capsys, arguments: tuple[str, ...], said: str) -> None:
    assert run(capsys, *arguments) == (2, "", f"mftheory: {said}\n")


def test_a_defect_is_one_line_and_exit_code_1(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.delenv("MFTHEORY_TRACEBACK", raising=False)
    monkeypatch.setattr(mf, "solve", broken)
    expected = "mftheory: a defect of mftheory: ZeroDivisionError: a b (MFTHEORY_TRACEBACK=1 shows where)\n"
    assert run(capsys, "solve", "--g", "3") == (1, "", expected)
    monkeypatch.setenv("MFTHEORY_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["solve", "--g", "3"])


def test_a_warning_is_one_line(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubtful(*_: object, **__: object) -> object:
        warnings.warn("in\ndoubt", stacklevel=1)
        return theory

    theory = mf.solve(mf.Network(mf.IID(3.0)))
    monkeypatch.setattr(mf, "solve", doubtful)
    code, _, err = run(capsys, "solve", "--g", "3")
    assert (code, err) == (0, "mftheory: in doubt\n")


@pytest.mark.parametrize(
    "line",
    [
        "simulate --g 3 --n 1000 --duration 20000 --progress",  # in a compiled loop
        "sweep --g 2:6:400 --what simulate --n 200 --duration 50 --jobs 2 --progress",  # in processes
    ],
)
def test_ctrl_c_is_one_line_and_exit_code_130(line: str, tmp_path: Path) -> None:
    """Ctrl-C goes to every process of a terminal's foreground group: workers must not print tracebacks either."""
    process = subprocess.Popen(
        [COMMAND, *line.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # pytest may run where it is not
    )
    assert process.stderr is not None
    running = process.stderr.readline()  # the first line of progress, after 5 s of a run that takes minutes
    assert re.match(r"(simulate|sweep).*: +\d+%", running)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert [text for text in err.splitlines() if not re.match(r"(simulate|sweep).*: ", text)] == ["mftheory: stopped"]


def test_help_is_quick_to_load() -> None:
    code = (
        "import sys\nfrom mftheory import cli\ntry:\n    cli.main(['solve', '--help'])\nexcept SystemExit:\n    pass\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code + "print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"sympy", "scipy", "numba", "matplotlib", "xarray"} & set(loaded)


def test_gains_are_those_of_the_package(capsys) -> None:
    """`--gains-pr` is Gains.exponential, in every command that takes a network."""
    code, out, _ = run(capsys, "solve", "--g", "3", "--effective-rank", "1", "--gains-pr", "0.5", "--json")
    net = mf.Network(mf.RandomMode.exponential(3.0, 1.0), gains=mf.Gains.exponential(0.5))
    found, theory = json.loads(out), mf.solve(net)
    assert code == 0
    assert found["gains_pr"] == 0.5
    assert {a: found[f"dimension_{a}"] for a in theory.observables} == {
        a: theory.dimension(a) for a in theory.observables
    }
    code, out, _ = run(capsys, "derive", "--gains-pr", "0.5", "--observable", "Phi", "--json")
    assert (code, json.loads(out)["label"]) == (
        0,
        mf.derive(mf.Network(mf.IID(2.0), gains=[1.0, 2.0])).four_point("Phi").label,
    )
    for name in ("simulate", "compare", "sweep", "plan"):
        assert "--gains-pr" in {flag for option in commands()[name].params for flag in option.opts}
