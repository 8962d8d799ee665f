#!/bin/bash
# The README is true: each command of its console blocks is run, and prints what stands below it.
set -u
cd "$(dirname "$0")/.." || exit 1
case ${TRAPEZE:=./trapeze} in /*) ;; *) TRAPEZE=$PWD/$TRAPEZE ;; esac
export TRAPEZE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$PWD/scenarios" "$PWD/labs" "$work/"
mkdir "$work/build" && ln -s "$PWD/${BUILD:-build}/guests" "$work/build/guests"
ln -s "$TRAPEZE" "$work/trapeze"

# console FILE: its commands, each with the output that it claims, as files N.command and N.claim
awk -v work="$work" '/^```console/ { on = 1; next } /^```/ { on = 0 }
	on && /^\$ / { n++; print substr($0, 3) > (work "/" n ".command"); printf "" > (work "/" n ".claim"); next }
	on { print > (work "/" n ".claim") }' README.md

cd "$work" || exit 1
n=1
while [ -f $n.command ]; do
	timeout 120 bash $n.command >$n.out 2>&1 </dev/null
	if cmp -s $n.claim $n.out; then
		echo "ok readme: $(cat $n.command)"
	else
		diff $n.claim $n.out | head -10 | sed 's/^/# /'
		echo "not ok readme: $(cat $n.command): it prints something else"
	fi
	n=$((n + 1))
done
[ $n -gt 5 ] || echo "not ok readme: its console blocks were not found"
