#!/usr/bin/env bash
# Prints a directory with the project's Node on it, bringing Node into the cache first where it is missing.
# Usage: export PATH="$(hack/bootstrap.sh):$PATH"
#        hack/bootstrap.sh 22.19.0     another version, for what must be the same on both
# Asks for no Node of its own beyond an npm that can install a package; everything else in hack/ runs on the Node this brings.
set -euo pipefail

node_version=${1:-$(cat "$(dirname "${BASH_SOURCE[0]}")/../.node-version")}
cache="${LUNA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/luna}"
home="$cache/node/$node_version"
bin="$home/node_modules/node/bin"

is_right() { [ -x "$1/node" ] && [ "$("$1/node" --version 2>/dev/null)" = "v$node_version" ]; }

if is_right "$bin"; then echo "$bin"; exit 0; fi
if current=$(command -v node) && is_right "$(dirname "$current")"; then dirname "$current"; exit 0; fi
if ! command -v npm >/dev/null; then
  echo "Luna needs npm once, to fetch Node $node_version: install any Node.js (apt-get install nodejs npm) and try again." >&2
  exit 1
fi

echo "bringing Node $node_version into $cache (about 20 s, once)" >&2
mkdir -p "$cache/node"
exec 9>"$cache/node/.lock"
flock 9
if ! is_right "$bin"; then
  fresh=$(mktemp -d "$cache/node/.new-XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  npm install --prefix "$fresh" --no-save --no-package-lock --no-fund --no-audit --ignore-scripts=false "node@$node_version" >&2
  rm -rf "$home"
  mv "$fresh" "$home"
fi
is_right "$bin" || { echo "Node $node_version did not arrive in $bin; remove $cache/node and try again." >&2; exit 1; }
echo "$bin"
