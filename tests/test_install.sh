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

settings=$(sed -n 's/.*-- //p' <<<"${MAKEFLAGS:-}") # as in `make CC=clang SAN=1 test`
unset MAKEFLAGS MFLAGS MAKELEVEL
# shellcheck disable=SC2086  # settings are several words
check "everything is put below DESTDIR and PREFIX" make $settings install DESTDIR="$root/stage" PREFIX=/opt
mv "$root/stage/opt" "$root/moved"
here=$PWD
cd "$root" || exit 1
check "a scenario and its guest are found" moved/bin/trapeze run first-trap --headless
check "a lab is found" moved/bin/trapeze grade 00-trap-anatomy --seed 1 --submission "$here/labs/00-trap-anatomy/solution"
check "a nested guest finds its VMM" moved/bin/trapeze boot moved/share/trapeze/guests/hello.elf --depth 2
check "the manual page and the completions are there" ls moved/share/man/man1/trapeze.1 \
	moved/share/bash-completion/completions/trapeze moved/share/zsh/site-functions/_trapeze
check "what shows a lab's answers is not installed" test -z "$(find moved/share/trapeze/labs -name 'solution*' -o -name right -o -name 'wrong*' -o -name expected.txt -o -name checks.txt)"
cd "$here" || exit 1
mkdir "$root/stage/opt" && mv "$root/moved"/* "$root/stage/opt"
make uninstall DESTDIR="$root/stage" PREFIX=/opt >/dev/null
check "uninstall removes every file again" test -z "$(find "$root/stage" -type f)"
