# The two commands to know: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run init test test-browser check messages bench backup restore manage clean venv venv-dev

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=
PARALLEL ?= -n 2
export FILE FORCE PORT HOST SCALE

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/\1|\2/' \
		| while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

venv: ## The virtual environment with the pinned packages, only when they changed
	@config/local/venv.sh "$(PYTHON)" $(VENV) requirements.lock

venv-dev: ## The same with the tools for tests and checks
	@config/local/venv.sh "$(PYTHON)" $(VENV) requirements-dev.lock

run: venv ## The portal with demo data on http://127.0.0.1:8000 (PORT=, HOST=, SCALE=county); Ctrl-C stops it
	@exec $(PY) -m config.local run

init: venv ## The same without demo data: asks for the community, its brand and the first administrator
	@exec $(PY) -m config.local init

test: venv-dev ## All tests but the browser's (ARGS="tests/core -k clock" narrows)
	@$(PY) -m pytest -m "not browser" $(PARALLEL) $(ARGS)

test-browser: venv-dev ## The browser tests; finds Chromium and Chinese fonts, as root installs them
	@config/local/browser.sh
	$(PY) -m pytest -m browser $(PARALLEL) $(ARGS)

check: venv-dev ## Types, lint, import order, templates, English, migrations, deployment, compose
	@$(PY) -m config.local check

messages: venv-dev ## The English catalogue in step with the source, and compiled
	@$(PY) -m config.local messages

bench: venv-dev ## The measurements at a million petitions, as ratios to a floor
	@exec $(PY) -m bench $(ARGS)

backup: venv ## Database and photos in one file (FILE=...)
	@exec $(PY) -m config.local backup

restore: venv ## Read FILE=... into an empty portal (FORCE=1 replaces, keeping a backup)
	@exec $(PY) -m config.local restore

manage: venv ## Django's own commands on the local database: make manage ARGS="shell"
	@exec $(PY) -m config.local manage $(ARGS)

clean: ## Remove the data folder and everything generated; the virtual environment too with ALL=1
	@if [ -x $(PY) ]; then $(PY) -m config.local clean; fi
	if [ -n "$${ALL:-}" ]; then rm -rf $(VENV); fi
