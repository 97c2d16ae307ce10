# Everything a person does here starts with `make`. The environment is .venv; `uv` is used when it is on the path.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --quiet

ifdef UV
INSTALL := VIRTUAL_ENV=.venv uv pip install --quiet
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: help setup run serve test check format lint types contracts fresh models fixtures coverage screenshot \
	lock lambda-wheels bench-setup sam-setup sam-validate clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

# The one file says what is installed: the development lock holds everything that the server lock holds.
.venv/installed-run: requirements-server.lock pyproject.toml | .venv/pyvenv.cfg
	@if [ ! -e .venv/installed-dev ]; then $(INSTALL) --no-deps --require-hashes -r requirements-server.lock; fi
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/installed-dev: requirements-dev.lock pyproject.toml | .venv/pyvenv.cfg
	@$(INSTALL) --no-deps --require-hashes -r requirements-dev.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@ .venv/installed-run

setup: .venv/installed-run ## create .venv with what running needs

run: setup ## talk to the offline speaker (or pipe in one sentence a line)
	@$(BIN)/restock talk

serve: setup ## serve the Alexa endpoint with the production server
	@$(BIN)/restock serve

test: .venv/installed-dev ## all tests, in parallel
	@$(BIN)/python -m pytest -n auto -q

check: .venv/installed-dev format lint types contracts fresh coverage fixtures ## all that CI asks for

format:
	@$(BIN)/ruff format --check .

lint:
	@$(BIN)/ruff check .

types:
	@$(BIN)/mypy

contracts:
	@$(BIN)/lint-imports

fresh:
	@$(BIN)/restock models --check

coverage: .venv/installed-dev ## the tests of `make test`, with the branch coverage floor
	@$(MAKE) --no-print-directory test PYTEST_ADDOPTS="--cov=skill --cov-report=term --cov-fail-under=90"

fixtures: .venv/installed-dev ## every spoken fixture
	@$(BIN)/restock fixtures

screenshot: .venv/installed-dev ## make docs/speaker.png anew (needs Chromium and chromedriver)
	@$(BIN)/python -m tests.web.screenshot_speaker

models: .venv/installed-dev ## generate interaction_models/ anew
	@$(BIN)/restock models

lock: ## make the locks anew (needs uv)
	$(LOCK) --extra postgres -o requirements.lock
	$(LOCK) --extra postgres --extra server --extra parquet --extra yaml -o requirements-server.lock
	$(LOCK) --extra postgres --extra server --extra parquet --extra yaml --extra dev -o requirements-dev.lock
	$(LOCK) --extra bench -o benchmarks/requirements.lock

lambda-wheels: .venv/installed-dev ## list the wheels that Lambda will get, after a change of requirements.lock
	@$(BIN)/python .ci/lambda_wheels.py

.venv/installed-bench: benchmarks/requirements.lock | .venv/installed-run
	@$(INSTALL) --no-deps --require-hashes -r benchmarks/requirements.lock
	@touch $@

benchmarks/peers/node_modules: benchmarks/peers/package-lock.json
	@if command -v npm >/dev/null; then cd benchmarks/peers && npm ci --silent && touch node_modules; \
		else echo "no npm: the peers in Node are left out"; fi

bench-setup: .venv/installed-bench benchmarks/peers/node_modules ## install what ours is measured beside

.venv-sam/installed: requirements-sam.lock
	$(PYTHON) -m venv .venv-sam
	.venv-sam/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-sam.lock
	@touch $@

sam-setup: .venv-sam/installed ## an environment of its own for the AWS SAM command line

sam-validate: sam-setup ## check sam-template.yaml offline
	@SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint --template sam-template.yaml --region us-east-1

# Called by `sam build`, which gives ARTIFACTS_DIR.
LAMBDA_PLATFORMS = --platform manylinux2014_x86_64 \
	$(foreach minor,34 33 32 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17,--platform manylinux_2_$(minor)_x86_64)
build-SkillFunction build-WorkerFunction:
	$(PYTHON) -m pip install --quiet --no-compile --no-deps --require-hashes --only-binary :all: \
		--python-version 3.13 --implementation cp --abi cp313 --abi abi3 --abi none $(LAMBDA_PLATFORMS) \
		--target "$(ARTIFACTS_DIR)" -r requirements.lock
	cp -R skill "$(ARTIFACTS_DIR)/skill"

clean: ## remove what was made here, the embedded database included
	rm -rf .venv .venv-sam .aws-sam benchmarks/peers/node_modules var dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
