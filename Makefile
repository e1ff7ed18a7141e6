# Docrunch. `make` prints the targets.
REPO ?= .
REF ?=
PYTHON := .venv/bin/python
DOCRUNCH := .venv/bin/docrunch
PYTEST_ARGS ?=
BENCH_ARGS ?=
TORTURE_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup environment run test check bench bench-accuracy bench-retrieval torture up down clean lock docs check-mermaid

help: ## print the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  (run: REPO=path|archive|https-url REF=tag-or-sha)"

setup: environment ## create .venv from the lock and obtain the temporal binary
	@$(PYTHON) -m workers.stack.temporal_binary >/dev/null

environment:
	@python=$$(deploy/find_python.sh) && "$$python" deploy/setup_environment.py

run: setup ## scan REPO (default: this repository) into a docpack and docrunch-docs/
	@$(DOCRUNCH) scan "$(REPO)" $(if $(REF),--ref "$(REF)")

test: setup ## unit, integration and end-to-end tests, with a real Postgres and Temporal
	@TEMPORAL_CLI_PATH=$$($(PYTHON) -m workers.stack.temporal_binary) $(PYTHON) -m pytest $(PYTEST_ARGS)

check: environment ## lint, format, strict types, layers
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

check-mermaid: environment # every diagram through mermaid's own parser; needs Node
	@$(PYTHON) -m tests.mermaid.run

bench: setup ## print the performance table
	@$(PYTHON) -m benchmarks.run $(BENCH_ARGS)

bench-accuracy: environment ## print the accuracy tables: our graph against compilers and run-time traces
	@$(PYTHON) -m benchmarks.accuracy $(BENCH_ARGS)

bench-retrieval: environment ## print the retrieval tables: search, its signals and plain BM25 on real packages
	@$(PYTHON) -m benchmarks.retrieval $(BENCH_ARGS)

torture: setup ## kill processes at random during a scan; the docpack must not change
	@$(PYTHON) -m tests.torture.run $(TORTURE_ARGS)

up: setup ## start the local stack
	@$(DOCRUNCH) up

down: ## stop the local stack
	@test ! -x $(DOCRUNCH) || $(DOCRUNCH) down

clean: down ## remove the environment and what was generated here; the data of the stack stays
	rm -rf .venv docrunch-docs .docrunch graph.jsonl *.docpack .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

lock: ## resolve requirements.lock and requirements-gpu.lock again (needs uv)
	@command -v uv >/dev/null || { echo "error: uv is not installed: https://docs.astral.sh/uv" >&2; exit 1; }
	@uv pip compile pyproject.toml --quiet --extra dev --universal --generate-hashes --no-annotate --no-header -o requirements.lock
	@uv pip compile pyproject.toml --quiet --extra gpu --universal --generate-hashes --no-annotate --no-header -c requirements.lock -o requirements-gpu.lock

docs: environment ## write the generated reference pages again
	@$(PYTHON) -m docrunch.config_doc
	@$(PYTHON) -m db.events_doc
	@$(PYTHON) -m workflows.tables > docs/workflows.md
	@$(PYTHON) -m tests.languages_doc > docs/languages.md
