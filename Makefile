# Everything needs only make and Python >= 3.11; the first run builds .venv from requirements.lock (uv, if present, is faster).
PYTHON ?= python3
VENV   ?= .venv
UV     ?= $(shell command -v uv 2>/dev/null)
ARGS   ?=
T      ?=

BIN     := $(VENV)/bin
PEERS   ?= $(VENV)/peers
READY   := $(VENV)/.ready
PLUGINS := $(patsubst %/pyproject.toml,%,$(wildcard connectors/*/pyproject.toml))
LOCAL   := $(foreach dir,. $(PLUGINS),--editable ./$(dir))

.PHONY: help install demo test lint types floors check format bench bench-peers docs locale lock clean

help:
	@echo 'make demo     a shop on this machine, no account needed (ARGS=--headless prints the board)'
	@echo 'make test     the tests (T=tests/unit/store for some of them)'
	@echo 'make lint     ruff            make types    mypy            make floors   import contracts'
	@echo 'make check    lint + types + floors + tests, as CI runs them'
	@echo 'make bench    benchmarks      make format   ruff --fix      make install  only the virtualenv'
	@echo 'make bench-peers  the tools that it compares with, in $(PEERS)'
	@echo 'make docs     the generated reference pages and the picture in the README'
	@echo 'make locale   texts to translate, into kpiterm/locale, and its compiled catalogues'
	@echo 'make lock     resolve requirements.lock anew (ARGS=--upgrade for newer versions; needs uv)'
	@echo 'make clean    remove $(VENV) and every cache'

install: $(READY)
	@:

demo: $(READY)
	@$(BIN)/kpiterm demo $(ARGS)

test: $(READY)
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup $(T)

lint: $(READY)
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --check --quiet . || { echo 'some files are not formatted: make format' >&2; exit 1; }

types: $(READY)
	@$(BIN)/mypy --no-error-summary

floors: $(READY)
	@$(BIN)/lint-imports --no-logo

check: lint types floors test

format: $(READY)
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

bench: $(READY)
	@BENCH_PEERS='$(PEERS)' $(BIN)/python -m bench $(ARGS)

bench-peers: $(PEERS)/.ready
	@:

$(PEERS)/.ready: bench/peers.txt bench/peers-harlequin.txt bench/peers-posting.txt | $(READY)
	@echo 'Building $(PEERS) from bench/peers*.txt …'
	@$(BIN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --disable-pip-version-check --requirement bench/peers.txt
	@for name in harlequin posting; do $(BIN)/python -m venv $(PEERS)/$$name && \
	  $(PEERS)/$$name/bin/python -m pip install -qq --disable-pip-version-check --requirement bench/peers-$$name.txt || exit 1; done
	@touch $@

docs: $(READY)
	@$(BIN)/python -c 'from kpiterm.plugins.facts import markdown; print(markdown(), end="")' >docs/reference/tables.md
	@$(BIN)/python -c 'from kpiterm.analysis.kpi.pages import markdown; print(markdown(), end="")' >docs/reference/kpis.md
	@$(BIN)/python -m tests.plugin_api.mistakes >docs/reference/plugin-mistakes.md
	@$(BIN)/python docs/screenshot.py

locale: $(READY)
	@$(BIN)/pybabel -q extract --keywords N_ --keywords said --keywords Setting:2 --keywords Secret:2 --keywords Stream:2 \
	  --no-location --sort-output --no-wrap --omit-header -o build.pot kpiterm connectors/*/kpiterm_*
	@$(BIN)/pybabel -q update --no-fuzzy-matching --no-wrap --ignore-pot-creation-date --domain kpiterm -i build.pot -d kpiterm/locale --locale zh --ignore-obsolete
	@$(BIN)/pybabel -q compile --domain kpiterm -d kpiterm/locale
	@rm build.pot

lock:
	@test -n '$(UV)' || { echo 'make lock needs uv: $(PYTHON) -m pip install uv' >&2; exit 1; }
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command 'make lock' --group dev --output-file requirements.lock pyproject.toml $(ARGS)

clean:
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml $(addsuffix /pyproject.toml,$(PLUGINS))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'kpiterm needs Python 3.11 or newer; $(PYTHON) is older or missing: make PYTHON=python3.13' >&2; exit 1; }
	@echo 'Building $(VENV) from requirements.lock (only once, about a minute) …'
ifneq ($(UV),)
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python '$(PYTHON)' $(VENV)
	@$(UV) pip install --quiet --python $(BIN)/python --requirement requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(LOCAL)
else
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo '$(PYTHON) cannot make virtualenvs: apt install python3-venv (Debian, Ubuntu), or install uv' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation $(LOCAL)
endif
	@touch $(READY)
