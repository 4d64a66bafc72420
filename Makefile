# Two commands: `make run` serves the app, `make test` runs all tests. Both set up what they need.
.PHONY: run test check setup setup-dev lock bench screenshot

run: setup
	.venv/bin/echolab app

test: setup-dev
	bash scripts/system_packages.sh
	.venv/bin/python -m pytest

check: setup-dev
	bash scripts/system_packages.sh
	bash scripts/check

setup:
	bash scripts/setup.sh

setup-dev: setup
	bash scripts/setup.sh --dev

bench: setup
	.venv/bin/echolab bench

# Resolves requirements.in for all platforms; run after editing it.
lock: setup-dev
	.venv/bin/python -m uv pip compile -q --universal --python-version 3.11 --no-annotate requirements.in -o requirements.txt
	.venv/bin/python -m uv pip compile -q --universal --python-version 3.11 --no-annotate requirements-dev.in -o requirements-dev.txt
