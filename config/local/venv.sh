#!/usr/bin/env bash
# Usage: venv.sh PYTHON VENV LOCK. Makes VENV and installs LOCK with hashes, unless that was done already.
set -euo pipefail
python=$1 venv=$2 lock=$3

fail() { echo "$1" >&2; exit 1; }
[ -n "$python" ] || fail "Python 3.11 or newer is needed: install python3 and python3-venv, or set PYTHON=/path/to/python3."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || fail "$python is older than 3.11; set PYTHON=/path/to/a/newer/python3."

stamp() { sha256sum "$1" | cut -c 1-16; }
mark() { echo "$venv/.installed-$(basename "$1" .lock)"; }
current() { [ -x "$venv/bin/python" ] && [ "$(cat "$(mark "$1")" 2>/dev/null)" = "$(stamp "$1")" ]; }

# The development lock holds everything of the other one, in the same versions.
if current "$lock" || { [ "$lock" = requirements.lock ] && current requirements-dev.lock; }; then exit 0; fi
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" || fail "The virtual environment could not be made: install python3-venv."
fi
echo "Installing the packages of $lock …"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check \
    --require-hashes --only-binary :all: -r "$lock"
stamp "$lock" > "$(mark "$lock")"
