# Everything runs from a clone, without activating .venv. `make` alone lists the targets.
#
# Targets are names, never paths, and paths are relative: the clone may be in a folder with a space in its name.

SHELL := /bin/bash
# nbgrader calls `alembic` by name.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

ARGS ?=

.PHONY: help setup setup-tests demo test lint check mutation train bench fuzz kill format hooks upgrade clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup:  ## make .venv with everything in it; quick when nothing has changed
	@scripts/setup

setup-tests:
	@scripts/setup --tests

demo: setup  ## release, grade a class of sample submissions, show the results
	@.venv/bin/homework demo $(ARGS)

# What fails fastest comes first; pytest's closing line comes last.
test: setup-tests  ## all that CI runs: lint, types, whether the hidden tests are fair, tests of the program
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint released
	.venv/bin/homework check --fresh
	.venv/bin/pytest -n 2 --dist loadfile $(ARGS)

.PHONY: released
released: setup
	.venv/bin/homework release --check

lint: setup  ## ruff, shellcheck and mypy
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	@if command -v shellcheck >/dev/null; then echo shellcheck scripts/setup .ci/run; shellcheck scripts/setup .ci/run; \
	else echo "shellcheck is not installed: the shell scripts were not checked"; fi
	.venv/bin/mypy homework

check: setup  ## check that the hidden tests are fair: right solutions pass, wrong ones are named
	.venv/bin/homework check $(ARGS)

mutation: setup  ## change the reference solutions in small ways, and check that the hidden tests notice
	.venv/bin/python scripts/mutation.py $(ARGS)

train: setup  ## train homework 4's baseline, and check how hard its pictures are; about five minutes
	.venv/bin/pytest tests/content/training_hw4.py -rA

bench: setup  ## measure how long grading takes here, compared with other graders (bench/README.md)
	@.venv/bin/python -m bench $(ARGS)

fuzz: setup  ## try 10,000 odd notebooks, 100,000 odd frames, odd folders and time stamps, new ones each time; about five minutes
	.venv/bin/pytest tests/homework/fuzz -s --hypothesis-profile=fuzz

kill: setup  ## kill the grader and its parts ARGS times (100), and check that nothing is lost; about five minutes
	HOMEWORK_KILLS=$(or $(ARGS),100) .venv/bin/pytest tests/homework/faults/test_kill.py -rA

format: setup  ## let ruff fix what it can
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

hooks: setup  ## check what is committed, and show notebooks cell by cell in git's diffs and merges
	.venv/bin/pre-commit install
	git config diff.jupyternotebook.command '.venv/bin/git-nbdiffdriver diff'
	git config merge.jupyternotebook.driver '.venv/bin/git-nbmergedriver merge %O %A %B %L %P'
	git config merge.jupyternotebook.name 'notebooks, cell by cell'

upgrade:  ## newest versions that pyproject.toml allows; rewrites constraints.txt
	@scripts/setup --upgrade

clean:  ## remove .venv and caches, never a class's data
	rm -rf .venv .venv-otter build dist homework.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
