# froth: two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= out/sample

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check format benchmark model clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# pip before 24 takes lxml[html_clean] and lxml[html-clean] for two things and fails.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$@ -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'

$(VENV)/run.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/dev.installed: $(VENV)/run.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: $(VENV)/run.installed ## Create .venv and install froth into it

run: install ## Score corpora/sample beside corpora/market; prints where trend.csv and report.html are
	$(BIN)/froth run corpora/sample --market corpora/market --freq M -o $(OUT)

test: $(VENV)/dev.installed ## Run the tests (the slow ones: make test MARK=)
	$(BIN)/python -m pytest -q -m '$(MARK)'

MARK ?= not slow

format: $(VENV)/dev.installed ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/dev.installed ## Format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

$(VENV)/benchmark.installed: $(VENV)/dev.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[benchmark]'
	@touch $@

benchmark: $(VENV)/benchmark.installed ## Measure speed and memory beside other ways (ARTICLES=FILE: of your articles)
	$(BIN)/python -m scripts.benchmark $(if $(ARTICLES),--articles $(ARTICLES))

# A model by the present recipe, from the development data: minutes on a GPU beside many cores, a day on two cores.
# TOKENS of masked texts after distillation gained nothing so far, and need the GPU.
# Each step is kept until out/model is deleted; a training that was stopped goes on.
SHARED ?= ../shared
MODEL  := out/model
TOKENS ?= 0
SEEDS  ?= 1 2 3 4
IN_PLACES := placed_zh placed_en reworded_zh reworded_en
WRITTEN := corpora/labels/written_zh.jsonl corpora/labels/written_en.jsonl $(MODEL)/passages.jsonl \
    $(foreach table,$(IN_PLACES),$(MODEL)/$(table).jsonl)
FIT    := $(BIN)/froth train $(MODEL)/kept.jsonl $(WRITTEN) --held-out $(MODEL)/held.jsonl --batch-tokens 16384 --learning-rate 4e-4

$(VENV)/build.installed: $(VENV)/dev.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[build]'
	@touch $@

$(MODEL)/start/vectors.safetensors: | $(VENV)/build.installed
	$(BIN)/python -m scripts.start_encoder --shared $(SHARED) -o $(MODEL)/start

$(MODEL)/encoder/config.json: $(MODEL)/start/vectors.safetensors
	$(BIN)/python -m scripts.pretrain --shared $(SHARED) --start $(MODEL)/start --n-pairs 25600 --batch-pairs 128 \
	    --n-tokens $(TOKENS) -o $(MODEL)/encoder

ALL_FOUND = @test $$(wc -l < $@) -eq $$(($$(wc -l < $<) - 1)) || { echo 'texts are missing: see failed above'; exit 1; }

$(MODEL)/judged.jsonl: corpora/labels/judged.csv | $(VENV)/build.installed
	$(BIN)/python scripts/restore_labels.py $< --texts $(SHARED)/text -o $@
	$(ALL_FOUND)

$(MODEL)/paragraphs.jsonl: corpora/labels/judged_paragraphs.csv | $(VENV)/build.installed
	$(BIN)/python -m scripts.write_paragraphs --shared $(SHARED) -o $(MODEL)/paragraphs
	$(BIN)/python scripts/restore_labels.py $< --texts $(MODEL)/paragraphs -o $@
	$(ALL_FOUND)

$(MODEL)/passages.jsonl: corpora/labels/passages_zh.csv corpora/labels/passages_en.csv | $(VENV)/build.installed
	$(BIN)/python scripts/unfold_passages.py $^ -o $@

$(foreach table,$(IN_PLACES),$(MODEL)/$(table).jsonl): $(MODEL)/%.jsonl: corpora/labels/%.csv | $(VENV)/build.installed
	$(BIN)/python scripts/restore_labels.py $< --texts $(SHARED)/text -o $@
	$(ALL_FOUND)

$(MODEL)/kept.jsonl $(MODEL)/held.jsonl &: $(MODEL)/judged.jsonl $(MODEL)/paragraphs.jsonl
	$(BIN)/python scripts/hold_out.py $(SHARED)/labelled/train.jsonl $^ --kept $(MODEL)/kept.jsonl --held-out $(MODEL)/held.jsonl

.PRECIOUS: $(MODEL)/seed%/froth.json
$(MODEL)/seed%/froth.json: $(MODEL)/encoder/config.json $(MODEL)/kept.jsonl $(MODEL)/held.jsonl $(WRITTEN)
	$(FIT) --base $(MODEL)/encoder --epochs 3 --seed $* -o $(@D)

model: $(foreach seed,$(SEEDS),$(MODEL)/seed$(seed)/froth.json) ## Make models by the present recipe in out/model (needs ../shared; a GPU)

clean: ## Remove the environment and outputs
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache
