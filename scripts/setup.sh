# Sourced by the other scripts: a virtual environment with exactly what a lock file names.
# shellcheck shell=bash

# The newest Python that every locked package has wheels for comes first.
find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "quotemark needs Python 3.11 or newer, and none was found on the PATH." >&2
    return 1
}

# setup FOLDER LOCK: the environment in FOLDER, made anew only when the lock or pyproject changed.
setup() {
    local folder=$1 lock=$2 python stamp
    python=$(find_python)
    stamp=$(cat "$lock" pyproject.toml | "$python" -c \
        'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    if [[ "$(cat "$folder/stamp" 2>/dev/null || true)" == "$stamp" ]]; then
        return
    fi
    echo "Installing into $folder (first run only) …" >&2
    rm -rf "$folder"
    "$python" -m venv "$folder" || {
        echo "Python's venv module does not work; on Debian and Ubuntu: apt install python3-venv" >&2
        return 1
    }
    # An old pip would else run each setup.py by itself, with what that fetches anew.
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --use-pep517 --require-hashes --requirement "$lock" >&2
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-deps --no-build-isolation --editable . >&2
    echo "$stamp" >"$folder/stamp"
}
