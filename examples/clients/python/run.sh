#!/bin/sh
# a virtual environment of its own, outside this folder, then the program
set -eu
cd "$(dirname "$0")"
venv="${VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/single-entry-sample-app}"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
exec "$venv/bin/python" app.py
