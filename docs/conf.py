"""Sphinx: `make docs` builds the pages, executes every notebook, and stops at the first warning."""

import sys
from pathlib import Path

import mftheory

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "mftheory"
author = "the authors of mftheory"
project_copyright = "2026, the authors of mftheory"
release = mftheory.__version__
html_title = f"mftheory {release}"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "derivation_pages",
    "equation_map",
    "plain_docstrings",
]
# Names of other projects are not looked up: a build must not depend on their servers.

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "myst-nb"}
exclude_patterns = ["extensions"]

# Notebooks run from top to bottom if they changed since the last build; an exception in one ends the build.
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE.parent / "build" / "executed")
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_merge_streams = True

default_role = "autolink"  # what docstrings put in single backticks: a link if it is a name, else italic
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # types and shapes stand in the docstrings, where they are explained
autosummary_generate = False
numpydoc_show_class_members = False  # members follow one by one
nitpicky = True
# Single backticks also mark arguments and values; what is written with its full name must exist.
nitpick_ignore_regex = [("py:obj", r"(?!mftheory\.).*")]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["mftheory.css"]
