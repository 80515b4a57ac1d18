# The targets people use: run, test, check, demo, bench, soak. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV ?= .venv
# What pip installs of this checkout: `-e .` runs the sources in place, `.` copies them (the image).
INSTALL ?= -e .
BIN := $(abspath $(VENV))/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# Node from the venv, when it had to be put there, comes before the system's.
export PATH := $(BIN):$(PATH)
# Small matrices: more threads of BLAS only contend with the encoders.
export OPENBLAS_NUM_THREADS := 1
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

NODE_FITS := const [a, b] = process.versions.node.split('.').map(Number); \
	process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)

.PHONY: help run setup setup-dev system-packages test check lint format types contracts web-check \
	soak test-gpu bench demo clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: setup ## install what is needed and serve on 127.0.0.1:8080, data in ./data
	exec $(BIN)/houle serve

setup: $(VENV)/.runtime server/page/index.html ## the locked dependencies, the package and the page

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Houle needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation $(INSTALL)
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@

# Vite says which Node it takes; where the system has none such, PyPI's wheel brings one.
$(VENV)/.node: requirements/node.txt | $(VENV)/bin/python
	node -e "$(NODE_FITS)" 2>/dev/null && npm --version >/dev/null 2>&1 \
		|| $(PIP) install --require-hashes -r requirements/node.txt
	touch $@

web/node_modules/.installed: web/package-lock.json web/package.json $(VENV)/.node
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

server/page/index.html: $(WEB_SOURCES) web/node_modules/.installed
	cd web && npm run --silent build
	touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	$(PIP) install --require-hashes -r requirements/bench.txt
	touch $@

tests/tools/node_modules/.installed: tests/tools/package-lock.json $(VENV)/.node
	cd tests/tools && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

system-packages:
	tests/tools/system-packages

setup-dev: setup $(VENV)/.dev tests/tools/node_modules/.installed system-packages ## setup, and what tests need

test: setup-dev system-packages ## all tests, on real tools and real sound
	cd web && npm run --silent test
	$(BIN)/python -m pytest -m "not gpu and not soak" -n 2 --dist loadfile

check: lint types contracts web-check test ## what CI runs: lint, types, import contracts, tests

lint: setup-dev ## ruff, and hadolint for the Dockerfile
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/hadolint Dockerfile

format: setup-dev ## let ruff write the format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: setup-dev ## mypy --strict
	$(BIN)/mypy .

contracts: setup-dev ## which room may import which
	$(BIN)/lint-imports

web-check: setup-dev ## types and lint of the page
	cd web && npm run --silent check

soak: setup-dev system-packages ## the full counts of the crash, hostile and long-file suites
	$(BIN)/python -m pytest -m soak

test-gpu: setup-dev ## the tests that need torch, as far as there are any (pytest says 5 for none)
	$(BIN)/python -m pytest -m gpu || [ $$? -eq 5 ]

bench: setup-dev system-packages $(VENV)/.bench ## measure beside the peers; results in benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

demo: setup ## serve with two songs that Houle composes itself
	exec $(BIN)/houle demo

clean: ## remove what the build made; data/ stays
	rm -rf $(VENV) web/node_modules tests/tools/node_modules server/page build *.egg-info
