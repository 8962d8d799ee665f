#!/bin/bash
# make install: the program finds its scenarios, guests and labs from wherever it was put, and from whatever folder it is called.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build} TRAPEZE=${TRAPEZE:-./trapeze}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

check() { # check NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$root/log" 2>&1; then echo "ok install: $name"; else echo "not ok install: $name: $(tail -1 "$root/log")"; fi
}

unset MAKEFLAGS MFLAGS MAKELEVEL
check "everything is put below DESTDIR and PREFIX" make install DESTDIR="$root/stage" PREFIX=/opt
mv "$root/stage/opt" "$root/moved"
here=$PWD
cd "$root" || exit 1
check "a scenario and its guest are found" moved/bin/trapeze run first-trap --headless
check "a lab is found" moved/bin/trapeze grade 00-trap-anatomy --seed 1 --submission "$here/labs/00-trap-anatomy/solution"
check "a nested guest finds its VMM" moved/bin/trapeze boot moved/share/trapeze/guests/hello.elf --depth 2
check "the solutions stay at home" test ! -e moved/share/trapeze/labs/00-trap-anatomy/solution
cd "$here" || exit 1
mkdir "$root/stage/opt" && mv "$root/moved"/* "$root/stage/opt"
make uninstall DESTDIR="$root/stage" PREFIX=/opt >/dev/null
check "uninstall removes every file again" test -z "$(find "$root/stage" -type f)"
