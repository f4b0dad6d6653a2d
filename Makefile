# Every command of the project. `make run` and `make test` set up what they need first; a second run takes no time.
.PHONY: help audit setup run test test-all check fix lock dev chromium
.DEFAULT_GOAL := help
PY := .venv/bin/python

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make both environments
	@sh scripts/setup

run: setup ## train if needed, migrate, start everything, print the addresses
	@exec .venv/bin/palpate up

dev: ## the same with what the tests need
	@sh scripts/setup dev

chromium:
	@sh scripts/chromium

check: dev ## format, lint, types, import directions
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

fix: dev ## format and repair what can be repaired
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

test: check chromium ## all tests but the long ones (15 minutes at most on two cores)
	@.venv/bin/palpate train
	@.venv-rasa/bin/python -m pytest tests/engine tests/nlu -m "not long"
	@.venv/bin/palpate rasa data validate --fail-on-warnings
	@$(PY) -m pytest -n 2 --dist loadfile -m "not long"

test-all: test ## the long runs as well
	@.venv-rasa/bin/python -m pytest tests/engine tests/nlu -m long || [ $$? -eq 5 ]
	@$(PY) -m pytest -m long || [ $$? -eq 5 ]

audit: setup ## look every locked package up in the public list of known holes (needs that list)
	@sh scripts/audit

lock: ## resolve requirements/*.in anew (hashed, no registry named)
	@for name in main dev rasa rasa-dev bootstrap audit; do \
	  .venv/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header requirements/$$name.in -o requirements/$$name.txt || exit 1; done
