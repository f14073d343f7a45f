# Every target that needs the environment creates it once; "make" alone prints this help.
YEAR  ?= 2023
ROUND ?= tong-ket
INBOXES ?= 200
PYTHON ?= python3
BIN := .venv/bin
THIDUA := $(BIN)/python -m pipeline
RULES := --rules rules/$(YEAR)
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --custom-compile-command "make lock" -q

# Commands and tests start many short processes; without its bytecode each would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run forms check status test fuzz attack bench lint format sample pictures lock messages clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: .venv/ready ## read the inbox, score, rank, fill the outbox   (YEAR=2023 ROUND=tong-ket)
	@$(THIDUA) run $(RULES) --round $(ROUND)

forms: .venv/ready ## write one form per unit                         (YEAR=2023 ROUND=tong-ket)
	@$(THIDUA) forms $(RULES) --round $(ROUND)

check: .venv/ready ## check the rule files and show them
	@$(THIDUA) check $(RULES)

status: .venv/ready ## who has sent, who has not; writes nothing
	@$(THIDUA) status $(RULES) --round $(ROUND)

test: .venv/dev ## all tests
	@$(BIN)/pytest -n auto --dist loadfile

fuzz: .venv/dev ## runs on files changed at random, other ones each time  (INBOXES=200)
	@FUZZ=$(INBOXES) $(BIN)/pytest -s tests/test_fuzz.py

attack: .venv/dev ## play the hostile year against the real command, print what held
	@$(BIN)/python -m tests.attack

bench: .venv/dev ## timings, as ratios within one run
	@$(BIN)/python -m tests.bench

lint: .venv/dev ## style, types, and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/dev ## put the code into shape
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

sample: .venv/dev ## make the sample inbox anew (needs LibreOffice)
	@$(BIN)/python -m tests.sample

pictures: .venv/dev ## make the pictures and generated texts of docs/ anew (needs LibreOffice, poppler)
	@$(BIN)/python -m tests.pictures

messages: .venv/dev ## bring the catalogue of messages up to date with the code
	@mkdir -p build
	@$(BIN)/pybabel extract -F pyproject.toml -k N_ --no-location --omit-header --no-wrap --sort-output -o build/thidua.pot pipeline
	@$(BIN)/pybabel update --no-fuzzy-matching --no-wrap --ignore-obsolete --omit-header -l vi -D thidua -d pipeline/locale -i build/thidua.pot

lock: .venv/dev ## pin every dependency with its hashes, for all systems
# uv resolves for all systems at once. What writes all other pins is itself pinned with hashes, or whoever could put a
# uv of their own into the index, or between it and us, would choose what every officer installs.
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(LOCK) pyproject.toml --group dev -o requirements-dev.lock --upgrade
	@$(LOCK) pyproject.toml --group install -c requirements-dev.lock -o requirements.lock
	@echo uv | $(LOCK) - -o requirements-uv.lock --upgrade

clean: ## remove the environment and caches, never the inbox or the outbox
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist

.venv/ready: requirements.lock pyproject.toml
	@echo "Preparing the environment (once)…"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/ready requirements-dev.lock
	@echo "Preparing what tests and developers need (once)…"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
