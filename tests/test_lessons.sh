#!/bin/bash
# The lessons: each passes in little time, what it tells the viewer to try is true, and each fails when its machine or its
# guest is changed so that a sentence of the lesson becomes untrue.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
lessons=$(realpath "$(dirname "$0")/../scenarios/lessons")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok lessons: $2"; else echo "not ok lessons: $2: ${3-}"; fi
}

# ---- each lesson as it is

case ${BUILD:-build} in # a program with sanitizers is slow
*san*) most=20 ;;
*) most=2 ;;
esac
TIMEFORMAT='%U %S'
for file in "$lessons"/*.lua; do
	name=$(basename "$file")
	{ time timeout 300 "$trapeze" run "$file" --headless >out 2>&1 </dev/null; } 2>spent
	[ "$(tail -1 out)" = "$name: $(grep -c '^pass' out) of $(grep -c '^pass' out) checks passed" ]
	verdict $? "$name passes" "$(grep -vm1 ^pass out)"
	awk -v most=$most '{ exit !($1 + $2 < most) }' spent
	verdict $? "$name needs less than $most s of processor time" "$(cat spent)"
done

# ---- changed lessons

# change LESSON SED [LUA]: copies the lesson with a number to changed.lua, edits the copy, and adds Lua to its end.
change() {
	cp "$lessons/$1"-*.lua before.lua
	sed "$2" before.lua >changed.lua
	if cmp -s before.lua changed.lua; then
		verdict 1 "lesson $1 can be changed by $2" "nothing changed"
		return 1
	fi
	printf '%s\n' "${3-}" >>changed.lua
	timeout 300 "$trapeze" run changed.lua --headless >out 2>&1 </dev/null
	status=$?
}

# breaks LESSON SED WHAT: with this change the lesson fails, by a check and not by an error.
breaks() {
	change "$1" "$2" || return
	[ $status = 1 ] && grep -q '^FAIL' out
	verdict $? "lesson $1 fails $3" "status $status: $(tail -1 out)"
}

# holds LESSON SED WHAT: with this change the lesson still passes.
holds() {
	change "$1" "$2" || return
	[ $status = 0 ]
	verdict $? "lesson $1 passes $3" "status $status: $(grep -m1 FAIL out)"
}

# shows LESSON SED LUA WHAT: with this change the Lua expression is true at the end.
shows() {
	change "$1" "$2" "print('shows', $3)" || return
	grep -q '^shows.true$' out
	verdict $? "lesson $1 tells the truth about $4" "$(grep '^shows' out || tail -1 out)"
}

breaks 01 's/^write:  csrw .*/write:  csrw    sscratch, zero/' "if the guest writes another number"
breaks 02 's/0xb0b")), ram/0xa11")), ram/' "if bob has the number of alice"
breaks 03 's/^trap:   csrr .*/trap:   csrr    t1, scause\n        csrr    t0, sepc/' "if the handler reads one CSR more"
breaks 04 's/^loop:   mul .*/loop:   rdtime  s1/' "if the loop reads the time"
breaks 05 's/rdmode  s0 /csrr s0, sstatus #/' "if rdmode can be emulated"
breaks 06 's/^again:  lw .*/again:  sfence.vma\n        lw      a1, 0(s1)/' "if the guest empties its TLB"
breaks 07 's/li      s2, 0x00800000/li      s2, 0x00400000/' "if page B is page A"
breaks 08 's/world "cached"/world "drop-all"/' "if both runs have one policy"
breaks 09 's/world("wall", true)/world("virtual", true)/' "if the wall clock is a virtual clock"
breaks 10 's/^wait:   lbu .*/wait:   li      t0, 0x20/' "if the driver does not ask whether the UART is ready"
breaks 11 's/"round-robin", 1000)/"round-robin", 2000)/' "with another quantum"
breaks 11 's/world("weighted", 10000, 300)/world("round-robin", 10000, 300)/' "with another scheduler"
breaks 12 's/world "nop"/world "wfi"/' "if VCPU 0 sleeps where it should spin"
breaks 13 's/li      s2, 0x80010000/li      s2, 0x8000f000/' "if bad stores to its own memory"
breaks 14 's/1, 1000 do/1, 900 do/' "with fewer guests"
breaks 15 's/^write:  csrw .*/write:  csrw    sip, a0/' "if tiny writes another CSR"
breaks 16 's/exits(2, true)/exits(2, false)/' "if no VMM is enlightened"
breaks 17 's/0x200000df/0x200000de/' "if the page is not there"
breaks 18 's/world "assist"/world "trap"/' "if the hart does not assist"
breaks 18 's/^device: lw .*/device: nop/' "if the program leaves the device alone"
breaks 19 's/"assist-shadow", "p4"/"assist-shadow"/' "if a switch costs nothing on a Pentium 4"
breaks 19 's/"assist-shadow", "core"/"assist", "core"/' "if a Core has a second stage"
breaks 19 's/"assist", "nehalem"/"assist-shadow", "nehalem"/' "if a Nehalem has no second stage"
breaks 20 's/world("assist", "assist")/world("assist", "trap")/' "if inner does not use guest mode"
breaks 20 's/^load:   lw .*/load:   nop/' "if tiny leaves the device alone"

# ---- what there is to try

holds 01 's/sscratch/satp/g' "with satp for sscratch"
holds 02 's/quantum = 10000/quantum = 2000/' "with a shorter quantum"
shows 02 's/quantum = 10000/quantum = 2000/' 'counters().schedule > 50' "switches"
shows 03 's/^trap:   csrr .*/trap:   csrr    t1, scause\n        csrr    t0, sepc/' 'exits == 5' "one CSR more"
shows 04 '/rdtime  a0/d; s/^loop:   mul .*/&\n        rdtime  a0/' 'virtual.cycles > 80 * bare.cycles' "rdtime in the loop"
shows 05 's/rdmode  s0 /csrr s0, sstatus #/; s/popst   t0 /csrw sstatus, t0 #/' 'same(bare:state(), virtual)' \
	"instructions that trap"
shows 06 's/^again:  lw .*/again:  sfence.vma\n        lw      a1, 0(s1)/' \
	'counters(pager).exit == exits + 3 and counters(pager).fill == fills + 3' "sfence.vma"
shows 07 '0,/0x200000cf/s//0x200000c9/' 'first == "reflect" and second == "reflect" and third == "reflect"' "R"
holds 08 's/0x80400000/0x80000000/' "with one ASID"
shows 09 's/t0, 100$/t0, 5000/' 'loops == bare.loops and loops > 2000 and stolen > 1000 and 2 * stolen < loops' "tick 5000"
shows 10 's/"hello"$/"goodbye"/; s/a0, 5 /a0, 7 /' 'by_driver == 14 and by_letter == 7 and by_text == 1' "a longer word"
shows 11 's/"round-robin", 1000)/"round-robin", 500)/; s/^reveal(shorter/thrashing = vmm_part\n&/' 'thrashing > 0.95' \
	"thrashing"
holds 12 's/clock = "wall"/&, harts = 2/' "with two harts"
shows 13 's/"wall"/"virtual"/' 'counters(bad).cost > 0.95 * cycles()' "the virtual clock"
busy='source = (source == counting and i <= 9) and counting or sleeper'
measure='before = counters(worker).retired; run(1000000); ran = (counters(worker).retired - before) / 1000000'
shows 14 "s/source = source, ram/$busy, ram/; \$a $measure" 'ran > 0.08 and ran < 0.12' "9 busy guests"
second='local second = guest { name = "second", source = source, ram = "64K", inside = inner }'
shows 15 "/^local tiny/a $second" 'second:path() == "g1.2"' "a second guest in inner"
shows 16 '$s/$/ /' 'exits(4, false) == 13 ^ 3 and exits(4, true) == 2 ^ 3' "depth 4"
holds 17 's/^vmm {}/vmm { policy = "drop-all" }/' "with the policy drop-all"
shows 18 's/technique = technique }/technique = technique, costs = "p4" }/' 'device_cycles == 370 + 6120 and all == 1' "costs"
shows 19 's/append = "selftest"/append = "traps ecall 3000"/' 'p4.cycles < software.cycles' "system calls"
shows 20 's/world("assist", "assist")/world("assist", "trap")/' 'load <= 12 and call > 0' "inner by trap-and-emulate"
