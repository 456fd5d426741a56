# Bailu: `make demo` to see it, `make test` to check it, `make help` for the rest.
# All work is done by the package in launch/; this file only names it.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test test-fast faults bench manage lint lock minio

# The first Python here that is new enough; PYTHON= names another one.
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
LAUNCH = $(or $(PYTHON),$(error There is no Python 3.11 or newer here. Name one: make $@ PYTHON=/path/to/python3.12)) -m launch

# Asked with -q, make hands on the 1 of a recipe line marked + as its own 1; without it any failure is a 2.
ifeq ($(MAKECMDGOALS),manage)
MAKEFLAGS += -q
endif

export PORT RESET ARGS

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ## run everything with the demonstration year (PORT=8000, RESET=1 starts over)
	@$(LAUNCH) demo

test: ## set up what is missing and run all tests, the browser's included (ARGS= for pytest)
	@$(LAUNCH) test

test-fast: ## all tests without a browser (ARGS= for pytest)
	@$(LAUNCH) test-fast

faults: ## kill web, relay, worker and database in the middle of 100,000, and prove that nothing is lost (ARGS= for pytest)
	@$(LAUNCH) faults

bench: ## measure against floors and a peer over private servers (ARGS="--cases 10000 engine": smaller, one of them)
	@$(LAUNCH) bench

manage: ## run a management command over the demonstration's data: ARGS="annual_report --year 2019 --json"
	+@$(LAUNCH) manage

lint: ## ruff and mypy
	@$(LAUNCH) lint

lock: ## compile requirements/*.txt anew from pyproject.toml (needs uv)
	@$(LAUNCH) lock

minio: ## build the MinIO server (needs Go; once, some minutes)
	@$(LAUNCH) minio
