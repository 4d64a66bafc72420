#!/usr/bin/env bash
# Makes .venv with everything EchoLab needs. Run again, it answers at once: a stamp holds the hash of what was installed.
# usage: scripts/setup.sh [--dev]
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
stamp=.venv/.echolab-setup
wanted=(requirements.txt pyproject.toml scripts/setup.sh scripts/install_detectron2.py)
[ "${1:-}" = --dev ] && wanted+=(requirements-dev.txt) && stamp=.venv/.echolab-setup-dev
# The checkout's place is part of the hash: a virtual environment does not survive being moved.
state=$( { pwd; cat "${wanted[@]}"; } | (sha256sum 2>/dev/null || shasum -a 256) | cut -c1-64)

if [ -x .venv/bin/echolab ] && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then
  exit 0
fi

"$python" - <<'EOF' || { echo "EchoLab needs Python 3.11 or newer: set PYTHON=/path/to/python3.11" >&2; exit 2; }
import sys
sys.exit(0 if sys.version_info >= (3, 11) else 1)
EOF

echo "Setting up .venv (first time: about 5 GB of packages, some minutes) ..."
[ -x .venv/bin/python ] && [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)' 2>/dev/null)" = "$PWD/.venv" ] \
  || "$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
.venv/bin/python scripts/install_detectron2.py
if [ "${1:-}" = --dev ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
echo "Compiling the virtual heart ..."
.venv/bin/python -m core.phantom.warm
echo "$state" > "$stamp"
echo "Ready: .venv/bin/echolab"
