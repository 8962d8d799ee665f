#!/bin/bash
# What depends on a header is built again when the header changes, and nothing else is: for objects of the host, of the tests and of the
# guests, and for tools. What make would do is compared with what the compiler says when it is asked afresh (-MM).
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
settings=$(sed -n 's/.*-- //p' <<<"${MAKEFLAGS:-}") # as in `make CC=clang SAN=1 test`
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok build: $2"; else echo "not ok build: $2: ${3-}"; fi
}
# shellcheck disable=SC2086  # settings are several words
try() { make --no-print-directory BUILD="$BUILD" $settings "$@" all unit "$BUILD/hostile" "$BUILD/fuzz" "$BUILD/bench" \
	"$BUILD/tests/vmm/run" "$BUILD/tests/qemu/pack"; }

try >/dev/null 2>&1
verdict $? "everything builds"
try -q >/dev/null 2>&1
verdict $? "nothing is left to build after a build" "$(try -n 2>&1 | head -2 | cut -c1-200)"

# ---- the compiler's word: "object: source header ...", a line each
try -nB >"$work/all" 2>/dev/null
grep -E ' -c -o [^ ]+\.o [^ ]+\.[cS]$' "$work/all" |
	sed -E "s/ -MMD -MP//; s/ -c -o ([^ ]+) ([^ ]+)$/ -MM -MT \1 \2/" >"$work/commands"
xargs -P 2 -d '\n' -n 1 bash -c <"$work/commands" 2>"$work/errors" |
	awk '{ more = sub(/\\$/, ""); printf "%s", $0; if (!more) print "" }' | sort >"$work/compiler"
[ "$(wc -l <"$work/compiler")" -eq "$(wc -l <"$work/commands")" ] && [ "$(wc -l <"$work/commands")" -gt 200 ] && [ ! -s "$work/errors" ]
verdict $? "the compiler is asked about every object" "$(wc -l <"$work/compiler") of $(wc -l <"$work/commands"), $(head -1 "$work/errors")"

# ---- make's word: its rules, as it prints them, without order-only prerequisites
try -np 2>/dev/null | grep -E '^[A-Za-z0-9_./-]+: [^=]' | sed 's/ |.*//' | sort -u >"$work/rules"

# Each header with the objects that depend on it, in both views. Whatever is made from a header takes its place: a table that a
# tool writes stands for what the tool was made of.
headers=$(find isa sim hypervisor scenarios ui tests -name '*.h' -o -name '*.def' | sort)
cat >"$work/reverse.awk" <<'END'
	{ target = substr($1, 1, length($1) - 1); if (target ~ /\.o$/) object[target] = 1
		for (i = 2; i <= NF; i++) { sub(/^\.\//, "", $i); above[$i] = above[$i] " " target } }
	function climb(name, seen,    list, n, i) {
		n = split(above[name], list, " ")
		for (i = 1; i <= n; i++) if (!(list[i] in seen)) { seen[list[i]] = 1; climb(list[i], seen) }
	}
	END { count = split(headers, header, " ")
		for (h = 1; h <= count; h++) { split("", seen); climb(header[h], seen)
			for (name in seen) if (name in object) print header[h], name } }
END
table=$BUILD/isa_table.inc # what the compiler cannot know: a tool writes this file
{ cat "$work/compiler"; echo "$table: $BUILD/host/isa/gen.o"; } | awk -v headers="$(echo $headers)" -f "$work/reverse.awk" | sort -u >"$work/should"
# Archives and programs end the climb: no object is made from them. The volume inside kite's kernel is no header.
grep -v '\.a:' "$work/rules" | grep -v '/embedded\.o:' | awk -v headers="$(echo $headers)" -f "$work/reverse.awk" | sort -u >"$work/would"
less=$(comm -23 "$work/should" "$work/would")
[ -z "$less" ] && [ "$(wc -l <"$work/should")" -gt 1000 ]
verdict $? "every object that uses a header is built again when it changes ($(wc -l <"$work/should") pairs)" "make forgets $(head -3 <<<"$less" | tr '\n' ';')"
more=$(comm -13 "$work/should" "$work/would")
[ -z "$more" ]
verdict $? "no object that does not use a header is built again" "make adds $(head -3 <<<"$more" | tr '\n' ';')"

# ---- flags, and sources that come
objects() { sed -nE 's/.* -c -o ([^ ]+\.o) .*/\1/p' | sort -u; }
try -n OPT=-O3 2>/dev/null | objects >"$work/made"
objects <"$work/all" | grep -v -e "^$BUILD/guests/" -e "^$BUILD/host/" | cmp -s - "$work/made"
verdict $? "another flag builds every object of the host again, and no other"
try -n GCC="clang --target=riscv32 -march=rv32ima" 2>/dev/null | objects | grep -v "^$BUILD/guests/" >"$work/made"
[ ! -s "$work/made" ] && try -n GCC="clang --target=riscv32 -march=rv32ima" 2>/dev/null | grep -q 'ld.lld.*vmm.elf'
verdict $? "another flag of the guests builds only guests again" "$(head -1 "$work/made")"
try -n TESTS="$(echo tests/test_*.c) tests/test_new.c" 2>/dev/null | grep -q "suites.inc"
verdict $? "a new suite is found"
for object in isa/decode.o guests/t32/isa/decode.o guests/scenarios/guests/kite/user/sh.o; do
	mv "$BUILD/$object" "$work/kept"
	try -q >/dev/null 2>&1
	[ $? -eq 1 ]
	verdict $? "$object is built again if it is not there"
	mv "$work/kept" "$BUILD/$object"
done
try -q >/dev/null 2>&1
verdict $? "to ask what would be built changes nothing"

# ---- and make does what its rules say
for header in isa/arch/hart.h isa/isa.def hypervisor/vm.h scenarios/world/world.h scenarios/guests/kite/volume.h tests/suite.h; do
	try -n -W $header 2>/dev/null | objects | grep -v '/embedded\.o$' >"$work/made"
	awk -v h=$header '$1 == h { print $2 }' "$work/should" | sort -u | cmp -s - "$work/made"
	verdict $? "$header: a change makes exactly its $(wc -l <"$work/made") objects" \
		"$(awk -v h=$header '$1 == h { print $2 }' "$work/should" | sort -u | diff - "$work/made" | head -3 | tr '\n' ' ')"
done
