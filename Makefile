# Everything happens in .venv, with plain pip. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
TEXTS = $(sort $(shell find app -name '*.py'))
ENGLISH := resources/translations/inlay_en.ts  # its own words need none but the plurals
# The versions everything is tested with
CONSTRAINTS := constraints.txt
# The published model that Inlay Small is built on
BASE := packaging/base.txt
LANGUAGES = $(filter-out $(ENGLISH),$(wildcard resources/translations/inlay_*.ts))

.DEFAULT_GOAL := help
.PHONY: help setup run check test test-newest fuzz readme-test lock kill-test bench bench-convert bench-gpu bench-infill bundle bundle-test desktop-check evaluate installer model translations clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Create .venv and install Inlay and its test tools

$(STAMP): pyproject.toml $(CONSTRAINTS) $(BASE) | $(BIN)/python
	$(BIN)/python -m pip install --constraint $(CONSTRAINTS) --editable ".[test]"
	$(BIN)/python -m pip install --no-deps --require-hashes --requirement $(BASE)
	touch $@

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# With NEWEST=1 nothing stays as it was pinned.
lock: | $(BIN)/python  ## Pin what pyproject.toml asks for, for all systems, in constraints.txt
	$(BIN)/python -m pip install --quiet packaging
	$(BIN)/python packaging/constraints.py lock $(if $(NEWEST),--newest)

run: setup  ## Open the editor on the welcome document
	$(BIN)/inlay resources/samples/welcome.md

check: setup  ## Lint, formatting, types, import contracts, dead code, pins
	$(BIN)/python packaging/constraints.py check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

# Everything CI runs
test: check  ## All checks, then all tests
	$(BIN)/python -m pytest

fuzz: export PYTHONPATH := .
fuzz: setup  ## Load a model with its side files damaged in 10,000 ways (ten minutes)
	$(BIN)/python -m tests.fuzz.run --cases 10000

NEWEST_BIN := .venv-newest/bin
test-newest:  ## Test with the newest releases that the ranges admit, deprecations being errors
	test -x $(NEWEST_BIN)/python || $(PYTHON) -m venv .venv-newest
	$(NEWEST_BIN)/python -m pip install --upgrade --upgrade-strategy eager --editable ".[test]"
	$(NEWEST_BIN)/python -m pip install --no-deps --require-hashes --requirement $(BASE)
	$(NEWEST_BIN)/ruff check
	$(NEWEST_BIN)/mypy
	$(NEWEST_BIN)/python -m pytest --newest

readme-test: setup  ## Run the lines of the README in a clean clone (with pip's downloads)
	INLAY_README=1 $(BIN)/python -m pytest -v tests/readme

kill-test: setup  ## Kill the editor 100 times while it is used, 20 times with the real model
	INLAY_KILLS=100 $(BIN)/python -m pytest -q -s tests/app/recovery/test_kill.py -k many

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

# An environment of its own, with torch for processors: packaging/README.md.
BUNDLE := build/bundle/venv
bundle:  ## Build the program that needs no Python, into dist/
	test -x $(BUNDLE)/bin/python || $(PYTHON) -m venv $(BUNDLE)
	$(BUNDLE)/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) --editable ".[bundle]"
	$(BUNDLE)/bin/python -m pip install --quiet --no-deps --require-hashes --requirement $(BASE)
	$(BUNDLE)/bin/python packaging/bundle/build.py

desktop-check:  ## Make icons, desktop entry, metadata and man page, and validate them (Linux)
	test -x $(BUNDLE)/bin/python || $(PYTHON) -m venv $(BUNDLE)
	$(BUNDLE)/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) --editable ".[bundle]"
	QT_QPA_PLATFORM=offscreen $(BUNDLE)/bin/python packaging/linux/share.py build/bundle/share
	desktop-file-validate build/bundle/share/applications/inlay.desktop
	appstreamcli validate --no-net build/bundle/share/metainfo/*.xml
	mandoc -T lint -W error build/bundle/share/man/man1/inlay.1

bundle-test: setup  ## Try the bundle in an empty folder, without Python (Linux)
	$(BIN)/python packaging/bundle/try_bundle.py build/bundle/dist/inlay

SETUP := build/installer/inlay-setup
installer: setup  ## Pack the installer for GPU machines with Inlay's wheel, into dist/
	rm -rf build/installer build/lib && mkdir -p $(SETUP)/install dist
	$(BIN)/python -m pip wheel --no-deps --wheel-dir $(SETUP) .
	cp packaging/install.sh packaging/install.ps1 packaging/INSTALL.md LICENSE $(CONSTRAINTS) $(BASE) $(SETUP)
	cp packaging/install/*.py packaging/linux/inlay.desktop $(SETUP)/install
	tar -C build/installer -cJf dist/inlay-setup.tar.xz inlay-setup
	$(BIN)/python -c 'import shutil; shutil.make_archive("dist/inlay-setup", "zip", "build/installer", "inlay-setup")'

# Training checkpoints itself: stopped, the same command goes on where it was.
model: export PYTHONPATH := .
model: setup  ## Train the embedded model from the texts in CORPUS=folder (hours)
	$(BIN)/python packaging/model/corpus.py --corpus $(CORPUS)
	$(BIN)/python packaging/model/tokenizer_training.py
	$(BIN)/python packaging/model/tokens.py
	$(BIN)/python packaging/model/train.py
	$(BIN)/python packaging/model/export.py
	$(BIN)/python packaging/model/known_fills.py
	$(BIN)/python packaging/model/curves.py
	$(BIN)/python packaging/model/evaluate.py --show 10

# Row by row into resources/models/small/evaluation.json; run again, it goes on where it was
# stopped. The validation texts are those of packaging/adapter/prepare.py.
evaluate: export PYTHONPATH := .:packaging/model
evaluate: setup  ## Measure Inlay Small on text it never saw, and on instructions (hours)
	$(BIN)/python packaging/adapter/evaluate_small.py

# A new language: add its .ts file, run this, translate it in Qt Linguist, run it again.
translations: setup  ## Collect all texts for translators, and compile what is translated
	@$(BIN)/pyside6-lupdate -silent -no-obsolete -locations none $(TEXTS) -ts $(LANGUAGES)
	@$(BIN)/pyside6-lupdate -silent -no-obsolete -locations none -pluralonly $(TEXTS) -ts $(ENGLISH)
	@for file in $(LANGUAGES) $(ENGLISH); do $(BIN)/pyside6-lrelease -silent $$file; done

clean:  ## Remove .venv, builds and caches
	rm -rf $(VENV) .venv-newest build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find app engine kernels packaging resources tests -name __pycache__ -type d -prune -exec rm -rf {} +
