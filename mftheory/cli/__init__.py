"""The command line: `mftheory derive | solve | simulate | compare | sweep | plan | figure | connectome | formulas`.

What comes in are the words of a command line; what goes out is text or JSON, files, and an exit code. `main` lists the
commands and deals with errors; the commands are in ``*_command.py`` and ``*_commands.py``, their shared options in
`options`.
"""

from mftheory.cli.main import app, main

__all__ = ["app", "main"]
