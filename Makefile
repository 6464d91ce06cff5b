# Everything a newcomer types. `make help` lists the verbs.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
UV     := 0.13.9

# The shell's settings point at somebody's own Neo4j; the tests start theirs and ignore these.
.DEFAULT_GOAL := help
.PHONY: help demo test coverage soak check format lock bench clean

help: ## list the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(STAMP) ## start Neo4j and the API with the example catalog; DEMO_EXIT=1 stops after the summary
	@$(BIN)/catalograph demo $(if $(DEMO_EXIT),--exit)

# Not beside coverage: its tracer makes three of what is one second in Python.
WHOLE := --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 20

test: $(STAMP) ## run all tests, two at a time, each against a Neo4j of its own; ARGS="-k name" goes to pytest
	$(BIN)/pytest $(if $(ARGS),$(ARGS),$(WHOLE))

coverage: $(STAMP) ## run all tests, and say which branches none of them took; twice the time
	$(BIN)/pytest $(WHOLE) --cov --cov-report=term:skip-covered

soak: $(STAMP) ## kill worker and server 20 times in one import of 200,000 rows; SEED=2 kills elsewhere
	$(BIN)/pytest tests/faults --soak --soak-seed $(or $(SEED),1)

check: $(STAMP) ## format, lint, types and import direction, without changing anything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure import and serving against bare loops, on a Neo4j of its own
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.serving

lock: $(STAMP) ## resolve the dependencies anew: Python's into requirements.lock, Neo4j's jars too
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 \
	  --extra embedded --extra learn --extra english --extra dev \
	  --override overrides.txt --custom-compile-command "make lock" \
	  --output-file requirements.lock pyproject.toml
	$(BIN)/python -m graph.server lock

clean: ## remove the virtual environment and what tools left; the graph stays
	rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Catalograph needs Python 3.11 or newer; this is $$($(PYTHON) --version)." \
	         "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once, about half a minute) ..."
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module does not work here; on Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@
