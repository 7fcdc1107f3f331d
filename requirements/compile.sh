#!/bin/sh
# Writes the hash-pinned lists again from pyproject.toml (needs `uv`).
# production.txt: the image; run.txt: the demo's packages as well; dev.txt: the tools of tests and checks as well.
set -eu
cd "$(dirname "$0")/.."
options="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet"
uv pip compile $options --extra demo -o requirements/run.txt pyproject.toml
uv pip compile $options -c requirements/run.txt -o requirements/production.txt pyproject.toml
uv pip compile $options --extra demo --extra dev -c requirements/run.txt -o requirements/dev.txt pyproject.toml
