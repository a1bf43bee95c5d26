#!/bin/sh
# Installs, verifies, repairs or uninstalls Inlay for the user who runs it; see INSTALL.md.
# It only finds a Python, or fetches one, and leaves the rest to install/.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
program=${XDG_DATA_HOME:-$HOME/.local/share}/Inlay/program
uv_version=0.13.5

asks_nothing=
case " $* " in
*' --yes '*) asks_nothing=1 ;;
esac

fail() {
    printf 'inlay-setup: %s\n' "$1" >&2
    exit 1
}

# 3.11 to 3.13, 64 bits, and able to make an environment with pip in it.
suits() {
    "$1" -I -c '
import ensurepip, sys, venv
sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32))
' >/dev/null 2>&1
}

find_python() {
    for name in "${INLAY_PYTHON:-}" "$program"/python/*/bin/python3 \
        python3.13 python3.12 python3.11 python3; do
        if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && suits "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# uv, by Astral, knows where to get a Python that needs no installation.
fetch_python() {
    printf 'No Python from 3.11 to 3.13 was found that can make environments.\n'
    if [ -t 0 ] && [ -z "$asks_nothing" ]; then
        printf 'Fetch one for Inlay alone, about 35 MB, with uv from astral.sh? [Y/n] '
        read -r answer || answer=
        case $answer in
        [nN]*) fail 'install Python 3.12 with its venv module, then run this again.' ;;
        esac
    fi
    mkdir -p "$program"
    uv=$(command -v uv || true)
    if [ -z "$uv" ]; then
        command -v curl >/dev/null 2>&1 || fail 'install curl, or Python 3.12, then run this again.'
        curl --proto '=https' --tlsv1.2 -LsSf "https://astral.sh/uv/$uv_version/install.sh" \
            -o "$program/uv-install.sh" || fail 'uv could not be fetched. Is there a connection?'
        UV_UNMANAGED_INSTALL="$program/uv" sh "$program/uv-install.sh" --quiet
        rm -f "$program/uv-install.sh"
        uv=$program/uv/uv
    fi
    "$uv" python install --quiet --install-dir "$program/python" 3.12 ||
        fail 'no Python could be fetched. Install Python 3.12 yourself, then run this again.'
}

python=$(find_python) || {
    fetch_python
    python=$(find_python) || fail 'the Python that was fetched does not run here.'
}
exec "$python" -I "$here/install" "$@"
