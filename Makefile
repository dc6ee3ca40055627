# `make run` starts the whole system on this machine; `make test` tests it. Both set up what is missing.
PYTHON ?= python3
VENV := .venv/bin
# Whole systems and browsers on a busy machine: what fails is tried once more and told as "rerun" in the summary.
AGAIN := --reruns 1 --reruns-delay 1
# The same generated cases on every machine, so that a change is judged by what it changed; `make test-fast` and
# `make red-team` search on with new ones.
SAME := --hypothesis-profile=ci

# Everything but whole systems and browsers, on three processes: each waits a quarter of its time.
APART := -n 3 --dist worksteal --ignore=tests/flows --ignore=tests/browser -p no:schemathesis
# Whole systems and browsers are many processes each; tests/support/sharing.py says which tests stay together. Of
# all files only those that name one of the marks are collected; tests/conftest.py sees to it that they do.
WHOLE = -n 2 --dist loadgroup $(shell grep -rlE 'mark\.(flow|browser)\b' tests --include='test_*.py' | sort)
# Compiled files are kept: each of the many processes that tests start would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run setup setup-tests test test-fast fast-api fast-hub fast-judging fast-rest soak red-team lint ruff mypy bench lock clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup ## Set up and start everything: hub, one server with OpenClaw, practice model
	@exec $(VENV)/python deploy/local/run.py

setup: ## Install everything into this folder
	@$(PYTHON) deploy/local/setup.py

setup-tests:
	@$(PYTHON) deploy/local/setup.py --tests

test: setup-tests ## Every test, whole systems and browsers too (15 to 30 minutes on two cores)
	$(VENV)/python -m pytest $(APART) -m "not flow and not browser and not redteam" $(SAME) $(AGAIN)
	LETSBE_TEST_ENGINE=postgresql $(VENV)/python -m pytest -n 2 --dist worksteal tests/app/hub tests/app/relay $(SAME) $(AGAIN)
	$(VENV)/python -m pytest $(WHOLE) -m "(flow or browser) and not redteam" $(SAME) $(AGAIN)

test-fast: setup-tests ## Nine of ten tests: no whole systems, no browsers, nothing slow by nature (two to three minutes)
	@$(MAKE) --no-print-directory --keep-going --jobs=$(words $(FAST)) $(ORDERLY) $(FAST)

# Each part in one process that collects nothing but its own: where several share all tests, each imports
# and collects everything.
FAST := fast-api fast-hub fast-judging fast-rest
# What one part says stays together, where make can do that (4.0).
ORDERLY := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
QUICK := $(VENV)/python -m pytest -q -p no:schemathesis -m "not slow and not flow and not browser and not redteam"
fast-api:
	@$(QUICK) tests/app/api
fast-hub:
	@$(QUICK) tests/app --ignore=tests/app/api
fast-judging:
	@$(QUICK) tests/daemon/redaction tests/daemon/policy
fast-rest:
	@$(QUICK) tests --ignore=tests/app --ignore=tests/daemon/redaction --ignore=tests/daemon/policy \
		--ignore=tests/flows --ignore=tests/browser

soak: setup-tests ## Cut and kill browser, workers, Redis and daemon 1,000 times; nothing may be lost (FAULTS=, SEED=)
	$(VENV)/python -m tests.soak --faults $(or $(FAULTS),1000) $(if $(SEED),--seed $(SEED))

red-team: setup-tests ## Attack redaction, gate and every door out of a server, at length (about an hour)
	$(VENV)/python -m pytest tests/redteam -n 2 --dist loadgroup -m "not flow and not browser"
	$(VENV)/python -m pytest tests/redteam -m "flow or browser"

lint: ruff mypy ## ruff and mypy

ruff: setup-tests
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .

mypy: setup-tests
	$(VENV)/mypy

bench: setup-tests ## Measure everything; JSON on standard output, progress beside it (QUICK=1: each under a minute)
	@$(VENV)/python -m benchmarks chat $(if $(QUICK),--quick)
	@$(VENV)/python -m benchmarks start $(if $(QUICK),--quick)
	@$(VENV)/python -m benchmarks relay $(if $(QUICK),--quick)
	@$(VENV)/python -m benchmarks fleet $(if $(QUICK),--quick)
	@$(VENV)/python -m benchmarks redaction $(if $(QUICK),--quick)
	@$(VENV)/python -m benchmarks policy $(if $(QUICK),--quick)

lock: setup-tests ## Resolve the lock files anew from pyproject.toml
	$(VENV)/python deploy/local/lock.py

clean: ## Take away everything that the commands above made, your local data included
	rm -rf .venv .runtime .web .data .states .mypy_cache .ruff_cache .pytest_cache .hypothesis assets/external
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
