# What every scenario begins with: where things are, and how to start a server. To be sourced by bash.
set -euo pipefail

peers=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$peers/places.sh"
site=$peers/site
python=$peers/venv/bin/python
work=$(mktemp -d)
servers=()

finish() {
    if [ ${#servers[@]} -gt 0 ]; then
        kill "${servers[@]}" 2>/dev/null || true
        wait "${servers[@]}" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

# Whether something listens on that port. To ask the kernel leaves nothing in the capture, to connect would.
listening() {
    grep -Eq ":$(printf %04X "$1") 0+:0000 0A" /proc/net/tcp /proc/net/tcp6
}

# serve PORT COMMAND...: starts a server, and returns when it listens.
serve() {
    local port=$1 log=$work/$1.log
    shift
    "$@" >"$log" 2>&1 &
    servers+=($!)
    until listening "$port"; do
        if ! kill -0 "${servers[-1]}" 2>/dev/null; then
            cat "$log" >&2
            echo "$1 ended before it listened on port $port" >&2
            exit 1
        fi
        sleep 0.05
    done
}
