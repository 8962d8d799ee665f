#!/bin/bash
# The two journeys of hypervisor/README.md: their tables list every function that runs from the return of hw_run to its next call, and
# those are fewer than 20 functions in fewer than 8 files.
if nm "$BUILD/libisa.a" 2>/dev/null | grep -q __asan; then
	echo "skip journeys: the sanitizers add functions of their own"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME WHY
	if [ "$1" -eq 0 ]; then echo "ok journeys: $2"; else printf 'not ok journeys: %s\n# %s\n' "$2" "$3"; fi
}

# The core, with a call at the start of each function. What is behind hw.h is the scripted hardware of the unit tests, without such calls.
compile() { ${CC:-cc} -std=c17 -D_GNU_SOURCE -I. -I"$BUILD" -O0 -g -no-pie "$@"; }
export -f compile
export work BUILD CC
printf '%s\n' hypervisor/*.c isa/arch/*.c |
	xargs -P 2 -I{} bash -c 'compile -finstrument-functions -c -o "$work/$(tr / _ <<<"{}").o" "{}"' &&
	compile -o "$work/journeys" tests/journeys/main.c tests/vmm/fake_hw.c "$work"/*.o "$BUILD/libisa.a" -lcunit &&
	"$work/journeys" >"$work/entered"
verdict $? "the core runs with its functions recorded"

# What ran: lines "JOURNEY FUNCTION FILE". The loop itself is not entered: hw_run returns into it.
cut -d' ' -f2 "$work/entered" | addr2line -f -s -e "$work/journeys" | paste - - | sed 's/:.*//' |
	paste -d' ' <(cut -d' ' -f1 "$work/entered") - | tr '\t' ' ' >"$work/ran"
printf '%s run vcpu.c\n' csr fault >>"$work/ran"

# What the README says: the names in the second column of the table that follows the journey's headline.
says() { # says HEADLINE: "as above" stands for the names before it
	awk -v head="$1" 'index($0, head) == 1 { on = 1 } on && /^\|/ { n++; if (n > 2) print } on && n && !/^\|/ { exit }' hypervisor/README.md |
		cut -d'|' -f3 | grep -o '`[a-z0-9_]*`' | tr -d '`' | sort -u
}
journey() { # journey NAME HEADLINE
	local functions files
	grep "^$1 " "$work/ran" | cut -d' ' -f2 | sort -u >"$work/real"
	says "$2" >"$work/said"
	cmp -s "$work/real" "$work/said"
	verdict $? "$1: the README lists the functions that run, and no others" "$(diff "$work/said" "$work/real" | tr '\n' ' ')"
	functions=$(wc -l <"$work/real")
	files=$(grep "^$1 " "$work/ran" | cut -d' ' -f3 | sort -u | wc -l)
	[ "$functions" -gt 5 ] && [ "$functions" -lt 20 ] && [ "$files" -lt 8 ]
	verdict $? "$1: fewer than 20 functions in fewer than 8 files" "$functions functions in $files files"
}
journey csr '**A privileged CSR access**'
journey fault '**A hidden page fault**'
