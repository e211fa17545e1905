"""The command line: `mftheory derive | solve | simulate | compare | sweep | plan | figure | connectome | formulas`."""

from mftheory.cli.main import app, main

__all__ = ["app", "main"]
