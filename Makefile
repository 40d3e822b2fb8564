# One command each; what they do is in Python. `make demo` shows the whole system at work.
# Needed before: Python 3.11 or newer. Everything else comes with the first command.

UV := .tools/bin/uv
UV_WHEEL := uv==0.13.9
SYNCED := .venv/.synced
PYTHON ?= python3
OTHER_TESTS := --ignore=tests/unit --ignore=tests/contract --ignore=tests/architecture
LINTS := types fences style
PROFILE := check
WHOLE := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
export UV_PYTHON_DOWNLOADS := never
# Without bytecode on disk every process of every run compiles all libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check unit architecture contract $(LINTS) e2e bench faults up down
.DELETE_ON_ERROR:

demo: $(SYNCED)
	@.venv/bin/alongside demo

up down: $(SYNCED)
	@.venv/bin/alongside $@

# Three at a time, the long ones first; what each of them says stays together.
check: $(SYNCED)
	@$(MAKE) --no-print-directory -kj3 $(WHOLE) PROFILE=$(PROFILE) unit architecture contract $(LINTS)

unit architecture contract: $(SYNCED)
	HYPOTHESIS_PROFILE=$(PROFILE) .venv/bin/pytest -q tests/$@

style: $(SYNCED)
	.venv/bin/ruff format --check . && .venv/bin/ruff check .

types: $(SYNCED)
	.venv/bin/mypy

fences: $(SYNCED)
	.venv/bin/lint-imports

# Its checks draw five times the examples for every property.
test: PROFILE := thorough
test: check
	.venv/bin/pytest -q tests $(OTHER_TESTS)

e2e: $(SYNCED)
	.venv/bin/pytest -q tests/e2e

bench: $(SYNCED)
	.venv/bin/python -m tests.bench

# Long runs, then the single stories of things that fail closed.
faults: $(SYNCED)
	.venv/bin/python -m tests.faults
	.venv/bin/pytest -v -m story tests

$(SYNCED): pyproject.toml uv.lock | $(UV)
	@echo "Installing the Python libraries into .venv (once; a minute or two) …"
	@$(UV) sync --frozen --quiet
	@touch $@

# The second way serves a Python without its venv module; pip alone is enough for it.
$(UV):
	@echo "Installing uv into .tools (once) …"; $(PYTHON) -m venv .tools && .tools/bin/pip install -q $(UV_WHEEL) || \
	{ rm -rf .tools; $(PYTHON) -m pip install -q --target .tools $(UV_WHEEL); } || \
	{ rm -rf .tools; echo "Needed once: sudo apt-get install python3-venv"; exit 1; }
