# Each target works from a fresh clone: it gets uv where it is missing and installs what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PACK ?= programmes/shijiazhuang-2025
AS_OF ?= 2026-09-30
FIRMS ?= 3000
UV := $(shell command -v uv 2>/dev/null || echo .venv-uv/bin/uv)
RUN := $(UV) run --frozen --all-extras
PYTEST := $(RUN) pytest -n 2 --dist loadfile

.PHONY: help uv install system demo test check bench

help:
	@echo "make demo   演示：生成演示数据、导入、评估、启动网站"
	@echo "make test   全部测试      make check  静态检查      make bench  基准测试"

uv:
	@command -v $(UV) >/dev/null || (python3 -m venv .venv-uv && .venv-uv/bin/pip install --quiet uv)

install: uv
	@$(UV) sync --frozen --all-extras --compile-bytecode --quiet

# Chromium, fonts and PostgreSQL for the tests, where Debian's package manager is at hand.
system:
	@bash scripts/install-system.sh

demo: uv
	@$(UV) sync --frozen --no-dev --inexact --compile-bytecode --quiet
	$(UV) run --frozen --no-dev jiqun demo --pack $(PACK) --firms $(FIRMS) --as-of $(AS_OF)

test: install system
	$(PYTEST) tests
	$(PYTEST) --database=postgresql tests/web

check: install
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	JIQUN_SECRET_KEY=types $(RUN) mypy --config-file src/jiqun/web/mypy.ini -p jiqun.web
	$(RUN) lint-imports
	JIQUN_HOME=$$(mktemp -d) JIQUN_PACK=$(PACK) DJANGO_SETTINGS_MODULE=jiqun.web.config.settings \
		$(RUN) python -m django makemigrations --check --dry-run
	$(RUN) jiqun check $(PACK)

bench: install
	$(RUN) python -m bench.rules
	$(RUN) python -m bench.evaluation
	$(RUN) python -m bench.chain
	$(RUN) --group bench python -m bench.schedule
	$(RUN) python -m bench.schedule_rich
	$(RUN) python -m bench.match
	$(RUN) python -m bench.assign
	$(RUN) --with django-import-export --with "tablib[xlsx]" python -m bench.import
	$(RUN) python -m bench.web
