# Everything sets itself up in .venv; re-runs are quick. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PY := .venv/bin/python
CODE := $(foreach d,src tests scripts benchmarks validation examples,$(if $(shell find $d -name "*.py" -print -quit 2>/dev/null),$d))

# The one script of the casebook's pages, carried in the wheel.
BUILT := src/facialis/app/static/built/casebook.js

.PHONY: help demo test check format docs bench validate lock clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

.venv/.runtime: requirements.lock pyproject.toml scripts/bootstrap
	@scripts/bootstrap requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml scripts/bootstrap
	@scripts/bootstrap requirements-dev.lock
	@touch $@ .venv/.runtime

$(BUILT): $(wildcard frontend/*.json) $(wildcard frontend/src/*.ts) scripts/frontend
	@scripts/frontend
	@[ ! -e $@ ] || touch $@

demo: .venv/.runtime $(BUILT) ## a recording of known truth, what was found in it, and the casebook of a made-up person, open in the browser
	@.venv/bin/facialis demo

check: .venv/.dev ## style, types, import contract, docs: the quick part of the tests
	$(PY) -m ruff check $(CODE)
	$(PY) -m ruff format --check $(CODE)
	$(PY) -m mypy $(CODE)
	.venv/bin/lint-imports
	$(PY) -m scripts.generate_docs --check

test: check $(BUILT) ## check, then all tests, on as many cores as there are
	@scripts/chromium
	@# Each worker is one core's work; thread pools of the libraries would only fight each other.
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 $(PY) -m pytest --numprocesses auto --dist worksteal

format: .venv/.dev ## put the code into its standard form
	$(PY) -m ruff check --fix-only $(CODE)
	$(PY) -m ruff format $(CODE)

docs: .venv/.dev ## write the generated pages of docs/ anew
	$(PY) -m scripts.generate_docs

bench: .venv/.dev ## speed and memory, printed as a table
	$(PY) benchmarks/speed.py

validate: .venv/.dev ## what it can and cannot do, against truth; about an hour: ARGS=--quick for minutes, ARGS=--write-docs for the page
	$(PY) -m validation $(ARGS)

lock: .venv/.dev ## write the lock files anew from pyproject.toml
	scripts/lock

clean: ## remove .venv, caches and results in ./facialis-out
	rm -rf .venv dist frontend/node_modules $(dir $(BUILT)) facialis-out .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests scripts -name __pycache__ -type d -exec rm -rf {} +
