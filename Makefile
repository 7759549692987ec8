.DEFAULT_GOAL := help
.PHONY: help run test check format pictures lock clean
python := .venv/bin/python
djade := .venv/bin/djade --target-version 5.2
compile := $(python) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --custom-compile-command "make lock"
templates = $(shell find templates -name '*.html')
production := DEBUG= SECRET_KEY= ALLOWED_HOSTS= MEDIA_ROOT= PORT= \
	SITE_URL=https://catalog.example.org DATABASE_URL=sqlite://:memory:

help: ## List these commands
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: ## Start the catalog at http://127.0.0.1:8000 (PORT=9000 make run for another port)
	@bin/setup run
	@exec $(python) manage.py start

test: ## Run all tests (ARGS="-k feed" for some of them)
	@bin/setup test
	@$(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: ## Check code style, formatting, migrations and production settings
	@bin/setup test
	$(python) -m ruff check --output-format concise
	$(python) -m ruff format --check
	$(djade) --check $(templates)
	$(production) $(python) manage.py check --deploy --fail-level WARNING
	$(production) $(python) manage.py makemigrations --check --dry-run

format: ## Format the code and the templates
	@bin/setup test
	$(python) -m ruff check --fix
	$(python) -m ruff format
	$(djade) $(templates) || $(djade) --check $(templates)

pictures: ## Take the README's pictures again from a site with the demo catalog
	@bin/setup test
	@$(python) bin/pictures

lock: ## Update requirements*.txt and package-lock.json (ARGS=--upgrade for newer versions)
	@bin/setup test
	$(compile) $(ARGS) pyproject.toml --output-file requirements.txt
	$(compile) $(ARGS) pyproject.toml --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	npm install --package-lock-only --ignore-scripts

clean: ## Remove installed and generated files, but keep the catalog's data in var/ and media/
	rm -rf .venv node_modules var/static .pytest_cache .ruff_cache .hypothesis test-results
