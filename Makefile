# The two commands to know: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run init test test-browser check bench backup restore manage clean venv venv-dev

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/\1|\2/' \
		| while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

venv: ## The virtual environment with the pinned packages, only when they changed
	@config/local/venv.sh "$(PYTHON)" $(VENV) requirements.lock

venv-dev: ## The same with the tools for tests and checks
	@config/local/venv.sh "$(PYTHON)" $(VENV) requirements-dev.lock

run: venv ## The portal with demo data on http://127.0.0.1:8000 (PORT=, HOST=); Ctrl-C stops it
	@exec $(PY) -m config.local run

init: venv ## The same without demo data: asks for the community, its brand and the first administrator
	@exec $(PY) -m config.local init

test: venv-dev ## All tests but the browser's (ARGS="tests/core -k clock" narrows)
	@$(PY) -m pytest -m "not browser" $(ARGS)

manage: venv ## Django's own commands on the local database: make manage ARGS="shell"
	@exec $(PY) -m config.local manage $(ARGS)
