# `make run` and `make test` each set up what they need. TIEOUT_HOME (default ./var) holds everything a run makes.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
# Packages are compiled when they are first imported, and only then: it takes a quarter of the time of compiling them all.
unexport PYTHONDONTWRITEBYTECODE
UV := $(shell command -v uv 2>/dev/null)
VENV := .venv
BIN := $(VENV)/bin

ifeq ($(UV),)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
CREATE = $(PYTHON) -m venv $(VENV)
else
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
CREATE = $(UV) venv --quiet --allow-existing --python "$(PYTHON)" $(VENV)
endif

.PHONY: run up test slow lint bench validate lock clean setup
.DEFAULT_GOAL := run

run: $(VENV)/.runtime ## the daily job: land, build, test, publish
	@$(BIN)/tieout run

up: $(VENV)/.runtime ## the Dagster UI and the reporting app, on this machine only
	@$(BIN)/tieout up

setup: $(VENV)/.runtime

test: $(VENV)/.development ## everything but the slow tests
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

slow: $(VENV)/.development ## tests that take minutes: the browser, two runs at once
	$(BIN)/python -m pytest -m slow -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests
	$(BIN)/tieout dbt parse --quiet
	$(BIN)/dbt-score lint --manifest "$${TIEOUT_HOME:-var}/dbt/typed/manifest.json"

bench: $(VENV)/.development ## speed and memory at scale 1, 5 and 20, as ratios against plain DuckDB
	$(BIN)/python -m tests.bench.market_risk
	$(BIN)/python -m tests.bench.credit_risk
	$(BIN)/python -m tests.bench.mifid
	$(BIN)/python -m tests.bench

CASES ?= ../shared/reference
validate: $(VENV)/.runtime ## the models against published cases in CASES, into docs/model-validation.md
	$(BIN)/tieout validate-models --cases $(CASES) --markdown docs/model-validation.md

lock: ## write the lock files anew (needs uv)
	uv pip compile pyproject.toml --group build $(LOCK_OPTIONS) -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev $(LOCK_OPTIONS) -c requirements.lock -o requirements-dev.lock

LOCK_OPTIONS = --universal --python-version 3.11 --no-emit-index-url --no-header --generate-hashes --no-strip-extras --quiet

clean: ## remove what runs have made; the environment stays
	rm -rf var build *.egg-info .pytest_cache .mypy_cache .ruff_cache

$(VENV)/.runtime: requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.development: requirements-dev.lock requirements.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.runtime $@

define install
	@test -n "$(PYTHON)" || { echo "Tieout needs Python 3.11, 3.12 or 3.13; none was found. Set PYTHON=/path/to/python."; exit 1; }
	@echo "Setting up the environment in $(VENV) from $(1) (about a minute, once)"
	@$(CREATE)
	@$(INSTALL) --no-deps --require-hashes -r $(1)
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "from governance.warehouse import ensure_httpfs; ensure_httpfs()"
endef
