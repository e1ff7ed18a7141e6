#!/bin/sh
# Print a Python that can run Docrunch (3.11 or newer, with venv), or say how to get one.
for name in python3.11 python3.12 python3.13 python3 python3.14 python; do
    command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        "$name" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done
echo "error: Docrunch needs Python 3.11 or newer with the venv module." >&2
echo "  Debian/Ubuntu: apt install python3 python3-venv    Fedora: dnf install python3" >&2
echo "  macOS: brew install python@3.13                    others: https://www.python.org/downloads/" >&2
exit 1
