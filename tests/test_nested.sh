#!/bin/bash
# A guest's life is the same under any number of VMMs, one in another, with native code or T32 code outermost; and trees of VMMs.
# NESTED=full (make test-nested) also runs what takes minutes: the C kernel's self-test and random programs inside the VMM inside the VMM.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
build=$(realpath "${BUILD:-build}")
guests=$build/guests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok nested: $2"; else echo "not ok nested: $2: ${3-}"; fi
}

# life FILE OPTION...: boots with $input; leaves FILE.state, FILE.console, FILE.status
input=/dev/null
life() {
	local file=$1
	shift
	timeout ${PATIENCE:-300} "$trapeze" boot "$@" --state "$file.state" >"$file.console" 2>/dev/null <"$input"
	echo $? >"$file.status"
}

# same_life NAME "DEPTHS" "DEPTHS UNDER T32" IMAGE OPTION...: compared with bare
same_life() {
	local name=$1 native=$2 t32=$3 depth
	shift 3
	life bare "$@"
	for depth in $native; do
		life under "$@" --depth "$depth"
		same "$name at depth $depth"
	done
	for depth in $t32; do
		life under "$@" --depth "$depth" --vmm t32
		same "$name at depth $depth, T32 code outermost"
	done
}
same() {
	cmp -s bare.state under.state && cmp -s bare.console under.console && cmp -s bare.status under.status
	verdict $? "$1 lives the same life as bare" "status $(cat under.status) for $(cat bare.status); $(diff bare.state under.state | head -3)"
}

cat >fail.s <<'END_S'     # powers off with code 7, by the test device
        li t0, 0x100000
        li t1, 0x73333
        sw t1, 0(t0)
END_S
cat >wfi.s <<'END_S'      # waits for what cannot come
        wfi
        j .
END_S
cat >storm.s <<'END_S'    # no memory at stvec
        li t0, 0x40000000
        csrw stvec, t0
        ebreak
END_S
cat >caught.s <<'END_S'   # hart 0 has no memory at stvec; hart 1 waits for a key
        li a7, 0x48534d
        li a6, 0
        li a0, 1
        la a1, other
        ecall
        li t1, 3000
1:      addi t1, t1, -1
        bnez t1, 1b
        li t0, 0x40000000
        csrw stvec, t0
        ebreak
other:  li t0, 0x200
        csrw sie, t0
        wfi
        j other
END_S
cat >echo.s <<'END_S'     # prints its input in capitals until the input ends
next:   li a7, 2
        ecall
        bltz a0, done
        andi a0, a0, 0xdf
        li a7, 1
        ecall
        j next
done:   li a7, 8
        ecall
END_S
printf 'typed by nobody\nin a pipe' >typed

same_life "the one-screen kernel" "1 2 3 4" "1 2 3 4" "$guests/hello.elf" --ram 8M
same_life "the one-screen kernel under drop-all" "2 3" "2" "$guests/hello.elf" --ram 8M --policy drop-all
same_life "a guest that fails" "1 2 3" "1 2" fail.s --ram 8M
same_life "a guest that waits for ever" "1 2 3" "1 2" wfi.s --ram 8M
same_life "a guest whose handler cannot be reached" "1 2 3" "1 2" storm.s --ram 8M
same_life "a guest with a hart caught and one that listens" "1 2" "1 2" caught.s --ram 8M --harts 2
same_life "a guest with two harts" "2" "1" "$guests/kite.elf" --ram 16M --harts 2 --append init=/bin/hello
same_life "the C kernel" "2 3" "1 2 3" "$guests/kite.elf" --ram 16M --append init=/bin/hello
same_life "the C kernel's self-test" "1 2" "1" "$guests/kite.elf" --ram 16M --append selftest
input=typed
same_life "a guest that reads its console" "1 2 3" "1 2" echo.s --ram 8M
echo 'cat /etc/motd' >commands
input=commands
same_life "a guest with a disk and a shell" "2" "1 2" "$guests/kite.elf" --ram 16M --append init=/bin/sh --disk "$guests/kite.fs"
input=/dev/null

wall() { # wall NAME OPTION...: by the wall clock a guest's turn may be shorter than the way into it, and yet it gets on
	local name=$1
	shift
	timeout 300 "$trapeze" boot "$guests/kite.elf" --ram 16M --clock wall --vmm t32 --append selftest "$@" >said 2>&1 </dev/null
	grep -q '^selftest: all passed' said
	verdict $? "$name under a T32 VMM gets to its end by the wall clock" "$(tail -1 said)"
}
wall "a guest with two harts" --depth 1 --harts 2
wall "a VMM that hands over its switches" --depth 2 --enlightened

"$trapeze" boot "$guests/hello.elf" --ram 8M --depth 2 --state quiet.state >/dev/null </dev/null
"$trapeze" boot "$guests/hello.elf" --ram 8M --depth 2 --state told.state --trace told.trace --stats told.stats >/dev/null </dev/null
cmp -s quiet.state told.state
verdict $? "a run that is observed ends as one that is not"
grep -q '"kind":"exit".*"level":2,"vm":"g1.1"' told.trace && grep -q '"kind":"emulate".*"level":1,"vm":"g1.1"' told.trace &&
	grep -q '"kind":"reflect".*"level":0,"vm":"g1"' told.trace
verdict $? "an exit of the deepest guest is seen at every level"
awk '/"multiplication"/ { on = 1 } on && /"exits_each"/ { gsub(/[^0-9.]/, "", $2); if (++n == 1) first = $2; else if (n == 2) second = $2 }
	END { exit !(first > 2 * second && second > 0) }' told.stats
verdict $? "--stats tells how often each VMM is entered for one exit of the deepest guest"
"$trapeze" boot "$guests/hello.elf" --ram 2000M --depth 3 2>said </dev/null
[ $? = 2 ] && grep -q 'VMM [0-9]*M + vmm1 [0-9]*M + vmm2 [0-9]*M + g3 2000M = [0-9]*M' said
verdict $? "more than 2 GiB is refused with the sum shown" "$(cat said)"

scenario() { # scenario FILE: runs, its checks pass
	timeout 400 "$trapeze" run "$1" --headless >said 2>&1
	verdict $? "$(basename "$1") passes its checks" "$(grep -v '^pass' said | tail -2)"
}
scenario nested
scenario turtles
cat >tree.lua <<END_S
-- Unlike VMMs at three levels under a VMM that is T32 code, each with an ordinary guest beside the next VMM
machine {}
vmm { code = "t32", policy = "drop-all", quantum = 7000 }
local bare = guest { name = "l1", image = "hello", ram = "8M" }
local a = vmm { name = "a", policy = "cached", scheduler = "weighted" }
local first = guest { name = "l2", image = "hello", ram = "8M", inside = a }
local b = vmm { name = "b", inside = a, policy = "drop-all", quantum = 3000 }
local second = guest { name = "l3", image = "hello", ram = "8M", inside = b }
local third = guest { name = "l3b", image = "hello", ram = "8M", inside = b }
run { off = true }
check("paths", third:path() == "g2.2.2" and second:path() == "g2.2.1" and first:path() == "g2.1")
for _, g in ipairs { first, second, third } do
    check(g:name() .. " ends like the first", function() return same(bare:state(), g:state()) end)
end
END_S
scenario ./tree.lua
cat >wrong.lua <<END_S
machine {}
vmm {}
local v = vmm { name = "lonely" }
guest { image = "hello" }
run(1)
END_S
"$trapeze" run ./wrong.lua --headless >said 2>&1
[ $? = 3 ] && grep -q 'lonely is a VMM without a guest' said
verdict $? "a VMM without a guest is refused" "$(tail -1 said)"

[ "${NESTED:-}" = full ] || exit 0
PATIENCE=550
same_life "the C kernel's self-test" "3" "2 3" "$guests/kite.elf" --ram 16M --append selftest
for configuration in depth-2 depth-2-t32 depth-3; do
	"$build/fuzz" --vmm "$guests/vmm.elf" --count 100 --only $configuration >said 2>&1
	verdict $? "100 random programs, $configuration" "$(tail -1 said)"
done
