"""The module that `python -m mftheory.cli` runs."""

from mftheory.cli.main import main

main()
