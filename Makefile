# Everything happens in .venv, with plain pip. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

.DEFAULT_GOAL := help
.PHONY: help setup run check test bench bench-convert bench-gpu bench-infill model clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Create .venv and install Inlay and its test tools

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --editable ".[test]"
	touch $@

run: setup  ## Open the editor on the welcome document
	$(BIN)/inlay resources/samples/welcome.md

check: setup  ## Lint, formatting, types, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Everything CI runs
test: check  ## All checks, then all tests
	$(BIN)/python -m pytest

bench: setup  ## Measure, into build/bench.json
	mkdir -p build
	$(BIN)/python tests/benchmarks/run.py --out build/bench.json

bench-convert: setup  ## Convert a synthetic 51 GB checkpoint and print time and memory
	$(BIN)/python tests/benchmarks/convert.py

bench-gpu: setup  ## Measure the kernels on a GPU, into build/bench-gpu.json
	mkdir -p build
	$(BIN)/python tests/benchmarks/gpu/run.py --out build/bench-gpu.json

bench-infill: export PYTHONPATH := .
bench-infill: setup  ## Measure how well regions fit, into build/bench_infill.json
	mkdir -p build
	$(BIN)/python packaging/model/bench_infill.py --out build/bench_infill.json

# Training checkpoints itself: stopped, the same command goes on where it was.
model: export PYTHONPATH := .
model: setup  ## Train the embedded model from the texts in CORPUS=folder (hours)
	$(BIN)/python packaging/model/corpus.py --corpus $(CORPUS)
	$(BIN)/python packaging/model/tokenizer_training.py
	$(BIN)/python packaging/model/tokens.py
	$(BIN)/python packaging/model/train.py
	$(BIN)/python packaging/model/export.py
	$(BIN)/python packaging/model/curves.py
	$(BIN)/python packaging/model/evaluate.py --show 10

clean:  ## Remove .venv, builds and caches
	rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find app engine kernels packaging resources tests -name __pycache__ -type d -prune -exec rm -rf {} +
