# What can be made here. The machine needs git, make and python3 with venv; the rest is fetched into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.ONESHELL:

# In a locale that the machine has not (a Finnish one, brought along by ssh) Python could not read a path with an ä in it.
export LC_ALL := C.UTF-8

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests run in as many processes as there are cores, each with its own half of them, so that what a file prepares is prepared
# once; who is done first takes of the other's. `make test PYTEST="-n 0 -k orders"` for less.
PYTEST ?= -n auto --dist worksteal

.PHONY: demo test test-days test-debian check format schema rules bench bench-peer lock clean

demo: .venv/installed
	exec $(BIN)/portaali demo

test: .venv/installed
	$(BIN)/python -m pytest $(PYTEST)

# The demo as it is on thirty days, from the turn of a year to a leap day: half an hour.
test-days: .venv/installed
	PORTAALI_THIRTY_DAYS=1 $(BIN)/python -m pytest -n auto tests/demo/test_seed.py::test_the_demo_is_right_on_any_day

# What another server could tell, on those that TEST_DATABASE_URL and TEST_REDIS_URL name: the migrations, the kit, every field
# of the schema and its words in Finnish (the portal has no SQL of its own), the verbs as the demo plays them, the queue.
test-debian: .venv/installed
	: "$${TEST_DATABASE_URL:?names no PostgreSQL}" "$${TEST_REDIS_URL:?names no Redis}"
	$(BIN)/python -m pytest $(PYTEST) -m "database and not browser and not long" \
	  tests/kit tests/ledger tests/graphql/test_schema.py tests/graphql/test_search.py tests/workers \
	  tests/demo/test_seed.py::test_the_demo_is_right_today

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tests.habits
	$(BIN)/portaali schema --check
	$(BIN)/python -m backend.kit.translation --check

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: .venv/installed
	$(BIN)/portaali schema

rules: .venv/installed
	$(BIN)/portaali rules

bench: .venv/installed
	$(BIN)/portaali bench

bench-peer: .venv/installed
	$(BIN)/portaali bench --peer

# New versions of what is used, as far as pyproject.toml allows them: make lock UPGRADE=--upgrade
lock: .venv/installed
	$(PIP) install uv
	lock="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header"
	echo uv | $$lock $(UPGRADE) - -o requirements-uv.lock
	$$lock $(UPGRADE) --extra dev pyproject.toml -o requirements.lock
	for folder in . bench/postgraphile; do
	  npm install --prefix $$folder --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved=true
	done

# Everything that was made here, the demo's data too; refused while the demo runs.
clean:
	if [ -e .portaali/lock ]; then flock --nonblock .portaali/lock true || { echo "The demo is running: stop it first."; exit 1; }; fi
	rm -rf .venv .portaali web/static/vendor dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each step leaves a stamp, so that a second run has nothing to do.
.venv/made:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed (this is %s): set PYTHON to one." % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { echo "Python cannot make an environment: install python3-venv."; exit 1; }
	touch $@

# uv does in a third of the time what pip does; where pip was told of an index of its own, or uv fails, pip does it.
.venv/locked: requirements.lock requirements-uv.lock .venv/made
	umask 022 # started by root, the servers run as another user, who must be able to read them
	echo "Installing what requirements.lock names …"
	export UV_HTTP_TIMEOUT=15 UV_HTTP_RETRIES=1
	! $(PIP) config list | grep --quiet '\.index-url' && $(PIP) install --require-hashes -r requirements-uv.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock || \
	  $(PIP) install --require-hashes -r requirements.lock
	touch $@

.venv/installed: pyproject.toml package.json package-lock.json hatch_build.py .venv/locked
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.SILENT: demo test clean .venv/made .venv/locked .venv/installed
