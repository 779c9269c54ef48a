# The two commands: `make demo` shows what hairtint does, `make test` runs every check. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint types package lowest sbom audit reference docs unit web-assets format report report-speed clean

help:
	@echo "make demo    recolour the bundled portrait; result, mask and side-by-side picture land in out/"
	@echo "make test    set up and run every check: lint, types, tests"
	@echo "make docs    build the site into build/site; make package, lowest, sbom, audit, reference: docs/packaging.md"
	@echo "make report  make docs/report.md and docs/networks.md anew (RUNS=run folders whose logs to take in)"
	@echo "make format  put the code into its standard form"

# A copy in the environment, as `pip install .` puts there, gives way to the sources.
COPY := $(wildcard $(VENV)/lib/python3*/site-packages/hairtint/__init__.py)
.PHONY: $(COPY)

# Demo needs the live road only; the training parts are not installed for it.
$(BIN)/hairtint: pyproject.toml constraints.txt $(COPY)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hairtint needs Python 3.11 or newer: make PYTHON=python3.12, say"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.full: pyproject.toml constraints.txt $(BIN)/hairtint
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[video,camera,web,heic,openvino,ray,train,dev]'
	@touch $@

demo: $(BIN)/hairtint
	@mkdir -p out
	$(BIN)/hairtint image examples/eileen-collins.jpg -c copper -o out/eileen-collins-copper.jpg --mask --side-by-side --force

test: lint types package unit

lint: $(VENV)/.full
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.full
	$(BIN)/mypy

# What tests in a browser need: the network's runtime for the page, and axe-core. Where it cannot be had, those tests
# say that they are left out; with CI set, nothing may be.
AXE := tests/web/node_modules/.package-lock.json
web-assets:
	@bash scripts/fetch-web-assets && \
	{ test $(AXE) -nt tests/web/package-lock.json || npm ci --prefix tests/web --no-audit --no-fund --loglevel=error; } \
	|| test -z "$$CI"

# Two runs: PyTorch's threads and those of the other runtimes, Ray and Chromium crashed together in one process.
unit: $(VENV)/.full web-assets
	$(BIN)/python -m pytest $(BESIDE) --ignore=tests/training --ignore=tests/networks
	$(BIN)/python -m pytest $(BESIDE) tests/training tests/networks
BESIDE := --numprocesses auto --maxprocesses 4 --dist loadfile

format: $(VENV)/.full
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The wheel and the sdist, and the wheel used as a stranger would: docs/packaging.md.
package: $(VENV)/.full web-assets
	$(BIN)/python scripts/check-package

lowest: $(VENV)/.full
	@mkdir -p build/lowest
	$(BIN)/python scripts/lower-bounds video camera web > build/lowest/constraints.txt
	$(PYTHON) -m venv --clear build/lowest/venv
	build/lowest/venv/bin/python -m pip install --quiet --constraint build/lowest/constraints.txt --editable '.[video,camera,web]' pytest hypothesis scikit-image
	build/lowest/venv/bin/python -m pytest $(LIVE_ROAD)
LIVE_ROAD := $(addprefix tests/test_,cli_image.py color.py effects.py privacy.py recolor.py runtime.py segmenter.py tinting.py) tests/video/test_video_parts.py tests/live/test_sources.py

# What the release tools need stays out of the project's own environment.
build/tools/.done:
	$(PYTHON) -m venv build/tools
	build/tools/bin/python -m pip install --quiet 'cyclonedx-bom>=7,<8' 'pip-audit>=2.9,<3'
	@touch $@

sbom: package build/tools/.done
	build/tools/bin/cyclonedx-py environment --output-file build/package/hairtint.cdx.json build/package/venv/bin/python

audit: package build/tools/.done
	build/package/venv/bin/python -m pip freeze --exclude hairtint > build/package/requirements.txt
	build/tools/bin/pip-audit --strict --no-deps --disable-pip --requirement build/package/requirements.txt

reference: $(VENV)/.full
	$(BIN)/python scripts/cli-reference
	$(BIN)/python scripts/licences
	$(BIN)/python docs/pictures/roads.py

docs: $(VENV)/.full
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	$(BIN)/mkdocs build --strict

DATA ?= ../shared/data

report: $(VENV)/.full
	$(BIN)/python -m docs.report.make $(RUNS:%=--take %) --data $(DATA) --portraits $(DATA)/portraits-cc0/images

# TFLITE: "--tflite FILE" of MediaPipe's hair segmenter times that as well
report-speed: $(VENV)/.full
	$(BIN)/python -m docs.report.speed --size 256x256 $(TFLITE)
	$(BIN)/python -m docs.report.speed --size 1280x720 $(TFLITE)

clean:
	rm -rf $(VENV) build out
