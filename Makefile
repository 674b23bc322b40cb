# Every command of the house. `make help` lists them; each works offline once the installation is there.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
INSTALL = "$(UV)" pip install --quiet --python $(BIN)/python
else
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif
LOCKED := --no-deps --require-hashes --only-binary :all:
# PySpark alone comes as source: it is built with the setuptools of the lock, and nothing is fetched to build it.
BUILT := --no-deps --require-hashes --no-build-isolation --no-binary pyspark

.PHONY: help run test check release-check lint audit fuzz forms timing bench peers docs messages lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' \
		| while IFS=$$'\t' read -r name does; do printf '  make %-14s %s\n' "$$name" "$$does"; done

run: $(VENV)/.stamp-run ## the demonstration, then its pages (ARGS="--no-serve" for the story alone)
	@$(BIN)/passerelle demo $(ARGS)

test: $(VENV)/.stamp-test ## the tests, within ten minutes (ARGS="tests/rules -k names" for some)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long and not release" $(ARGS)

check: $(VENV)/.stamp-test ## the tests and the long ones; this is what .ci/run runs
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not release" $(ARGS)

release-check: $(VENV)/.stamp-test ## all tests with the counts before a release; hours, in parts (ARGS="tests/simulation")
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -o faulthandler_timeout=7200 $(ARGS)

lint: $(VENV)/.stamp-test ## ruff, mypy (strict) and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: $(VENV)/.stamp-run ## secrets, bandit and advisories, then the bill of materials (ARGS=--must: nothing may be left out)
	@$(BIN)/python -m tools.audit $(ARGS)
	@$(BIN)/python -m tools.sbom -o build/sbom.json && echo "bill of materials: build/sbom.json"

fuzz: $(VENV)/.stamp-run ## damaged input for every reader (ARGS="--minutes 60")
	@$(BIN)/python -m tools.fuzz $(ARGS)

forms: $(VENV)/.stamp-run ## damaged forms for every page (ARGS="--minutes 4 --seed 7")
	@$(BIN)/python -m tools.fuzz_pages $(ARGS)

timing: $(VENV)/.stamp-run ## denied against absent, by the clock (ARGS="--minutes 4", ARGS=--plant to see it fail)
	@$(BIN)/python -m tools.timing $(ARGS)

bench: $(VENV)/.stamp-run ## every measurement, then docs/benchmarks.md (ARGS="--only people", ARGS=--long for the long ones)
	@$(BIN)/python -m benchmarks.all $(ARGS) && done=0 || done=$$?; $(BIN)/python -m benchmarks.page; exit $$done

peers: ## what the benchmarks run beside us, in an environment of its own
	@"$(PYTHON)" -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check $(LOCKED) -r benchmarks/requirements-peers.lock

docs: $(VENV)/.stamp-run ## write the tables of docs/ that follow the code
	@$(BIN)/python tools/pages.py

messages: $(VENV)/.stamp-run ## collect the sentences, merge them into locale/*.po, and compile
	@$(BIN)/python tools/messages.py

lock: ## compile both lock files anew (needs uv)
	@command -v uv >/dev/null || { \
		echo "make lock needs uv on the path. Install it with: python3 -m pip install --user uv" >&2; exit 1; }
	uv pip compile pyproject.toml --group build --generate-hashes --universal -o requirements.lock $(ARGS)
	uv pip compile pyproject.toml --group build --group test --extra postgres --extra spark \
		--generate-hashes --universal -o requirements-test.lock $(ARGS)

clean: ## remove the installation and whatever was made while working; never a folder with data
	rm -rf $(VENV) .venv-peers build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The installation: exactly what the lock names, then this folder, editable.
$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Passerelle needs Python 3.11 or newer, and no “$(PYTHON)” is on the path." >&2; \
		echo "On Debian 12: apt-get install python3 python3-venv. Elsewhere: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Passerelle needs Python 3.11 or newer; “$(PYTHON)” is $$("$(PYTHON)" -c 'import platform; print(platform.python_version())')." >&2; \
		echo "Install a newer one beside it and name it: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV) …"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make environments. On Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.stamp-run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what requirements.lock names …"
	@$(INSTALL) $(LOCKED) -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.stamp-test: requirements-test.lock $(VENV)/.stamp-run
	@echo "Installing what requirements-test.lock names …"
	@awk '/^[a-z0-9]/ { take = !/^pyspark==/ } take' requirements-test.lock >$(VENV)/wheels.lock
	@awk '/^[a-z0-9]/ { take = /^pyspark==/ } take' requirements-test.lock >$(VENV)/built.lock
	@$(INSTALL) $(LOCKED) -r $(VENV)/wheels.lock
	@$(INSTALL) $(BUILT) -r $(VENV)/built.lock
	@touch $@
