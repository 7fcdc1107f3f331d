# `make run` and `make test` do everything on a machine with Python ≥ 3.11 and make.
PYTHON ?= python3
BIN := .venv/bin
CODE := election activities workflows web worker.py demo benchmarks tests

.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt
	@touch $@

.venv/dev: requirements/dev.txt .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

run: .venv/run compiled ## Start everything on this machine and say what to try
	@exec $(BIN)/python -m demo

# The sandbox loads the workflows anew for each recovery: from bytecode, as the production image has it, even
# where the environment keeps Python from writing any.
compiled: .venv/run
	@$(BIN)/python -m compileall -q election activities workflows web worker.py

test: .venv/dev ## Run every test, in three parts side by side
	@$(MAKE) --no-print-directory --output-sync=target --jobs=3 test-parts test-whole test-browser

# The house in pieces; the whole of it as voters, operators and faults meet it; and in a browser. Each waits a
# good deal: three take two cores no more than busy.
WHOLE := tests/journeys tests/stress tests/benchmarks tests/programs

test-parts: .venv/dev
	$(BIN)/python -m pytest tests $(WHOLE:%=--ignore=%) --ignore=tests/browser

test-whole: .venv/dev
	$(BIN)/python -m pytest $(WHOLE)

test-browser: .venv/dev
	$(BIN)/python -m pytest tests/browser

coverage: .venv/dev ## Say which lines no test of a part runs; half as long again as the tests alone
	$(BIN)/python -m pytest tests $(WHOLE:%=--ignore=%) --ignore=tests/browser --cov --cov-report=term

check: .venv/dev ## Lint, format and type check
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/djlint --quiet --check --lint web/templates activities/texts

chaos: .venv/dev ## Let 300 voters recover while processes are killed at random for two minutes
	$(BIN)/python -m benchmarks.chaos

bench: .venv/dev compiled ## Measure, and print a table
	$(BIN)/python -m benchmarks

.PHONY: help run compiled test test-parts test-whole test-browser coverage check bench chaos
