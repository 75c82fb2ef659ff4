# The front door. `make help` lists what there is.

PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
RUFF := $(VENV)/bin/ruff

.DEFAULT_GOAL := help
.PHONY: help run test check lint messages bench soak lock audit sbom clean

help: ## list these commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/run.stamp ## install, migrate, load the sample content, serve on http://127.0.0.1:8000 (PORT=…)
	@scripts/run $(PORT)

test: $(VENV)/dev.stamp ## run the whole suite; PostgreSQL, Redis, Chromium where they are found
	@scripts/test

check: lint test ## all that a change must pass

lint: $(VENV)/dev.stamp ## style, types, templates, migrations, deployment settings
	@scripts/lint

messages: $(VENV)/dev.stamp ## bring the translations up to date, compile them, name what is missing
	@$(PYTHON) scripts/messages.py

bench: $(VENV)/dev.stamp ## benchmarks, as ratios within one run; writes bench/results.json
	@$(PYTHON) -m bench

soak: $(VENV)/dev.stamp ## what is too long for every run: fuzz, crawl, load, kills; an hour and more
	@$(PYTHON) -m soak

lock: ## write the requirements' versions and hashes anew from the .in files
	@scripts/lock

audit: $(VENV)/dev.stamp ## known weaknesses of the requirements, where the package index answers
	@scripts/audit

sbom: $(VENV)/dev.stamp ## write sbom.cdx.json, the list of what runs the site
	@$(PYTHON) scripts/sbom.py

clean: ## remove what make run and make test made, but not the database
	rm -rf $(VENV) staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/run.stamp: requirements.txt
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
