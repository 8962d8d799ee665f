#!/bin/bash
# What `make install` puts somewhere works from there, wherever one stands.
set -u
export BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok install: $2"; else echo "not ok install: $2: ${3-}"; fi
}

make -s install DESTDIR="$work/stage" PREFIX=/opt/it TRAPEZE="${TRAPEZE:-./trapeze}" >"$work/log" 2>&1
verdict $? "make install copies under DESTDIR and PREFIX" "$(tail -1 "$work/log")"
mv "$work/stage/opt/it" "$work/moved" # found relative to the program, so it may be moved
trapeze=$work/moved/bin/trapeze
cd / || exit 1
"$trapeze" run first-trap --headless >"$work/out" 2>&1 </dev/null
verdict $? "a scenario is found by its name, and its guest too" "$(tail -1 "$work/out")"
"$trapeze" grade --list | grep -q 00-trap-anatomy
verdict $? "the labs are found"
"$trapeze" grade 00-trap-anatomy --submission "$work/moved/share/trapeze/labs/00-trap-anatomy/solution" >"$work/out" 2>&1
verdict $? "a lab grades" "$(tail -1 "$work/out")"
[ "$("$trapeze" boot "$work/moved/share/trapeze/guests/hello.elf" </dev/null | wc -l)" = 4 ]
verdict $? "a guest boots"
