# `make run` and `make test` install everything they need: Python ≥ 3.11 and make are enough.
PYTHON ?= python3
BIN := .venv/bin
CODE := election activities workflows web console worker.py demo benchmarks tests
TEMPLATES := web/templates console/templates activities/texts

.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt
	@touch $@

.venv/dev: requirements/dev.txt .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

run: .venv/run compiled ## Start everything on this machine, and print the addresses and what to try
	@exec $(BIN)/python -m demo

# The workflow sandbox imports the workflows again for each recovery. Bytecode makes that faster, and the
# environment may keep Python from writing it (PYTHONDONTWRITEBYTECODE).
compiled: .venv/run
	@$(BIN)/python -m compileall -q election activities workflows web console worker.py demo

test: .venv/dev compiled ## Run every test, in five parts side by side
	@$(MAKE) --no-print-directory --output-sync=target --jobs=5 test-system test-browser test-workflows test-web test-units

# The parts wait more than they compute: five of them keep two cores busy. They should take about as long as each other.
# The journeys come last: their demos work from their first test to the end of the session.
SYSTEM := tests/console tests/web/following tests/journeys
BROWSER := tests/browser tests/benchmarks
WEB := tests/web tests/demo tests/deploy tests/conformance tests/programs
# `tests/stress` comes last: its demo's processes work until the end, also while nobody asks them.
# Those of acts and of the roll are in `test-units`: this part would take longest.
WORKFLOWS := $(addprefix tests/workflows/,mailings parts recoveries replay runtime) tests/stress

test-units: .venv/dev ## Run the tests of single modules, and of acts and the roll
	$(BIN)/python -m pytest tests $(SYSTEM:%=--ignore=%) $(BROWSER:%=--ignore=%) $(WORKFLOWS:%=--ignore=%) $(WEB:%=--ignore=%)

test-web: .venv/dev ## Run the tests of the portal's and the demo's modules, of nginx and of the programs
	$(BIN)/python -m pytest $(WEB) $(SYSTEM:%=--ignore=%)

test-workflows: .venv/dev ## Run the tests of recoveries and mailings, and of kills of processes
	$(BIN)/python -m pytest $(WORKFLOWS)

test-system: .venv/dev ## Run the tests of the whole system by HTTP, of the console and of open pages
	$(BIN)/python -m pytest $(SYSTEM)

test-browser: .venv/dev ## Run the tests in a browser (needs Chromium), and of the benchmarks
	$(BIN)/python -m pytest $(BROWSER)

coverage: .venv/dev ## Print the lines that no test of a module, a page or a workflow runs
	$(BIN)/python -m pytest tests $(SYSTEM:%=--ignore=%) $(BROWSER:%=--ignore=%) --ignore=tests/stress --cov --cov-report=term

# Every tool runs, also after one has failed; the target fails if any did.
check: .venv/dev ## Check lint, format, types and templates
	@failed=; \
	run() { echo "$$*"; "$$@" || failed="$$failed $${1##*/}"; }; \
	run $(BIN)/ruff check $(CODE); \
	run $(BIN)/ruff format --check $(CODE); \
	run $(BIN)/mypy; \
	run $(BIN)/djlint --check --lint $(TEMPLATES); \
	test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

fix: .venv/dev ## Fix lint and format, of Python and of templates
	@$(BIN)/ruff check --quiet --fix $(CODE) || true
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/djlint --quiet --reformat $(TEMPLATES) || true  # its status is 1 when it has changed a file

translations: .venv/dev ## Bring the catalogues of translations up to date with the texts in the code
	$(BIN)/python -m tests.support.catalogues

screenshots: .venv/dev compiled ## Make the pictures of README and of the runbook again (needs Chromium)
	$(BIN)/python -m demo.screenshots docs/images

chaos: .venv/dev ## Let 300 voters recover while processes are killed at random for two minutes
	$(BIN)/python -m benchmarks.chaos

bench: .venv/dev compiled ## Measure everything and print the tables; two hours
	$(BIN)/python -m benchmarks

.PHONY: help run compiled test test-units test-web test-workflows test-system test-browser coverage check fix translations screenshots chaos bench
