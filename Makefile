# make run       does the main job on the bundled example; the output is in public/
# make test      runs the tests that a change usually breaks: five minutes of CPU
# make test-all  runs all tests, with coverage
# make check     lint, format and types
# make bench     measures, and writes bench/RESULTS.md

PYTHON ?= python3
BIN    := .venv/bin
PIP     = $(BIN)/python -m pip --quiet --disable-pip-version-check install --constraint constraints.txt
JOBS   ?= auto
# Containers often set it; the tests start a hundred interpreters, each of which would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE
COMPILE = $(BIN)/python -m compileall -q enricher

.PHONY: run test test-all check bench format clean

run: .venv/.run
	$(BIN)/enricher run
	@echo "The enriched feed is public/field-notes.xml; see why with: $(BIN)/enricher explain field-notes"
	@echo "Look at its pages with: $(BIN)/enricher serve"

test: .venv/.dev
	$(COMPILE)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow"

test-all: .venv/.dev
	$(COMPILE)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --hypothesis-profile=all --cov --cov-fail-under=97

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.dev
	$(BIN)/python -m bench

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv public enricher.db enricher.db-wal enricher.db-shm

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

.venv/.dev: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	@touch $@ .venv/.run
