#!/bin/bash
# `trapeze compare`: the orderings that are known from the papers hold (never a number of cycles), guests end as bare,
# and wrong words are told. Needs TRAPEZE, as tests/run sets it.
#   Adams and Agesen 2006: calls and returns cost nothing; privileged operations, page faults and above all changes of
#   page tables are dear.   Ben-Yehuda et al. 2010 (Turtles): a VMM in a VMM multiplies exits, about 13 to 1; told of
#   the whole switch at once, the outer VMM needs 2.
TRAPEZE=${TRAPEZE:-./trapeze}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME
	[ "$1" -eq 0 ] && echo "ok compare: $2" && return
	echo "not ok compare: $2"
	head -5 "$work"/said | sed 's/^/#   /'
}

# holds NAME CONDITION: an awk condition on x["workload,kind"] (times bare), c (cycles), e (exits), m (memory)
holds() {
	awk -F, 'NR > 1 { c[$1 "," $2] = $3; x[$1 "," $2] = $4; e[$1 "," $2] = $5; m[$1 "," $2] = $9 } END { exit !('"$2"') }' "$work/table"
	verdict $? "$1"
}

: >"$work/said"
head -1 /dev/null >"$work/table"
for workload in syscall csr fence pgfault ptemod callret device time switch; do
	timeout 100 "$TRAPEZE" compare --only $workload --csv 2>>"$work/said" >"$work/one"
	verdict $? "$workload: every guest ends as bare"
	cat "$work/one" >>"$work/table"
done

holds "calls and returns cost nothing" 'x["callret,trap"] < 1.01 && x["callret,trap-in-trap"] < 1.01 && e["callret,trap"] == 0'
holds "what K alone may do is dear under trap-and-emulate" 'x["csr,trap"] > 10 && x["syscall,trap"] > 10 && x["time,trap"] > 10'
holds "a page fault costs more than a system call, a system call more than a CSR" \
	'c["pgfault,trap"] > c["syscall,trap"] && c["syscall,trap"] > c["csr,trap"]'
holds "a change of a page table costs a fence and a hidden fault" \
	'c["ptemod,trap"] > c["fence,trap"] && e["ptemod,trap"] == 2 && e["fence,trap"] == 1'
holds "a CSR is one exit, and thirteen in a VMM in a VMM" 'e["csr,trap"] == 1 && e["csr,trap-in-trap"] == 13'
holds "with an enlightened VMM it is two" 'e["csr,enlightened"] == 2 && c["csr,enlightened"] < c["csr,trap-in-trap"]'
holds "what mostly computes suffers least" 'x["switch,trap"] < x["syscall,trap"] && x["switch,trap-in-trap"] < x["syscall,trap-in-trap"]'
holds "each VMM takes memory" 'm["csr,bare"] == 0 && m["csr,trap"] > 0 && m["csr,trap-in-trap"] > m["csr,trap"]'

for costs in core p4; do
	"$TRAPEZE" compare native --only pgfault --csv --costs $costs | sed "s/native/$costs/"
done >>"$work/table"
holds "a Pentium 4 pays more for its exits than a Core" 'c["pgfault,p4"] > c["pgfault,core"] && c["pgfault,core"] > c["pgfault,native"]'
"$TRAPEZE" compare bare --only csr --costs p4 --csv | cut -d, -f3 >"$work/bare-p4"
"$TRAPEZE" compare bare --only csr --csv | cut -d, -f3 >"$work/bare"
cmp -s "$work/bare" "$work/bare-p4"
verdict $? "without a VMM a preset of costs changes nothing"

# ---- the forms of the table
"$TRAPEZE" compare trap --only csr --json >"$work/said" 2>&1 && python3 -c '
import json, sys
rows = json.load(open(sys.argv[1]))
assert [r["kind"] for r in rows] == ["bare", "trap"] and all(r["same"] is True for r in rows)
assert abs(rows[1]["cycles"] - rows[1]["guest"] - rows[1]["vmm"] - rows[1]["machine"]) < 0.01' "$work/said" 2>>"$work/said"
verdict $? "JSON has a row for each kind, and its parts add up"
"$TRAPEZE" compare trap --only csr >"$work/said" && [ "$(wc -l <"$work/said")" = 3 ] && ! grep -q '.\{81\}' "$work/said"
verdict $? "the text has a line for each kind, and fits 80 columns"

# ---- wrong words
refused() { # refused NAME PATTERN ARGUMENT...
	local name=$1 pattern=$2
	shift 2
	"$TRAPEZE" compare "$@" >"$work/out" 2>"$work/said"
	[ $? = 2 ] && [ ! -s "$work/out" ] && grep -q -- "$pattern" "$work/said"
	verdict $? "$name is told, with what there is"
}
refused "an unknown kind" "there is no kind 'trapp'; did you mean 'trap'?; there are: bare" trapp
refused "an unknown workload" "there is no workload 'x'; there are: syscall" --only x
refused "an unknown preset" "default.*p4.*core" --costs p5
refused "two forms at once" "name one" --json --csv
"$TRAPEZE" boot hello --costs p4 >"$work/out" 2>"$work/said"
[ $? = 2 ] && grep -q -- "--depth 1" "$work/said"
verdict $? "boot --costs without a VMM is told"
"$TRAPEZE" boot hello --depth 1 --costs p4 >"$work/out" 2>"$work/said" </dev/null && grep -q 'hello from user\|system call' "$work/out"
verdict $? "boot --costs runs the guest"
