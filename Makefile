# froth: two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= out/sample

.DEFAULT_GOAL := help
.PHONY: help install run test check format benchmark clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/dev.installed: $(VENV)/run.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: $(VENV)/run.installed ## Create .venv and install froth into it

run: install ## Score corpora/sample beside corpora/market; prints where trend.csv and report.html are
	$(BIN)/froth run corpora/sample --market corpora/market --freq M -o $(OUT)

test: $(VENV)/dev.installed ## Run the tests (the slow ones: make test MARK=)
	$(BIN)/python -m pytest -q -m '$(MARK)'

MARK ?= not slow

format: $(VENV)/dev.installed ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/dev.installed ## Format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

benchmark: $(VENV)/dev.installed ## Measure speed and memory, side by side
	$(BIN)/python scripts/benchmark.py

clean: ## Remove the environment and outputs
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache
