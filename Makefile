# Thin calls of dev.py, which explains itself with: python3 dev.py --help
PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check setup demo audit chaos

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

run: ## open the mall: database, demo world, web server, worker; Ctrl-C closes it
	@$(PYTHON) dev.py run

test: ## run all tests in parallel; ARGS="-k checkout" goes to pytest
	@$(PYTHON) dev.py test $(ARGS)

check: ## run ruff, mypy, the import contracts, and import all tests
	@$(PYTHON) dev.py check

setup: ## only make the environment in .venv
	@$(PYTHON) dev.py setup

demo: ## build the demo world anew; ARGS="--days 90 --seed 2"
	@$(PYTHON) dev.py flask demo build $(ARGS)

audit: ## check every invariant of the book of money
	@$(PYTHON) dev.py flask ledger audit

chaos: ## break everything that may break, for minutes; ARGS="--seed 7 --only kill"
	@$(PYTHON) dev.py chaos $(ARGS)
