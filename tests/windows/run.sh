#!/usr/bin/env bash
# usage: run.sh         from the root of the checkout; `make test-windows` calls it
#
# Sets up what is missing (setup.sh), cross-builds the workspace for x86_64-pc-windows-gnu, and runs under Wine: the core's unit
# tests, its tests on a named pipe, and the Node addon in node.exe. Builds the wheel. Everything lies in target/windows.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
FOLDER=$ROOT/target/windows
TARGET=x86_64-pc-windows-gnu
PACKAGE=$FOLDER/package
cd "$ROOT"

say() { printf 'windows: %s\n' "$*" >&2; }

tests/windows/setup.sh "$FOLDER"
. "$FOLDER/env.sh"
trap 'wineserver -k || true' EXIT

# Wine reads a terminal's input when it has one.
exec </dev/null

# The compiled JavaScript, and the addon under the name by which node/native.cjs looks for it.
node_package() {
	say 'building the Node package'
	cargo build --locked --package dockline-node --target "$TARGET"
	rm -rf "$PACKAGE"
	mkdir -p "$PACKAGE/node"
	cp package.json "$PACKAGE/"
	cp node/native.cjs "$PACKAGE/node/"
	node_modules/.bin/tsc -p node/tsconfig.json --outDir "$PACKAGE/node/dist"
	cp "$CARGO_TARGET_DIR/$TARGET/debug/dockline_node.dll" "$PACKAGE/node/dockline.win32-x64.node"
}

wheel() {
	say 'building the wheel'
	rm -rf "$FOLDER/wheels"
	VIRTUAL_ENV=$ROOT/.venv .venv/bin/maturin build --locked --quiet --target "$TARGET" --out "$FOLDER/wheels"
	.venv/bin/python tests/windows/wheel.py "$FOLDER"/wheels/*.whl
}

say 'the core under Wine'
cargo test --locked --package dockline --lib --test it --target "$TARGET"

node_package
say 'node.exe on a named pipe'
export DOCKLINE_NODE_EXE="Z:$NODE_EXE" DOCKLINE_NODE_SCRIPT="Z:$ROOT/tests/windows/node.cjs"
export DOCKLINE_NODE_LOG="$FOLDER/node.log"
cargo test --locked --quiet --package dockline --test it --target "$TARGET" -- --ignored --exact windows::node
cat "$FOLDER/node.log"

wheel
say 'all passed'
