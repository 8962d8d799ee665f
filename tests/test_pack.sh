#!/bin/bash
# make dist and make deb: the same sources give the same tarball, here and in the unpacked tarball itself; a package for Debian names what
# the program needs. `make check-deb` installs the package in a fresh Debian, which takes minutes.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
settings=$(sed -n 's/.*-- //p' <<<"${MAKEFLAGS:-}") # as in `make CC=clang SAN=1 test`
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok pack: $2"; else echo "not ok pack: $2: ${3-}"; fi
}
# shellcheck disable=SC2086  # settings are several words
build() { make --no-print-directory BUILD="$BUILD" $settings "$@" >"$work/log" 2>&1; }

build dist && tarball=$(tail -1 "$work/log") && cp "$tarball" "$work/first.tar.gz"
verdict $? "make dist packs the sources" "$(tail -1 "$work/log")"
touch README.md # a time is no difference
build dist && cmp -s "$tarball" "$work/first.tar.gz"
verdict $? "a second tarball has the same bytes"
tar -C "$work" -xf "$work/first.tar.gz"
unpacked=$(ls -d "$work"/trapeze-*)
(cd "$unpacked" && make --no-print-directory BUILD=build dist >/dev/null 2>"$work/log" && cmp -s build/*.tar.gz "$work/first.tar.gz")
verdict $? "the unpacked tarball packs the same bytes again" "$(tail -1 "$work/log")"
diff <(git ls-files 2>/dev/null | sort) <(tar -tzf "$work/first.tar.gz" | cut -d/ -f2- | sort) >"$work/log"
[ ! -d .git ] && [ ! -f .git ] || [ ! -s "$work/log" ]
verdict $? "the tarball has every file of the repository and no other" "$(head -2 "$work/log" | tr '\n' ' ')"

if command -v dpkg-shlibdeps >/dev/null; then
	build deb && package=$(ls "$BUILD"/trapeze_*.deb | tail -1)
	verdict $? "make deb packs the program" "$(tail -1 "$work/log")"
	cp "$package" "$work/first.deb" && build deb && cmp -s "$package" "$work/first.deb"
	verdict $? "a second package has the same bytes"
	missing=
	for library in libc6 liblua5.4-0 libcjson1 libncursesw6 libfdt1; do
		dpkg-deb -f "$package" Depends | grep -qw -- "$library" || missing="$missing $library"
	done
	[ -z "$missing" ]
	verdict $? "the package names the libraries that the program needs" "not$missing"
	dpkg-deb -x "$package" "$work/unpacked" && "$work/unpacked/usr/bin/trapeze" boot hello --depth 2 >"$work/log" 2>&1 &&
		"$work/unpacked/usr/bin/trapeze" run first-trap --headless >"$work/log" 2>&1
	verdict $? "what it holds runs where it is unpacked" "$(tail -1 "$work/log")"
else
	echo "skip pack: the package for Debian: dpkg-shlibdeps is not here"
fi
