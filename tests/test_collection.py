"""The same tests are found by whoever looks: another second, hash seed, locale, time zone and width of the terminal."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "pytest", "--collect-only", "-m", "", "-p", "no:cacheprovider", "tests"]
HERE = {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80"}
ELSEWHERE = {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "COLUMNS": "200"}


def test_tests_have_the_same_names_everywhere() -> None:
    """A name that holds the second, an order of hashes or an address stops parallel runs by chance."""
    looking = []
    for surroundings in (HERE, ELSEWHERE):
        looking.append(
            subprocess.Popen(COMMAND, cwd=ROOT, env=os.environ | surroundings, stdout=subprocess.PIPE, text=True)
        )
        time.sleep(1.1)  # so that no module is imported by both in one second
    one, other = ([line for line in run.communicate()[0].splitlines() if "::" in line] for run in looking)
    assert [run.returncode for run in looking] == [0, 0]
    assert len(one) > 3000
    assert [(a, b) for a, b in zip(one, other, strict=True) if a != b] == []
