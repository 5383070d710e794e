# make ask Q="…"   install, ingest corpus/, answer        make test    install and run the tests
# make check       test, lint, types, layers, docs        make eval    score the answers, fail on a drop
# make bench       speed, memory and retrieval beside the peers (BENCH_FLAGS=--large for 10,000 notes)

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
VENV ?= .venv
CORPUS ?= corpus
Q ?= which models allow commercial use
BENCH_FLAGS ?=
EVAL_FLAGS ?= --fail-under accuracy=0.63

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RAG := $(VENV)/.rag-installed
DEV := $(VENV)/.dev-installed
BENCH := $(VENV)/.bench-installed

# The question reaches the shell through the environment and unexpanded: quotes and dollars in it are harmless.
ask: export QUESTION = $(value Q)

.PHONY: ask test check lint eval bench docs clean

ask: $(RAG)
	@$(BIN)/rag ask "$$QUESTION" --corpus "$(CORPUS)" || [ $$? -eq 3 ]

test: $(DEV)
	$(BIN)/python -m pytest -rs -n 2

check: test lint

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m server.commands.reference --check

eval: $(DEV)
	$(BIN)/rag eval $(EVAL_FLAGS)

bench: $(BENCH)
	$(BIN)/python -m bench $(BENCH_FLAGS)

docs: $(DEV)
	$(BIN)/python -m server.commands.reference

clean:
	rm -rf "$(VENV)" .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "error: no Python 3.11 or newer found; install one or say make PYTHON=…" >&2; exit 1; fi
	$(PYTHON) -m venv "$(VENV)"

$(RAG): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $(RAG) $@

$(BENCH): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[bench]'
	@touch $(RAG) $@
