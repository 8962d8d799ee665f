#!/bin/bash
# One machine, whatever made it: the program built by another compiler, without optimization, goes through the same events to the same state.
# TWINS names the builds to compare with, as COMPILER:OPTIMIZATION; "gcc:-O0 clang:-O2 clang:-O0" for all of them.
set -u
cd "$(dirname "$0")/.." || exit 1
trapeze=${TRAPEZE:-./trapeze} build=${BUILD:-build}
other=clang
${CC:-cc} --version 2>/dev/null | grep -q clang && other=gcc
twins=${TWINS:-$other:-O0}

if [ "$build" != build ]; then
	echo "skip determinism: the plain build is compared ($build is not)"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL BUILD TRAPEZE CC

# life PROGRAM IMAGE OPTION...: a digest of its console, its event stream and its state
life() {
	local program=$1 image=$2
	shift 2
	timeout 400 "$program" boot "$image" --trace "$work/trace.jsonl" --state "$work/state.json" "$@" >"$work/console" 2>/dev/null </dev/null
	case $? in 0 | 4) sha256sum <"$work/trace.jsonl"; sha256sum <"$work/state.json"; sha256sum <"$work/console" ;; *) echo "$program failed" ;; esac
	rm -f "$work"/trace.jsonl "$work"/state.json
}

for twin in $twins; do
	compiler=${twin%%:*} level=${twin#*:}
	name="$compiler $level"
	if ! command -v "$compiler" >/dev/null; then
		echo "skip determinism: $name: there is no $compiler"
		continue
	fi
	place=build-$compiler$level
	if ! make -s BUILD="$place" CC="$compiler" OPT="$level" "$place/trapeze" "$place/fuzz" >"$work/make" 2>&1; then
		echo "not ok determinism: $name: $(grep -m1 -iE 'error|undefined' "$work/make")"
		continue
	fi
	while read -r words; do
		# shellcheck disable=SC2086
		if [ "$(life "$trapeze" $words)" = "$(life "$place/trapeze" $words)" ]; then
			echo "ok determinism: $name: boot $words"
		else
			echo "not ok determinism: $name: boot $words: its life is another one"
		fi
	done <<-END
		scenarios/guests/hello/hello.s --depth 0
		scenarios/guests/hello/hello.s --depth 2
		$build/guests/kite.elf --append selftest --depth 0 --limit 3000000
		$build/guests/kite.elf --append selftest --depth 1 --limit 3000000
		$build/guests/kite.elf --append selftest --depth 1 --clock wall --harts 2 --policy drop-all --limit 1000000
	END
	# The generator is compared too: a seed is the same program everywhere.
	"$build/fuzz" --count 60 --events >"$work/mine"
	"$place/fuzz" --count 60 --events >"$work/its"
	if cmp -s "$work/mine" "$work/its" && [ -s "$work/mine" ]; then
		echo "ok determinism: $name: 60 random programs, bare and under the VMM"
	else
		echo "not ok determinism: $name: random programs: $(diff "$work/mine" "$work/its" | sed -n 2p)"
	fi
done
