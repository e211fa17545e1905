"""Write what every verb makes of every combination into outcomes.json, to be held by test_outcomes.py.

    PYTHONPATH=tests python -m golden.write            # compares with the file, and says what differs by how much
    PYTHONPATH=tests python -m golden.write --write    # replaces it: only when a number or a method is meant to change

Some five minutes of processor time.
"""

import json
import subprocess
import sys
from pathlib import Path

from golden import combinations

PATH = Path(__file__).parent / "outcomes.json"


def outcomes() -> dict[str, dict[str, object]]:
    """Verb -> combination -> outcome."""
    found: dict[str, dict[str, object]] = {verb: {} for verb in combinations.VERBS}
    for verb, says in combinations.VERBS.items():
        for name in combinations.NAMES:
            found[verb][name] = says(name)
        print(verb, len(found[verb]), file=sys.stderr)
    found["populations"] = {name: says() for name, says in combinations.POPULATIONS.items()}
    return found


def differences(old: dict, new: dict) -> dict[str, float]:
    """Largest relative difference of each verb's numbers; what is not a number must be equal."""
    worst: dict[str, float] = {}
    for verb, names in new.items():
        for name, outcome in names.items():
            before = old[verb].get(name)
            numbers, held = outcome.pop("numbers", {}), (before or {}).pop("numbers", {})
            if outcome != before or numbers.keys() != held.keys():
                print(f"{verb}: {name}: {before} is {outcome} now")
                continue
            for key, value in numbers.items():
                worst[verb] = max(worst.get(verb, 0.0), abs(value - held[key]) / abs(held[key]))
    return worst


if __name__ == "__main__":
    found = outcomes()
    if "--write" in sys.argv:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        text = json.dumps({"commit": commit, "outcomes": found}, indent=0, ensure_ascii=False)
        PATH.write_text(text + "\n", encoding="utf-8")
    else:
        print(differences(json.loads(PATH.read_text(encoding="utf-8"))["outcomes"], found))
