# Two commands: `make demo` shows what offbook does, `make test` checks that it does.
# Everything is installed into .venv, from the lock files; nothing outside the checkout changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: demo test lint unit bench lock docs clean help

help: ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 8

demo: $(VENV)/.runtime ## A broker, a simulated platform, the worker and its recommendations
	@$(BIN)/offbook demo $(DEMO)

test: lint unit ## Everything that must hold

lint: $(VENV)/.dev ## Style, types, and which room may import which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev ## The tests; TESTS= chooses
	@$(BIN)/pytest $(TESTS)

bench: $(VENV)/.dev ## All benchmarks, as ratios in one run; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

docs: $(VENV)/.dev ## The generated references under docs/
	@$(BIN)/offbook catalogue --write docs

lock: ## Pin what is installed, from pyproject.toml (needs uv)
	uv pip compile --quiet pyproject.toml --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --output-file requirements.lock
	uv pip compile --quiet pyproject.toml --extra dev --generate-hashes --no-emit-index-url \
		--no-header --python-version 3.11 --output-file requirements-dev.lock

clean: ## Remove what was installed and cached
	rm -rf $(VENV) .cache build offbook.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
		sys.exit(None if (3, 11) <= v < (3, 14) else "offbook needs Python 3.11 to 3.13: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing offbook into $(VENV)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing offbook and its checks into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --editable .
	@touch $@ $(VENV)/.runtime
