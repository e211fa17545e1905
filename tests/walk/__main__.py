"""The ten-minute walk: install the package as a stranger does, and do everything that the README and the tutorial say.

    python tests/walk               a fresh virtual environment, a wheel made of the tree, every command
    python tests/walk --update      and put what was printed into the pages, where it differs
    python tests/walk --here PAGE   in this environment instead, for whoever writes that page

Prints a table and ends with exit code 1 if a command failed or printed something else (see `outputs`), with the diff.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from walk import outputs, pages
from walk.pages import Block

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/tutorial.md")

NOT_RUN = {
    (
        "README.md",
        "make demo   # installs, then derives, computes, simulates and compares; pictures, table and JSON in demo/",
    ): ("installs into the tree; part of the tests by itself"),
    ("docs/tutorial.md", "python3 -m venv environment && . environment/bin/activate"): "the walk installs by itself",
}
"""By page and first line: blocks that the walk leaves out, and why. Every other block is run."""

PICTURES = ROOT / "docs" / "pictures"
TUTORIAL = "tutorial_"
"""What the names of the tutorial's own pictures begin with."""

LONGEST = 600.0
"""Seconds that one block may take."""

# Classes of neurons that release GABA: D-type, RME, AVL, DVB and RIS; the others are taken as exciting.
GABAERGIC = ("DD", "VD", "RME", "AVL", "DVB", "RIS")


@dataclass(frozen=True)
class Step:
    """A block that was run: how long it took, what is wrong."""

    block: Block
    seconds: float
    printed: list[str]
    wrong: list[str]


def main() -> int:
    options = _options()
    blocks = {name: pages.blocks_of(ROOT / name, name) for name in PAGES}
    check_list(blocks)
    chosen = options.page or PAGES
    with tempfile.TemporaryDirectory(prefix="walk-") as made:
        folder = Path(made)
        started = time.monotonic()
        python = Path(sys.executable) if options.here else install(folder)
        print(f"installed in {time.monotonic() - started:.0f} s" if not options.here else f"in {python.parent.parent}")
        started = time.monotonic()
        steps = [step for name in chosen for step in walk(blocks[name], python, folder / Path(name).stem)]
        total = time.monotonic() - started
        lacking = [picture for name in chosen for picture in lacking_pictures(name, folder / Path(name).stem)]
        if options.update:
            update(steps)
            for picture in folder.glob(f"*/{TUTORIAL}*.png"):
                shutil.copy(picture, PICTURES)
    for block in (b for of_page in blocks.values() for b in of_page if _key(b) in NOT_RUN):
        print(f"{block.name:24} {block.language:7} {'-':>7}  not run: {NOT_RUN[_key(block)]}")
    wrong = [step for step in steps if step.wrong]
    print(f"{len(steps)} blocks, {total:.0f} s, {len(wrong)} wrong")
    print(*lacking, sep="\n")
    for step in wrong:
        print("\n".join((f"\n{step.block.name}", *step.wrong)))
    return 1 if wrong or lacking else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Install, and do everything that the README and the tutorial say.")
    parser.add_argument("--here", action="store_true", help="In this environment, not in a fresh one.")
    parser.add_argument("page", nargs="*", help=f"Of {PAGES}; all of them if none is named.")
    parser.add_argument("--update", action="store_true", help="Put what was printed into the pages.")
    options = parser.parse_args()
    if not set(options.page) <= set(PAGES):
        parser.error(f"no such page: {' '.join(options.page)}; there are {' and '.join(PAGES)}")
    return options


def check_list(blocks: dict[str, list[Block]]) -> None:
    """Raises SystemExit if something is listed as not run that no page has."""
    gone = set(NOT_RUN) - {_key(block) for of_page in blocks.values() for block in of_page}
    if gone:
        raise SystemExit(f"listed in tests/walk as not run, but in no page: {sorted(gone)}")


def _key(block: Block) -> tuple[str, str]:
    return block.page, block.heading


def install(folder: Path) -> Path:
    """A wheel made of the tree, in a fresh environment; the package registry is the one that pip is set up with."""
    wheels, environment = folder / "wheels", folder / "environment"
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run([python, *pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], check=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([python, *pip, "install", wheel], check=True)
    return python


def walk(blocks: list[Block], python: Path, folder: Path) -> list[Step]:
    """The blocks of one page, in an empty folder but for the files that a reader would bring."""
    folder.mkdir()
    bring_files(folder, python)
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MFTHEORY"))},
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "MPLBACKEND": "agg",
        "PYTHONIOENCODING": "utf-8",
    }
    cells = subprocess.Popen(
        [python, Path(__file__).with_name("cells.py")],
        cwd=folder,
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    steps = []
    with cells:
        for block in blocks:
            if _key(block) in NOT_RUN:
                continue
            steps.append(do(block, cells, folder, surroundings))
            state = "ok" if not steps[-1].wrong else "WRONG"
            print(f"{block.name:24} {block.language:7} {steps[-1].seconds:7.1f}  {state}", flush=True)
    return steps


def do(block: Block, cells: "subprocess.Popen[str]", folder: Path, surroundings: dict[str, str]) -> Step:
    """Run one block and hold what it prints against its page."""
    started = time.monotonic()
    if block.language == "python":
        printed, errors, code = _in_python(block, cells, folder)
    else:
        printed, errors, code = _in_shell(block, folder, surroundings)
    seconds = time.monotonic() - started
    expected = block.output.lines if block.output is not None else ()
    if expected and expected[0].startswith("mftheory: ") and block.language == "sh":
        # A page that shows how bad input is refused: by one line on stderr and exit code 2.
        wrong = [] if code == 2 else [f"exit code {code} instead of 2"]
        lines = errors.splitlines()
    else:
        wrong = [] if code == 0 else [f"exit code {code}", *errors.splitlines()[-20:]]
        lines = printed.splitlines()
    if block.output is not None:
        wrong += outputs.differences(expected, lines, block.output.rule)
    return Step(block, seconds, lines, wrong)


def _in_shell(block: Block, folder: Path, surroundings: dict[str, str]) -> tuple[str, str, int]:
    shell = ["bash", "-e", "-o", "pipefail", "-c", block.source]
    settings: dict[str, Any] = {"cwd": folder, "env": surroundings, "timeout": LONGEST}
    try:
        run = subprocess.run(shell, capture_output=True, text=True, check=False, **settings)
    except subprocess.TimeoutExpired:
        return "", f"not done after {LONGEST:g} s", 1
    return run.stdout, run.stderr, run.returncode


def _in_python(block: Block, cells: "subprocess.Popen[str]", folder: Path) -> tuple[str, str, int]:
    assert cells.stdin is not None
    assert cells.stdout is not None
    files = {key: folder.parent / f"{folder.name}.{key}" for key in ("output", "errors")}
    told: dict[str, Any] = {"source": block.source, "name": block.name, **{k: str(f) for k, f in files.items()}}
    if cells.poll() is not None:
        return "", "not run: the process of the blocks before has ended", 1
    timer = threading.Timer(LONGEST, cells.kill)
    timer.start()
    cells.stdin.write(json.dumps(told) + "\n")
    cells.stdin.flush()
    answer = cells.stdout.readline()
    timer.cancel()
    printed, errors = (file.read_text(encoding="utf-8") for file in files.values())
    return printed, errors, 0 if answer and json.loads(answer)["ok"] else 1


def bring_files(folder: Path, python: Path) -> None:
    """`edges.csv`, an edge list with transmitters, and `wiring.csv`, one without: of the worm's sample."""
    code = "import mftheory as mf; print(mf.connectome.sample_data('celegans'))"
    sample = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=folder).stdout.strip()
    table = Path(sample).read_text(encoding="utf-8")
    (folder / "wiring.csv").write_text(table, encoding="utf-8")
    heading, *rows = table.splitlines()
    signed = [f"{row},{'GABA' if row.startswith(GABAERGIC) else 'acetylcholine'}" for row in rows]
    (folder / "edges.csv").write_text("\n".join([f"{heading},transmitter", *signed]) + "\n", encoding="utf-8")


def lacking_pictures(name: str, folder: Path) -> list[str]:
    """Pictures that a page shows as made by its commands, and that they did not make."""
    shown = re.findall(rf"\]\(pictures/({TUTORIAL}\w+\.png)\)", (ROOT / name).read_text(encoding="utf-8"))
    return [f"{name}: {picture} was not made" for picture in shown if not (folder / picture).is_file()]


def update(steps: list[Step]) -> None:
    """Rewrite the outputs that differ; one that is shortened is left to its author."""
    for name in PAGES:
        found = {}
        for step in steps:
            output = step.block.output
            if step.block.page != name or output is None or list(output.lines) == step.printed:
                continue
            if any(outputs.ANYTHING in line for line in output.lines):
                print(f"\n{step.block.name} is shortened; it printed:", *step.printed, sep="\n")
            else:
                found[output] = [line.rstrip() for line in step.printed]
        pages.rewrite(ROOT / name, found)


if __name__ == "__main__":
    sys.exit(main())
