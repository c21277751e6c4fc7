# `make help` lists the words. Everything is installed into .venv, from hash-pinned locks.

PYTHON ?= python3
SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
COMPILE := build/uv/bin/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)

# Debian keeps name servers where only root's PATH looks.
export PATH := $(PATH):/usr/sbin:/sbin

.PHONY: help demo pipeline test dev servers lint types layers unit fuzz soak bench format lock clean
.NOTPARALLEL:

help:  ## List these words
	@sed -n 's/^\([a-z]*\):.*##\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(VENV)/.run  ## Plan and apply a copy of examples/quickstart, and show the zone files' diff
	@scripts/demo

pipeline: $(VENV)/.run  ## Play a pipeline on a git repository and a BIND of its own
	@PATH="$$PWD/$(BIN):$$PATH" examples/pipeline-demo/play.sh

test: servers dev lint types layers unit  ## Install what the tests need, then check and test everything

dev: $(VENV)/.dev  ## Make .venv with mxsync (editable) and all tools

servers:  ## Install the name servers that the tests start (asks for it where you are at the keyboard)
	@scripts/install-test-servers

lint: dev  ## Look for mistakes and odd layout (ruff)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: dev  ## Check the types (mypy, strict)
	$(BIN)/mypy

layers: dev  ## Check that imports go one way only (import-linter)
	$(BIN)/lint-imports

unit: dev  ## Run the tests; a part of them with ARGS="-k registry"
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

fuzz: dev  ## Change manifests for SECONDS=600 and look for one that breaks validate
	PYTHONPATH=tests $(BIN)/python tests/fuzz/manifests.py --seconds $(SECONDS)

soak: dev servers  ## Let two mxsync and one nsupdate change the same sets for a minute; longer with ARGS="--seconds 600"
	PYTHONPATH=tests $(BIN)/python tests/soak/run.py $(ARGS)

bench: dev servers build/octodns/.done  ## Measure time, memory and calls, also of octoDNS on the same servers; in two minutes with ARGS=--quick
	PYTHONPATH=.:tests $(BIN)/python -m benchmarks $(ARGS)

format: dev  ## Mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: build/uv/bin/uv  ## Write requirements/ anew; newer versions with UPGRADE=--upgrade
	$(COMPILE) pyproject.toml --extra dev -o requirements/dev.txt
	printf 'octodns==1.22.*\noctodns-bind==1.1.*\noctodns-route53==1.3.*\n' | $(COMPILE) --no-strip-extras - -o benchmarks/octodns.txt
	printf 'hatchling\neditables\n' | $(COMPILE) pyproject.toml - -c requirements/dev.txt -o requirements/run.txt

clean:  ## Remove .venv and everything that was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# A plain install from locked wheels; the build needs no index either, for its tools are locked too.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/pip
	@echo "Installing mxsync and what it needs into $(VENV) …"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# What dev needs holds what run needs, in the same versions.
$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/pip
	@echo "Installing mxsync, its tools and what they need into $(VENV) …"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

build/octodns/.done: benchmarks/octodns.txt
	@echo "Installing octoDNS into build/octodns …"
	@scripts/check-python $(PYTHON)
	@$(PYTHON) -m venv build/octodns
	@build/octodns/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r $<
	@touch $@

$(BIN)/pip:
	@scripts/check-python $(PYTHON)
	@$(PYTHON) -m venv $(VENV)

build/uv/bin/uv:
	@scripts/check-python $(PYTHON)
	@$(PYTHON) -m venv build/uv
	@build/uv/bin/python -m pip --quiet --disable-pip-version-check install uv
