#!/bin/bash
# `trapeze compare`: the orderings that are known from the papers hold (never a number of cycles), guests end as bare,
# and wrong words are told. Needs TRAPEZE, as tests/run sets it. The papers:
#   A&A       Adams and Agesen, ASPLOS 2006: the nanobenchmarks (native, software VMM, hardware VMM on a Pentium 4),
#             Table 1 (a switch on a Pentium 4 and on a Core), kernel compile and forkwait
#   SplitX    Landau et al., WIOV 2011, Table 1: a switch on a Nehalem
#   vmlatency github.com/yulyugin/vmlatency, folder results: a switch on a Westmere and on a Haswell
#   EPT       Bhatia, "Performance Evaluation of Intel EPT Hardware Assist", VMware 2009: nested page tables make page
#             faults and changes of page tables cheap, and TLB misses dear
#   Turtles   Ben-Yehuda et al., OSDI 2010: a VMM in a VMM multiplies exits, about 13 to 1; told of the whole switch at
#             once, the outer VMM needs 2
TRAPEZE=${TRAPEZE:-./trapeze}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME
	[ "$1" -eq 0 ] && echo "ok compare: $2" && return
	echo "not ok compare: $2"
	head -5 "$work"/said | sed 's/^/#   /'
}

# holds NAME CONDITION: an awk condition on x["workload,kind"] (times bare), c (cycles), e (exits),
# m (memory), w (cycles of page-table walks)
holds() {
	awk -F, 'NR > 1 { k = $1 "," $2; c[k] = $3; x[k] = $4; e[k] = $5; m[k] = $9; w[k] = $12 } END { exit !('"$2"') }' \
		"$work/table"
	verdict $? "$1"
}

: >"$work/said"
head -1 /dev/null >"$work/table"
for workload in syscall csr satp fence pgfault ptemod callret device time fork switch exec disk; do
	timeout 400 "$TRAPEZE" compare --only $workload --csv 2>>"$work/said" >"$work/one"
	verdict $? "$workload: every guest ends as bare"
	cat "$work/one" >>"$work/table"
done

holds "calls and returns cost nothing" \
	'x["callret,trap"] < 1.01 && x["callret,trap-in-trap"] < 1.01 && e["callret,trap"] == 0'
holds "what K alone may do is dear under trap-and-emulate" \
	'x["csr,trap"] > 10 && x["syscall,trap"] > 10 && x["time,trap"] > 10'
holds "a page fault costs more than a system call, a system call more than a CSR" \
	'c["pgfault,trap"] > c["syscall,trap"] && c["syscall,trap"] > c["csr,trap"]'
holds "a change of a page table costs a fence and a hidden fault" \
	'c["ptemod,trap"] > c["fence,trap"] && e["ptemod,trap"] == 2 && e["fence,trap"] == 1'
holds "a CSR is one exit, and thirteen in a VMM in a VMM" 'e["csr,trap"] == 1 && e["csr,trap-in-trap"] == 13'
holds "with an enlightened VMM it is two" 'e["csr,enlightened"] == 2 && c["csr,enlightened"] < c["csr,trap-in-trap"]'
holds "what mostly computes suffers least" \
	'x["switch,trap"] < x["syscall,trap"] && x["switch,trap-in-trap"] < x["syscall,trap-in-trap"]'
holds "each VMM takes memory" 'm["csr,bare"] == 0 && m["csr,trap"] > 0 && m["csr,trap-in-trap"] > m["csr,trap"]'

# ---- guest mode
# A&A's hardware VMM is shadow-p4: guest mode with shadow page tables. Its software VMM is native: both VMMs are native
# code, so what differs is the technique and the price of a switch.
holds "A&A, syscall 242 / 2308 / 246: with hardware assistance a system call costs what it costs bare" \
	'c["syscall,shadow-p4"] == c["syscall,bare"] && c["syscall,native"] > 2 * c["syscall,shadow-p4"] &&
	c["syscall,assist-p4"] == c["syscall,bare"]'
holds "A&A, call/ret 11 / 51 / 11 and cr8wr 150 / 35 / 177: calls and CSRs are no exits in guest mode" \
	'x["callret,shadow-p4"] == 1 && x["csr,shadow-p4"] < 1.2 && e["csr,assist-p4"] == 0 && e["satp,assist-p4"] == 0'
holds "A&A, in 3209 / 216 / 15826: an access to a device is dearer in guest mode than without it" \
	'c["device,shadow-p4"] > 4 * c["device,bare"] && c["device,shadow-p4"] > c["device,native"] &&
	c["device,assist-p4"] > c["device,trap"]'
holds "A&A, pgfault 1093 / 3927 / 11242 and ptemod 1 / 391 / 12733: with shadows in guest mode they are dear" \
	'c["pgfault,shadow-p4"] > c["pgfault,native"] && c["pgfault,native"] > c["pgfault,bare"] &&
	c["ptemod,shadow-p4"] > c["ptemod,native"] && c["ptemod,native"] > c["ptemod,bare"]'
holds "A&A: a change of a page table suffers more, as a multiple of bare, than a page fault" \
	'x["ptemod,shadow-p4"] > x["pgfault,shadow-p4"] && x["ptemod,native"] > x["pgfault,native"]'
holds "A&A, forkwait 6.02 / 36.95 / 106.4 s: a fork is dearer in guest mode with shadows than without guest mode" \
	'c["fork,shadow-p4"] > c["fork,native"] && c["fork,native"] > c["fork,bare"]'
holds "A&A, kernel compile 265 / 393 / 484 s: exits are fewer in guest mode, and yet a Pentium 4 loses by them" \
	'e["exec,shadow-p4"] < e["exec,native"] && c["exec,shadow-p4"] > c["exec,native"] &&
	c["disk,shadow-p4"] > c["disk,native"] && c["exec,assist-p4"] > c["exec,trap"]'
holds "A&A, Table 1, and SplitX: a Pentium 4 pays more for its exits than a Core, a Core more than a Nehalem" \
	'c["device,assist-p4"] > c["device,assist-core"] && c["device,assist-core"] > c["device,assist-nehalem"] &&
	c["device,assist-nehalem"] > c["device,assist"] && c["fork,shadow-p4"] > c["fork,shadow-core"] &&
	c["fork,shadow-core"] > c["fork,shadow-nehalem"] && c["fork,shadow-nehalem"] > c["fork,assist-shadow"]'
holds "vmlatency: a Westmere pays less than a Nehalem, a Haswell less than a Westmere" \
	'c["device,assist-nehalem"] > c["device,assist-westmere"] && c["device,assist-westmere"] > c["device,assist-haswell"] &&
	c["device,assist-haswell"] > c["device,assist"]'
holds "a later generation wins where an earlier one lost" \
	'c["disk,assist-nehalem"] < c["disk,trap"] && c["fork,assist-nehalem"] < c["fork,trap"]'
holds "EPT: with nested page tables page faults and changes of page tables are no exits" \
	'e["pgfault,assist"] == 0 && e["ptemod,assist"] == 0 && 5 * c["pgfault,assist"] < c["pgfault,trap"] &&
	5 * c["ptemod,assist"] < c["ptemod,trap"] && x["fork,assist-p4"] < x["fork,trap"]'
holds "EPT: with shadow page tables in guest mode they are exits, and so are satp and fences; system calls are none" \
	'e["pgfault,assist-shadow"] > 0 && e["ptemod,assist-shadow"] > 0 && e["satp,assist-shadow"] == 1 &&
	e["fence,assist-shadow"] == 1 && e["syscall,assist-shadow"] == 0 &&
	c["pgfault,assist"] < c["pgfault,assist-shadow"] && c["pgfault,assist-shadow"] < c["pgfault,native"]'
holds "EPT: a walk of two stages reads more entries than a walk of one" \
	'w["pgfault,assist"] > w["pgfault,bare"] && w["ptemod,assist"] > w["ptemod,bare"] && w["fork,assist"] > w["fork,bare"]'
holds "Turtles: below a VMM with guest mode, a VMM by trap-and-emulate multiplies exits by less than 13" \
	'e["csr,trap-in-assist"] < e["csr,trap-in-trap"] && e["csr,trap-in-assist"] > e["csr,trap"] &&
	c["csr,trap-in-assist"] < c["csr,trap-in-trap"] && c["fork,trap-in-assist"] < c["fork,trap-in-trap"]'

holds "Turtles: in guest mode in guest mode an exit is a dozen round trips or more, and other traps are none" \
	'e["device,assist-in-assist"] > 12 && e["device,assist"] == 1 && e["syscall,assist-in-assist"] == 0 &&
	e["csr,assist-in-assist"] == 0 && e["time,assist-in-assist"] == 0'
holds "an inner VMM in guest mode that asks for whole switches needs fewer exits, and fewer cycles" \
	'e["device,assist-nacl"] * 3 < e["device,assist-in-assist"] && e["device,assist-nacl"] > 1 &&
	c["device,assist-nacl"] * 2 < c["device,assist-in-assist"] && e["syscall,assist-nacl"] == 0'
holds "Turtles: multi-dimensional paging makes no exits and a cheaper fork than shadows on nested tables" \
	'e["pgfault,assist-in-assist"] == 0 && e["ptemod,assist-in-assist"] == 0 && e["pgfault,trap-in-assist"] > 2 &&
	c["fork,assist-in-assist"] < c["fork,trap-in-assist"] && c["switch,assist-in-assist"] < c["switch,trap-in-assist"]'

for costs in haswell westmere nehalem core p4; do
	"$TRAPEZE" compare native --only pgfault --csv --costs $costs | sed "s/native/$costs/"
done >>"$work/table"
holds "--costs prices the exits of a kind that names no costs" \
	'c["pgfault,p4"] > c["pgfault,core"] && c["pgfault,core"] > c["pgfault,nehalem"] &&
	c["pgfault,nehalem"] > c["pgfault,westmere"] && c["pgfault,westmere"] > c["pgfault,haswell"] &&
	c["pgfault,haswell"] > c["pgfault,native"]'
"$TRAPEZE" compare assist-p4 --only device --csv >"$work/p4"
"$TRAPEZE" compare assist-p4 --only device --csv --costs core | cmp -s - "$work/p4"
verdict $? "a kind that names its costs keeps them"
"$TRAPEZE" compare bare --only csr --costs p4 --csv | cut -d, -f3 >"$work/bare-p4"
"$TRAPEZE" compare bare --only csr --csv | cut -d, -f3 >"$work/bare"
cmp -s "$work/bare" "$work/bare-p4"
verdict $? "without a VMM a preset of costs changes nothing"

# ---- the statistics of a guest in guest mode
"$TRAPEZE" boot kite --depth 1 --technique assist --profile h --append selftest --costs core --stats "$work/stats" \
	>"$work/said" 2>&1 && python3 -c '
import json, sys
s = json.load(open(sys.argv[1]))
for where in s, s["guests"]["g1"]:
    for kind in "traps", "exits":
        assert where[kind]["total"] == sum(c["count"] for c in where[kind]["by_cause"].values()) > 1000, kind
traps, exits = s["traps"]["by_cause"], s["exits"]["by_cause"]
assert "ecall-u" in traps and "load-page-fault" in traps and "guest-timer-interrupt" in traps
assert "ecall-u" not in exits and "guest-load-page-fault" in exits and "guest-load-page-fault" not in traps
cycles, switch = s["cycles"], 937 + 1186 + 10 * 52
assert sum(cycles["charged"].values()) + s["retired"] - sum(cycles["by_owner"].values()) < s["exits"]["total"]
assert cycles["charged"]["traps"] > switch * s["exits"]["total"]
assert exits["guest-load-page-fault"]["most_cycles"] >= switch
assert traps["ecall-u"]["cycles"] == 20 * traps["ecall-u"]["count"]' "$work/stats" 2>>"$work/said"
verdict $? "--stats keeps the traps that a guest takes by itself apart from its exits"
cat >"$work/counts.lua" <<'LUA'
machine { profile = "h" }
vmm { technique = "assist", costs = "p4" }
local g = guest { image = "hello", ram = "8M" }
run { off = true }
local c = counters(g)
local function total(causes)
    local sum = 0
    for _, count in pairs(causes) do sum = sum + count end
    return sum
end
check("exits and own traps are told apart", c.trap > 0 and total(c.trap_causes) == c.trap
    and total(c.exit_causes) == c.exit and total(c.causes) == c.trap + c.exit)
check("a system call is the guest's own", c.trap_causes["ecall-u"] and not c.exit_causes["ecall-u"])
LUA
"$TRAPEZE" run "$work/counts.lua" --headless >"$work/said" 2>&1
verdict $? "counters() does so, too"

# ---- run --costs
# priced COSTS FIELD: what one device access of a guest costs, if the VMM of the scenario has FIELD
priced() {
	printf -- '-- One exit\nvmm { %s }\nlocal g = guest { source = [[%s]] }\n%s' "$2" \
		'_start: li s0, 0x10001000; lw a0, (s0); done: j done' 'run { pc = "done" } print(counters(g).cost)' >"$work/priced.lua"
	"$TRAPEZE" run "$work/priced.lua" --headless --costs "$1" 2>"$work/said" | head -1
}
[ "$(($(priced p4 '') - $(priced default '')))" = $((2 * (2409 + 1931 + 10 * 178))) ]
verdict $? "run --costs prices the exits of a scenario: a fetch that fills, and the device"
[ "$(priced p4 'costs = "core"')" = "$(priced default 'costs = "core"')" ] &&
	[ "$(priced p4 'costs = "default"')" = "$(priced default '')" ]
verdict $? "costs that a scenario names stay"
"$TRAPEZE" run "$work/priced.lua" --headless --costs p4 --record "$work/recording" >"$work/out" 2>"$work/said"
[ $? = 2 ] && grep -q 'vmm { costs = "p4" }' "$work/said" && [ ! -e "$work/recording" ]
verdict $? "run --costs with --record is told, with a way out"

# ---- wrong costs in a script
wrong_costs() { # wrong_costs NAME PATTERN LUA: line 2 is wrong, and the message says so
	printf -- '-- Wrong\n%s\nguest { image = "hello" }\nrun(1)\n' "$3" >"$work/wrong.lua"
	"$TRAPEZE" run "$work/wrong.lua" --headless >"$work/said" 2>&1 </dev/null
	[ $? = 3 ] && grep -q "wrong.lua:2:.*$2" "$work/said"
	verdict $? "$1 is told, with its place"
}
wrong_costs "a cost that does not exist" "costs.*'entrry'.*entry" 'machine { costs = { entrry = 1 } }'
wrong_costs "a negative cost" "exit: an integer from 0 to 1000000" 'machine { costs = { exit = -1 } }'
wrong_costs "a cost that is too large" "walk: an integer from 0 to 1000000" 'machine { costs = { walk = 1e9 // 1 } }'
wrong_costs "a cost that is no integer" "walk: an integer" 'machine { costs = { walk = 1.5 } }'
wrong_costs "a cost that is a word" "walk: an integer" 'machine { costs = { walk = "much" } }'
wrong_costs "a preset where a table is wanted" 'costs.*table.*vmm' 'machine { costs = "p4" }'
wrong_costs "a table where a preset is wanted" 'costs.*"p4".*machine' 'vmm { costs = { exit = 5 } }'
wrong_costs "a preset that does not exist" 'costs.*"default", "p4", "core"' 'vmm { costs = "p5" }'
wrong_costs "costs of a VMM that is a guest" "costs" 'vmm { } vmm { costs = "p4" }'

# ---- the forms of the table
"$TRAPEZE" compare trap --only csr --json >"$work/said" 2>&1 && python3 -c '
import json, sys
rows = json.load(open(sys.argv[1]))
assert [r["kind"] for r in rows] == ["bare", "trap"] and all(r["same"] is True for r in rows)
r = rows[1]
assert abs(r["cycles"] - r["guest"] - r["vmm"] - r["machine"]) < 0.01
assert abs(r["machine"] - r["traps"] - r["walks"] - r["devices"]) < 0.01' "$work/said" 2>>"$work/said"
verdict $? "JSON has a row for each kind, and its parts add up"
"$TRAPEZE" compare trap --only csr >"$work/said" && [ "$(grep -c '^bare \|^trap ' "$work/said")" = 2 ] &&
	[ "$(wc -l <"$work/said")" = 4 ]
verdict $? "the text has a line for each kind, below what is done and what the columns are"
"$TRAPEZE" compare --only selftest >"$work/said" && ! grep -q '.\{81\}' "$work/said"
verdict $? "the widest table fits 80 columns"
"$TRAPEZE" compare --list >"$work/said" &&
	[ "$(sed -n 's/^KIND("\([^"]*\)".*/\1/p; ' scenarios/compare/kinds.def | while read -r name; do
		grep -c "^  $name  *[^ ]" "$work/said"
	done | sort -u)" = 1 ] && grep -q '^  ptemod .*another page' "$work/said" &&
	grep -q '^  p4 .*2409 1931 178' "$work/said"
verdict $? "--list has a line for each kind, each workload and each preset"

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
"$TRAPEZE" boot hello --depth 1 --costs p4 >"$work/out" 2>"$work/said" </dev/null &&
	grep -q 'hello from user\|system call' "$work/out"
verdict $? "boot --costs runs the guest"
