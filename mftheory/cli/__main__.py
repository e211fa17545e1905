"""`python -m mftheory.cli`."""

from mftheory.cli.main import main

main()
