# `make demo` and `make test` each work as the first command in a clean clone: Rust, Python and Node are
# needed, everything else is fetched. Stamps say what is up to date; each lies where its result does.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
VENV_READY := .venv/ready
PYTHON_READY := .venv/dockline-ready
MODULES_READY := node_modules/.ready
NATIVE_READY := target/stamps/node-native
NODE_READY := target/stamps/node
ENGINES := python3 tests/engine/engines.py
RUST_SOURCES := $(shell find crates -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock
# The two bindings are built optimised: the tests of speed and memory, the demo and the packages in dist
# all use that one build. Everything of cargo test, clippy and the generators shares the debug build.
NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)

.PHONY: help setup check test demo dist bench gen clean engines-down \
	check-rust check-generated check-python check-node test-python test-node test-differential test-engines test-windows

help:
	@echo 'make demo    a container followed from Python and from Node, on a real engine'
	@echo 'make check   formatting, lints, types, generated files, Rust tests: what needs no real engine'
	@echo 'make test    check, and every test on real engines 20.10, 26.1 and 28.5 (root)'
	@echo 'make test-windows  cross-built for Windows, and run under Wine (root, the first time)'
	@echo 'make dist    a wheel and an npm tarball in dist/, tried in empty projects'
	@echo 'make bench   named scenarios, next to the originals, replayed and on a real engine (root)'
	@echo 'make gen     write the generated files again'
	@echo 'make setup   .venv and node_modules only'

# --- what everything stands on -------------------------------------------------------------------------

setup: $(VENV_READY) $(MODULES_READY)

$(VENV_READY): tests/requirements-dev.txt
	# Debian keeps venv in a package of its own.
	test -x $(PYTHON) || python3 -m venv .venv || { rm -rf .venv; apt-get update -qq; apt-get install -y -qq python3-venv; python3 -m venv .venv; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/requirements-dev.txt
	touch $@

$(MODULES_READY): package.json package-lock.json
	# Not `npm ci`: it refuses a lock file without the packages for other platforms, which mirrors may lack.
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

# --- the two bindings ----------------------------------------------------------------------------------

.PHONY: python node
python: $(PYTHON_READY)
node: $(NODE_READY)

$(PYTHON_READY): $(VENV_READY) $(RUST_SOURCES) pyproject.toml
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/maturin develop --release --locked --quiet
	touch $@

$(NODE_READY): $(NATIVE_READY) $(shell find node/src node/scripts -type f) node/tsconfig.json
	npm run --silent build:ts
	mkdir -p $(@D)
	touch $@

$(NATIVE_READY): $(MODULES_READY) $(RUST_SOURCES)
	npm run --silent build:native
	mkdir -p $(@D)
	touch $@

# --- checks --------------------------------------------------------------------------------------------

check: check-rust check-generated check-python check-node

check-rust:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
ifeq ($(NEXTEST),yes)
	cargo nextest run --locked --features dockline/archive
	cargo test --doc --locked --quiet
else
	cargo test --locked --features dockline/archive
endif
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked --quiet

check-generated:
	cargo dev generate --check
	cargo dev check-spec
	cargo dev check-size

check-python: $(PYTHON_READY)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

check-node: $(NODE_READY)
	npm run --silent lint
	npm run --silent types

gen:
	cargo dev generate
	cargo fmt --all

# --- tests ---------------------------------------------------------------------------------------------

test: check
	$(ENGINES) run -- $(MAKE) --no-print-directory test-engines test-python test-node test-differential
	$(MAKE) --no-print-directory demo

# The harness itself: it fails here, with its own words, before a test of ours could.
test-engines:
	$(ENGINES) status
	$(PYTHON) -m pytest -q tests/engine

test-python: $(PYTHON_READY)
	$(PYTHON) -m pytest -q tests/python

test-node: $(NODE_READY)
	npm test --silent

test-differential: $(PYTHON_READY) $(NODE_READY)
	$(PYTHON) -m pytest -q tests/differential

# Apart from `test`: it fetches a compiler, Wine and a Windows node.exe into target/windows (4 GB in all).
test-windows: $(VENV_READY) $(MODULES_READY)
	tests/windows/run.sh

engines-down:
	$(ENGINES) down

# --- things to look at, things to hand out -------------------------------------------------------------

demo: $(PYTHON_READY) $(NODE_READY)
	$(PYTHON) tests/demo/run.py

dist: $(VENV_READY) $(NODE_READY)
	rm -rf dist
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/maturin build --release --locked --quiet --interpreter $(PYTHON) --out dist
	npm pack --silent --pack-destination dist
	$(PYTHON) tests/dist/check.py

bench: $(PYTHON_READY) $(NODE_READY)
	$(PYTHON) tests/bench/run.py

clean: engines-down
	rm -rf target dist .venv node_modules node/dist node/*.node
