# `make demo` and `make test` do all their own set-up: they need Python >= 3.11, make and a package registry.
PYTHON ?= python3
BIN := .venv/bin
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: demo test test-long test-nightly docs links walk kernels lock clean

demo: .venv/.ready
	$(BIN)/mftheory figure dimension --output demo --progress

test: .venv/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadfile

test-long: .venv/.ready
	$(BIN)/pytest -m long

# New random networks every time, many of them; `make test-nightly SEED=12345` repeats a night. Half an hour on two cores.
SEED ?= $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
test-nightly: SEED := $(SEED)
test-nightly: .venv/.ready
	@echo "seed of this night: $(SEED)"
	MFTHEORY_NIGHTLY=1 MFTHEORY_SEED=$(SEED) OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	  $(BIN)/pytest -n auto --dist worksteal -m "nightly or hypothesis" --hypothesis-seed=$(SEED) || \
	  { echo "failed: make test-nightly SEED=$(SEED) repeats it"; exit 1; }

# The pages, in build/docs: every notebook is executed, a warning is an error. One thread each, so that pages share the cores.
docs: .venv/.ready
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/sphinx-build -n -W --keep-going -j auto -b html docs build/docs

# The commands of the README and of the tutorial in a fresh environment, outputs compared.
walk: .venv/.ready
	$(BIN)/python tests/walk

# Addresses outside: needs the internet, so CI leaves it out. What lies inside is checked by `make docs`.
links: .venv/.ready
	$(BIN)/sphinx-build -b linkcheck docs build/links

# Derive every built-in ensemble afresh and rewrite the committed kernels.
kernels: .venv/.ready
	$(BIN)/python derivations/regenerate.py

lock: .venv/.uv
	.venv/tools/bin/uv lock

# uv lives in an environment of its own, so that `uv sync` sees only the project's packages.
.venv/.uv:
	@$(PYTHON) -c 'import sys; sys.exit("mftheory needs Python >= 3.11, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(PYTHON) -m venv .venv/tools
	.venv/tools/bin/python -m pip install --quiet --disable-pip-version-check uv
	touch $@

.venv/.ready: .venv/.uv pyproject.toml uv.lock
	.venv/tools/bin/uv sync --quiet --frozen --python $(BIN)/python
	touch $@

clean:
	rm -rf .venv demo build dist
