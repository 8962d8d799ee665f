#!/bin/bash
# scenarios/guests/README.md is true: the kernel in C that it shows is built by the command that it shows, and prints
# what it says, bare and under a VMM.
set -u
cd "$(dirname "$0")/.." || exit 1
case ${TRAPEZE:=./trapeze} in /*) ;; *) TRAPEZE=$PWD/$TRAPEZE ;; esac
readme=$PWD/scenarios/guests/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$PWD/scenarios" "$work/scenarios"
ln -s "$TRAPEZE" "$work/trapeze"
cd "$work" || exit 1

# The C block becomes mine.c. Each command of the console block, of one line or of several that end in a backslash,
# becomes N.command, and what stands below it N.claim.
awk '/^```c$/ { on = 1; next } /^```/ { on = 0 } on' "$readme" >mine.c
awk '/^```console/ { on = 1; next } /^```/ { on = 0 }
	on && (/^\$ / || more) { if (!more) n++; sub(/^\$ /, ""); print > (n ".command"); printf "" > (n ".claim")
		more = /\\$/; next }
	on { print > (n ".claim") }' "$readme"

n=1
while [ -f $n.command ]; do
	timeout 400 bash $n.command >$n.out 2>&1 </dev/null
	if cmp -s $n.claim $n.out; then
		echo "ok guest readme: $(head -1 $n.command)"
	else
		diff $n.claim $n.out | head -10 | sed 's/^/# /'
		echo "not ok guest readme: $(head -1 $n.command): it prints something else"
	fi
	n=$((n + 1))
done
[ $n -gt 3 ] || echo "not ok guest readme: its console block was not found"
