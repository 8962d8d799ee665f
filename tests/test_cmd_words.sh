#!/bin/bash
# trapeze words: the glossary as a person meets it, and the words that documents and lessons use.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
tree=$(realpath "$(dirname "$0")/..")

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok words: $2"; else echo "not ok words: $2: ${3-}"; fi
}

# says NAME STATUS PATTERN WORD...: how it ends, and a line of what it prints on either stream
says() {
	local name=$1 status=$2 pattern=$3 out got
	shift 3
	out=$("$trapeze" words "$@" 2>&1)
	got=$?
	[ $got = "$status" ] && grep -q -- "$pattern" <<<"$out"
	verdict $? "$name" "status $got: $out"
}

all=$("$trapeze" words)
names=$(grep -oP '^WORD\("\w+", "\K[^"]+' "$tree/scenarios/host/glossary.def")
[ "$(wc -l <<<"$names")" -gt 30 ] && [ -z "$(while read -r n; do grep -q "^  $n  " <<<"$all" || echo "$n"; done <<<"$names")" ]
verdict $? "it prints every word of the table"
[ "$(wc -L <<<"$all")" -le 79 ]
verdict $? "no line of it is wider than a terminal" "$(wc -L <<<"$all") columns"
says "one word, with the lesson that shows it" 0 '^shadow: .* Lesson 6 shows it.$' shadow
says "a word in the plural and in capitals" 0 '^exit: ' EXITS
says "two words" 0 '^hart: ' gpa hart
says "the long form of a short name" 0 '^gpa: ' "guest physical address"
says "a field of a register is looked up there, too" 0 '^pte.D, bit 7 of an entry of a page table' pte.d
says "a CSR is looked up in the manual of the instruction set" 0 '^satp, CSR 0x180' satp
says "a word with a mistake is answered with the right one" 2 "did you mean 'shadow'" shado
says "a word that nobody knows" 2 "there is no word 'xyzzyplugh'" xyzzyplugh
says "an option that is not there" 2 'trapeze words --help' --nothing
says "--help" 0 '^usage: trapeze words' --help

# ---- the course plan of labs/README.md

plan=$(sed -n '/^## A course of ten lectures/,/^## For/p' "$tree/labs/README.md" | grep '^| [0-9]')
[ "$(wc -l <<<"$plan")" = 10 ]
verdict $? "the course has ten lectures" "$(wc -l <<<"$plan")"
planned=$(cut -d '|' -f 4 <<<"$plan" | sed 's/(.*)//' | grep -oE '\b[0-9]+\b' | sort -n)
lessons=$(ls "$tree/scenarios/lessons" | sed 's/^0*//; s/-.*//' | sort -n)
[ "$planned" = "$lessons" ]
verdict $? "each lesson stands once in the plan of the course" "$(diff <(echo "$planned") <(echo "$lessons"))"
