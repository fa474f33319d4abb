# Every target makes .venv and installs what it needs by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest
# A file stays in one process: its tests share a playground. One more than cores (see tests/conftest.py),
# at most four: each has a Chromium.
ON_ALL_CORES := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run cluster test test-browsers test-cluster test-lowest coverage check bench assets wire clean

INTERFACE := components/interface
WIRE := $(INTERFACE)/browser/server/wire.d.ts
# Node comes with the Python packages; the checker of the scripts' types runs on it.
NODE := $(VENV)/node
NODE_PACKAGES := typescript@~7.0 json-schema-to-typescript@~15.0
ON_NODE := NODE_NO_WARNINGS=1 PATH="$(abspath $(BIN)):$$PATH"
# Left out: what knows neither closures that change a variable, nor a channel that has no origin, nor an
# object that lives by its listeners; and where a function stands is ours to choose.
LINT := --deny correctness --deny suspicious --allow eslint/no-unmodified-loop-condition --allow eslint/no-new \
	--allow unicorn/require-post-message-target-origin --allow unicorn/consistent-function-scoping
WIRE_TYPES := $(BIN)/python -m components.interface.web.wire_schema | $(ON_NODE) \
	$(NODE)/node_modules/.bin/json2ts --unreachableDefinitions --no-additionalProperties \
	--bannerComment "/** Made by \`make wire\` from the messages of the routes. */"

run: $(VENV)/run.stamp
	$(BIN)/python app.py

# All that several machines would run, on this one: its S3 server keeps nothing after a stop.
cluster: $(VENV)/dev.stamp $(VENV)/nginx.stamp
	$(BIN)/python -m tests.processes.cluster

test: $(VENV)/dev.stamp $(VENV)/browser.stamp
	$(BIN)/python -m pytest $(ON_ALL_CORES)

# Walks through the page in Firefox and in WebKit; what was seen is kept as pictures.
test-browsers: $(VENV)/dev.stamp $(VENV)/browsers.stamp
	$(BIN)/python -m pytest -m browsers --basetemp=$(VENV)/walk tests/browsers

# What several machines share: PostgreSQL, an object store and nginx, which the tests start.
test-cluster: $(VENV)/dev.stamp $(VENV)/browser.stamp $(VENV)/nginx.stamp
	$(BIN)/python -m pytest -m cluster $(ON_ALL_CORES)

# Proves every lower bound of the requirements. The page is drawn by gradio, whose bound is exact, and
# by the browser: tests in Chromium would prove nothing more.
test-lowest: $(LOWEST)/dev.stamp
	$(LOWEST)/bin/python -m pytest $(ON_ALL_CORES) \
		tests/test_architecture.py tests/unit tests/contract

# The folder is open to all: some tests start a playground as a user who owns nothing.
coverage: $(VENV)/dev.stamp $(VENV)/browser.stamp
	folder=$$(mktemp -d); chmod 1777 $$folder; export COVERAGE_FILE=$$folder/data; \
		$(BIN)/python -m coverage run -m pytest $(ON_ALL_CORES); ended=$$?; \
		$(BIN)/python -m coverage combine --quiet; $(BIN)/python -m coverage report; \
		rm -r $$folder; exit $$ended

check: $(VENV)/dev.stamp $(NODE)/packages.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/oxlint $(LINT) $(INTERFACE)
	$(ON_NODE) $(NODE)/node_modules/.bin/tsc -p $(INTERFACE)
	$(WIRE_TYPES) | diff - $(WIRE)
	$(BIN)/python -m pytest tests/test_architecture.py

# The types of what the page and its server exchange, for the scripts.
wire: $(NODE)/packages.stamp
	$(WIRE_TYPES) > $(WIRE)

bench: $(VENV)/dev.stamp $(VENV)/browser.stamp
	$(BIN)/python -m tests.bench

assets: $(VENV)/dev.stamp $(VENV)/browser.stamp
	$(BIN)/python assets/sources/draw.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements.txt requirements-cluster.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@ $(VENV)/run.stamp

$(NODE)/packages.stamp: $(VENV)/dev.stamp
	$(ON_NODE) npm install --silent --no-fund --no-audit --prefix $(NODE) $(NODE_PACKAGES)
	touch $@

# Made anew each time the requirements change: what was resolved before would stay otherwise.
$(LOWEST)/dev.stamp: $(VENV)/dev.stamp
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip install --quiet --python $(LOWEST) --resolution lowest-direct \
		-r requirements-dev.txt
	touch $@

# Debian's Chromium when we may install packages, Playwright's own elsewhere, an installed one first.
$(VENV)/browser.stamp: $(VENV)/dev.stamp
	if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && apt-get install -y -q --no-install-recommends chromium; \
	else $(BIN)/python -m playwright install chromium; fi
	touch $@

$(VENV)/nginx.stamp: $(VENV)/dev.stamp
	if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && apt-get install -y -q --no-install-recommends nginx-light; \
	else echo "nginx is missing, and only root may install it. On Debian: apt-get install nginx-light"; \
		exit 1; fi
	touch $@

# Both browsers, what decodes clips for them, and a display for the one that cannot do without.
BROWSERS := firefox-esr webkit2gtk-driver xvfb gstreamer1.0-libav gstreamer1.0-gl libgl1-mesa-dri
$(VENV)/browsers.stamp: $(VENV)/dev.stamp
	if { command -v firefox-esr || command -v firefox; } >/dev/null \
		&& command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && apt-get install -y -q --no-install-recommends $(BROWSERS); \
	else echo "Firefox, WebKitWebDriver or Xvfb is missing, and only root may install them." \
		"On Debian: apt-get install $(BROWSERS)"; exit 1; fi
	touch $@

clean:
	rm -rf $(VENV) $(LOWEST) .mypy_cache .ruff_cache .pytest_cache .hypothesis
