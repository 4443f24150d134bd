#!/bin/sh
# Copies the store's missing files into $OLLAMA_MODELS: blobs before manifests, each written aside and renamed, so that a kill at
# any point leaves a store that Ollama can read and that the next run completes. Removes nothing: other models stay.
set -eu
from=${MODELS_FROM:-/models}
to=${OLLAMA_MODELS:?OLLAMA_MODELS names the volume to fill}
[ "$from" != "$to" ] || { echo "the store and its copy are both $to: mount the volume elsewhere" >&2; exit 1; }
copied=0 kept=0

size() { stat -c %s "$1"; }

copy() {
  source=$1 target="$to/${1#"$from"/}"
  if [ -f "$target" ] && [ "$(size "$target")" = "$(size "$source")" ] && { [ "$2" = blob ] || cmp -s "$source" "$target"; }; then
    kept=$((kept + 1)); return
  fi
  mkdir -p "$(dirname "$target")"
  cp "$source" "$target.part-$$"
  chmod 0644 "$target.part-$$"
  sync "$target.part-$$" 2>/dev/null || true
  mv -f "$target.part-$$" "$target"
  copied=$((copied + 1))
}

mkdir -p "$to/blobs" "$to/manifests"
find "$to" -name '*.part-*' -type f -exec rm -f {} +
for file in "$from"/blobs/*; do copy "$file" blob; done
find "$from/manifests" -type f | sort > "$to/.copy-list-$$"
while read -r file; do copy "$file" manifest; done < "$to/.copy-list-$$"
rm -f "$to/.copy-list-$$"
echo "models: $copied copied, $kept already there"
