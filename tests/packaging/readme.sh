#!/usr/bin/env bash
# readme.sh COMPILER FLAGS...: the README's program is examples/first/main.cpp, compiles, and
# prints what the README says it prints.
set -eu
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
block() { awk -v want="$1" '/^```/ { on = ($0 == "```" want); next } on' "$top/README.md"; }
block cpp > "$work/readme.cpp"
block text > "$work/expected"
diff -u "$top/examples/first/main.cpp" "$work/readme.cpp"
"$@" -std=c++20 -O0 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror \
    "$work/readme.cpp" -o "$work/readme"
"$work/readme" > "$work/printed"
diff -u "$work/expected" "$work/printed"
echo "the README's program prints what the README says"
