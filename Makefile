# Everything runs in .venv, installed from requirements.lock; needs Python 3.11+, pip and make.
PYTHON ?= python3
ROUND ?= 2018-10
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help report test test-scale check bench refresh lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

report: $(STAMP) ## build output/$(ROUND)/report.html and report.pdf
	$(BIN)/escp run $(ROUND)

test: $(STAMP) ## run every check: format, lint, types, tests, notebooks against their outputs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --nbval --nbval-current-env

test-scale: $(STAMP) ## test the readers with the scale extra, kept apart from what the rest uses
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --upgrade --target build/scale -r requirements-scale.lock
	PYTHONPATH=build/scale $(BIN)/python -c "import pyarrow"
	PYTHONPATH=build/scale $(BIN)/pytest --quiet tests/test_csv_parsing.py tests/test_formats_samples.py \
	  tests/test_formats_broken.py tests/test_loaders.py tests/test_broken_exports.py

check: $(STAMP) ## check the round's input without running a chapter
	$(BIN)/escp check $(ROUND)

bench: $(STAMP) ## time the runner next to what it is built on; takes a quarter of an hour
	$(BIN)/python benchmarks/runner.py

refresh: $(STAMP) ## run the chapters in place, so that their stored outputs are today's
	$(BIN)/jupyter nbconvert --log-level WARN --execute --inplace \
	  --ExecutePreprocessor.record_timing=False notebooks/*.ipynb

# Without ensurepip (Debian's bare python3), the venv is made empty and pip installs into it.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	  $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

lock: ## pin every dependency anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra dev \
	  --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
	  -o requirements.lock pyproject.toml
	grep -oE 'pyarrow[^"]*' pyproject.toml | head -n 1 | uv pip compile --quiet --universal \
	  --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" -o requirements-scale.lock -

clean: ## remove the virtual environment and everything built
	rm -rf $(VENV) output build *.egg-info
