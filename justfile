# What must hold before a change lands, part by part; `.ci/run` runs all of them. `pip install rust-just` brings `just`,
# and so does `.ci/setup`, as .venv/bin/just.

set positional-arguments

[private]
parts:
    @{{just_executable()}} --list --unsorted

# Make .venv by the lock: the product to be edited, and all that the tests need
setup:
    .ci/setup

# Style
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .

# Types
types:
    .venv/bin/mypy

# The direction of imports
imports:
    .venv/bin/lint-imports

# README's first command, on a copy where nothing was made yet
answer:
    .ci/answer

# A wheel in an empty environment, outside the checkout
wheel:
    .ci/wheel

# Install the browser and the programs that tests drive the product with
clients:
    .ci/clients

# README's second command: all tests; arguments go to pytest
test *arguments:
    bash -euo pipefail -c "$(.ci/readme 2)"' "$@"' pytest "$@"

# All tests, and which lines and branches they went through; half as long again
coverage *arguments:
    .venv/bin/pytest -n auto --dist loadfile --cov --cov-report=term:skip-covered "$@"

# The floor under what the corpus' and the index's own quick tests go through (91 % of lines and branches on 1 December 2026)
floor:
    .venv/bin/pytest -n auto --dist loadfile -m "not slow" --cov=corpus --cov=index --cov-report= --cov-fail-under=90 tests/corpus tests/index

# All tests on Python 3.11, 3.12 and 3.13, where they are here; arguments go to pytest
pythons *arguments:
    .ci/pythons "$@"

# All tests on the newest and on the lowest releases that pyproject.toml allows (needs uv); arguments go to pytest
newest *arguments:
    .ci/newest "$@"

# Build the container image and try it (needs root, buildah and mmdebstrap)
image:
    .ci/image

# The tests as they run beyond the date line, in the C locale, half a year from now
elsewhere *arguments:
    .ci/elsewhere "$@"

# Put style right
fix:
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .
