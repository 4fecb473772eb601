# Two commands matter: `make demo` runs the pipeline on the example port, `make test` passes all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test prove torture check format lock clean bench bench-profile bench-domain bench-recovery bench-ticks bench-backlog bench-reports bench-sink

demo: $(VENV)/.ready
	$(BIN)/missionpath demo

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest

# The central promise on 100,000 missions, trains and calls instead of some: order and repetition mean nothing.
prove: $(VENV)/.ready-dev
	$(BIN)/python -m pytest --hypothesis-profile=prove \
		tests/unit/test_fold_properties.py::test_any_order_and_repetition_ends_in_the_same_state_and_the_same_open_alerts

# Workers killed, stopped and frozen, the broker restarted and made slow, until the outcome was compared 200 kills long.
torture: $(VENV)/.ready-dev
	$(BIN)/python -m tests.crash

check: $(VENV)/.ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The speed of the pipeline beside plain clients, stock Faust and Quix Streams (docs/performance.md).
bench: $(VENV)/.ready .local/bench-venv/.ready
	$(BIN)/python -m benchmarks.speed

# Where the workers spend their time; py-spy needs root, or kernel.yama.ptrace_scope=0.
bench-profile: $(VENV)/.ready .local/bench-venv/.ready
	$(BIN)/python -m benchmarks.speed.profile

# How long a worker takes to have that many missions back after a start.
MISSIONS ?= 100000
bench-recovery: $(VENV)/.ready
	$(BIN)/python -m benchmarks.recovery $(MISSIONS)

# The memory of workers over a long backlog.
EVENTS ?= 5000000
bench-backlog: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks.backlog $(EVENTS)

# How fast the sink drains a topic into either kind of ClickHouse; needs what the tests need, and py-spy as bench-profile.
ROWS ?= 500000
bench-sink: $(VENV)/.ready-dev .local/bench-venv/.ready
	$(BIN)/python -m benchmarks.sink $(ROWS)

# What a tick of the clock costs with that many missions open and none due.
bench-ticks: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks.deadlines $(MISSIONS)

# How long each report takes on that many scans; ten million need 8 GB of disk.
SCANS ?= 10000000
bench-reports: $(VENV)/.ready
	$(BIN)/python -m benchmarks.reports $(SCANS)

# What judging one event costs, without Kafka.
bench-domain: $(VENV)/.ready
	$(BIN)/python -m benchmarks.domain

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Exact versions with hashes, for every Python from 3.11 on.
lock: $(VENV)/.ready-dev
	$(BIN)/pip install --quiet uv==0.13.9
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra embedded --extra pictures --extra rocksdict -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra embedded --extra pictures --extra rocksdict --extra dev -o requirements-dev.lock pyproject.toml

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "missionpath needs Python 3.11 or newer; set PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.ready: $(VENV)/.python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# Quix Streams asks for another confluent-kafka than ours, and so has an environment of its own.
.local/bench-venv/.ready: $(VENV)/.python requirements-bench.lock
	$(PYTHON) -m venv .local/bench-venv
	.local/bench-venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

clean:
	rm -rf $(VENV) .local build *.egg-info
