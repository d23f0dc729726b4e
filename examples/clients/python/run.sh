#!/bin/sh
# a virtual environment of its own, then the program
set -eu
cd "$(dirname "$0")"
venv="${VENV:-.venv}"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
exec "$venv/bin/python" app.py
