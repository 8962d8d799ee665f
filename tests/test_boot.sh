#!/bin/bash
# trapeze boot: what it prints and writes, how it ends, and that a guest's life is the same bare and under the VMM.
set -u
. "$(dirname "$0")/terminal.sh"
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
guests=$(realpath "${BUILD:-build}/guests")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# expect NAME STATUS PATTERN ARGUMENT...: boots; the status, and a line of what it says (either stream) that matches.
expect() {
	local name=$1 status=$2 pattern=$3
	shift 3
	timeout 300 "$trapeze" boot "$@" >out 2>&1 </dev/null
	got=$?
	if [ $got -ne "$status" ]; then
		echo "not ok boot: $name: status $got, not $status: $(tail -1 out)"
	elif [ -n "$pattern" ] && ! grep -q -- "$pattern" out; then
		echo "not ok boot: $name: no \"$pattern\" in: $(tail -1 out)"
	else
		echo "ok boot: $name"
	fi
}
verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok boot: $2"; else echo "not ok boot: $2: ${3-}"; fi
}

cat >off.s <<'END'      # powers off well
        li a7, 8
        ecall
END
cat >fail.s <<'END'     # powers off with code 7, by the test device
        li t0, 0x100000
        li t1, 0x73333
        sw t1, 0(t0)
END
cat >reboot.s <<'END'   # asks for a cold reboot, as a kernel does that panics
        li a7, 0x53525354
        li a6, 0
        li a0, 1
        li a1, 0
        ecall
END
cat >wfi.s <<'END'      # waits for what cannot come
        wfi
        j .
END
cat >storm.s <<'END'    # no memory at stvec
        li t0, 0x40000000
        csrw stvec, t0
        ebreak
END
cat >mend.s <<'END'     # hart 0 is caught in its handler; hart 1 mends that, and is then caught itself, for ever
        la t0, handler
        csrw stvec, t0
        li a7, 0x48534d
        li a6, 0
        li a0, 1
        la a1, other
        ecall
        .align 2
handler: .word 0
        li a7, 8
        ecall
other:  li t0, 1000
1:      addi t0, t0, -1
        bnez t0, 1b
        csrwi stvec, 0
        la t0, handler
        li t1, 0x13
        sw t1, 0(t0)
        ebreak
END
cat >spin.s <<'END'
        j .
END
cat >echo.s <<'END'     # prints its input in capitals until the input ends
next:   li a7, 2
        ecall
        bltz a0, done
        andi a0, a0, 0xdf
        li a7, 1
        ecall
        j next
done:   li a7, 8
        ecall
END

for depth in 0 1; do
	expect "depth $depth: power-off is status 0" 0 "" off.s --depth $depth
	expect "depth $depth: a failure is status 1, with its code" 1 "failure code 7" fail.s --depth $depth
	expect "depth $depth: a reboot is status 1, and it is said" 1 "asked for a reboot" reboot.s --depth $depth
	expect "depth $depth: a guest that waits for ever is named" 1 "can never go on.* it waits in wfi" wfi.s --depth $depth
	expect "depth $depth: a guest whose handler cannot be reached is named" 1 "can never go on.* cannot be fetched" storm.s --depth $depth
	expect "depth $depth: it is named too where the other harts are stopped" 1 "can never go on" storm.s --depth $depth \
		--harts 3 --limit 1000000
	expect "depth $depth: a handler that another hart mends is reached" 0 "" mend.s --depth $depth --harts 2 --limit 1000000
	expect "depth $depth: --limit is status 4" 4 "limit of 1000 steps" spin.s --depth $depth --limit 1000
	expect "depth $depth: the one-screen kernel runs" 0 "a system call from user mode" "$guests/hello.elf" --depth $depth
	expect "depth $depth: options of the machine are taken" 0 "" off.s --depth $depth --ram 16M --adue --misaligned emulate --profile holes \
		--clock wall --seed 3 --policy drop-all
	[ "$(printf abc | timeout 200 "$trapeze" boot echo.s --depth $depth)" = ABC ]
	verdict $? "depth $depth: standard input reaches the guest, and its end too"
done
expect "a reboot of a guest under a T32 VMM is status 1" 1 "asked for a reboot" reboot.s --depth 2 --vmm t32
expect "a guest that its VMM has not made yet is said to be not there" 4 "not there yet" spin.s --depth 1 --vmm t32 --limit 10 --state early.json
grep -q '"harts":.*\[\]' early.json
verdict $? "the state of a guest that is not there yet has no harts"

# ---- the same life: state files byte for byte
same_life() { # same_life NAME IMAGE OPTION...
	local name=$1
	shift
	for depth in 0 1; do
		timeout 400 "$trapeze" boot "$@" --depth $depth --state state$depth.json >console$depth 2>said$depth </dev/null
		echo $? >status$depth
	done
	cmp -s state0.json state1.json && cmp -s console0 console1 && cmp -s status0 status1
	verdict $? "$name: the same state, console and status bare and under the VMM" \
		"$(diff state0.json state1.json | head -3) $(cat said1 | tail -1)"
}
same_life "off.s" off.s
same_life "the one-screen kernel" "$guests/hello.elf"
same_life "the one-screen kernel under drop-all" "$guests/hello.elf" --policy drop-all
same_life "the C kernel's self-test" "$guests/kite.elf" --append selftest --ram 64M
same_life "a guest that failed" fail.s
same_life "a guest with two harts" off.s --harts 2

# ---- the same in guest mode
assisted() { # assisted NAME IMAGE OPTION...: as same_life, but with hardware assistance; --harts take turns on one hart
	local name=$1
	shift
	local technique profile
	for vmm in native t32; do
		for technique in assist assist-shadow; do
			# With nested page tables the guest has the hypervisor extension itself, and its device tree says so.
			profile=h
			[ $technique = assist-shadow ] && profile=t32
			timeout 400 "$trapeze" boot "$@" --profile $profile --state state0.json >console0 2>said0 </dev/null
			echo $? >status0
			timeout 400 "$trapeze" boot "$@" --depth 1 --vmm $vmm --profile h --technique $technique --state state1.json \
				>console1 2>said1 </dev/null
			echo $? >status1
			cmp -s state0.json state1.json && cmp -s console0 console1 && cmp -s status0 status1
			verdict $? "$name: the same state, console and status bare and by $technique under the $vmm VMM" \
				"$(diff state0.json state1.json | head -3) $(cat said1 | tail -1)"
		done
	done
}
assisted "off.s" off.s
assisted "the one-screen kernel" "$guests/hello.elf"
enlightened() { # a VMM in guest mode, which would like to ask for whole switches
	timeout 400 "$trapeze" boot "$guests/hello.elf" --depth 2 --profile h --technique assist --enlightened >console2 2>said2 </dev/null
	[ $? = 0 ] && grep -q 'a system call from user mode' console2
}
enlightened
verdict $? "a VMM in guest mode is not offered the switch in one call, and runs its guest without" "$(cat said2)"
assisted "the C kernel's self-test" "$guests/kite.elf" --append selftest --ram 64M
assisted "the C kernel's self-test with A and D by hardware" "$guests/kite.elf" --append selftest --ram 64M --adue
assisted "a guest that failed" fail.s
assisted "a guest with two harts" off.s --harts 2

# ---- guest mode in guest mode
inside() { # inside DEPTH OPTION...: as same_life, at that depth, every VMM by assist
	local depth=$1
	shift
	timeout 400 "$trapeze" boot "$@" --profile h --state state0.json >console0 2>said0 </dev/null
	timeout 200 "$trapeze" boot "$@" --depth $depth --profile h --technique assist --state state1.json >console1 2>said1 </dev/null &&
		cmp -s state0.json state1.json && cmp -s console0 console1
	verdict $? "$(basename $1): the same state and console bare and at depth $depth, every VMM by assist" \
		"$(diff state0.json state1.json | head -3) $(cat said1 | tail -1)"
}
inside 2 "$guests/kite.elf" --append selftest --ram 64M
inside 2 "$guests/kite.elf" --append selftest --ram 64M --adue
inside 3 "$guests/hello.elf"
inside_trap() { # inside_trap PROFILE CODE: kite under a VMM by guest mode, and that VMM under one by trap-and-emulate
	cat >inside.lua <<END_S
machine { profile = "$1" }
vmm { technique = "trap", code = "$2" }
local inner = vmm { name = "inner", technique = "assist" }
local kite = guest { name = "kite", image = "kite", append = "selftest", ram = "16M", inside = inner }
run { off = true }
local trapped = kite:state()
machine { profile = "$1" }
local alone = guest { name = "kite", image = "kite", append = "selftest", ram = "16M" }
run { off = true }
check("kite ends as on the bare machine", function() return same(alone:state(), trapped) end)
END_S
	timeout -s KILL 400 "$trapeze" run ./inside.lua --headless >said 2>&1
	verdict $? "the C kernel's self-test: the same state bare and by assist in trap, profile $1, the $2 VMM" "$(tail -3 said)"
}
inside_trap h native
inside_trap h t32
inside_trap t32 native
inside_trap t32 t32
"$trapeze" boot off.s --depth 2 --technique assist >said 2>&1
[ $? = 2 ] && grep -q 'the machine has no hypervisor extension' said
verdict $? "assist at depth 2 on a machine without guest mode is refused for the right reason" "$(cat said)"
for vmm in native t32; do
	for technique in assist assist-shadow; do
		"$trapeze" boot off.s --depth 1 --vmm $vmm --technique $technique >said 2>&1
		[ $? = 2 ] && grep -q 'give it profile h, or take technique trap' said
		verdict $? "$technique under the $vmm VMM on a machine without guest mode is refused, and the way out is said" "$(cat said)"
	done
done
"$trapeze" boot off.s --depth 2 --profile h --technique assist-shadow --twin >said 2>&1
[ $? = 2 ] && grep -q 'do not come to the outermost VMM' said
verdict $? "a twin of a guest by trap inside a VMM in guest mode is refused, and the way out is said" "$(cat said)"
"$trapeze" boot off.s --technique assist >said 2>&1
[ $? = 2 ] && grep -q 'say --depth 1 or more' said
verdict $? "a technique without a VMM is refused, and the way out is said" "$(cat said)"

# ---- kite's timer
exits() { # exits DEPTH ROUNDS: of a process that computes alone
	timeout 300 "$trapeze" boot "$guests/kite.elf" --ram 16M --append "bench matmul $2" --depth "$1" --stats t.json >/dev/null 2>&1 </dev/null
	grep -m1 -A1 '^	"exits":' t.json | grep -o '[0-9]*'
}
few=$(exits 1 2) many=$(exits 1 8)
[ -n "$few" ] && [ "$few" = "$many" ]
verdict $? "kite interrupts nobody who is alone: two rounds or eight take as many exits" "$few and $many"
few=$(exits 2 2) many=$(exits 2 12)
[ -n "$few" ] && [ $((many - few)) -lt 100 ]
verdict $? "nor does a VMM whose guest is alone: five million instructions more at depth 2 are one exit of the guest more" "$few and $many"
for depth in 1 2; do
	printf 'primes 20\nhalt\n' | timeout 400 "$trapeze" boot "$guests/kite.elf" --ram 16M --depth $depth --clock wall --limit 200000000 >out 2>&1
	[ $? -eq 0 ] && grep -qx 19 out
	verdict $? "depth $depth: kite's processes share the hart on the wall clock, where its VMMs' work takes time" "$(tail -1 out)"
done

# ---- a kernel whose handler catches up with each tick that it missed, and takes longer for one than the time to the next
cat >behind.s <<'END'
_start: la      t0, handler
        csrw    stvec, t0
        csrr    s0, time
        csrw    stimecmp, s0
        csrw    stimecmph, x0
        li      t0, 0x20
        csrs    sie, t0
        csrsi   sstatus, 2
stay:   j       stay
        .align  2
handler: li     t1, 8
work:   csrr    t0, sscratch
        addi    t1, t1, -1
        bnez    t1, work
        addi    s0, s0, 500
        csrw    stimecmp, s0
        csrr    t0, time
        bltu    s0, t0, handler
        sret
END
expect "a guest that only ticks is told of" 4 "ticks are too short for this depth" behind.s --depth 1 --clock wall --limit 4000000
echo 'machine { clock = "wall" } vmm {} guest { name = "ann", image = "behind.s" } run { steps = 4000000 }' >behind.lua
[ "$("$trapeze" run behind.lua --headless 2>&1 | grep -c 'ann has been in its timer handler .* its ticks are too short')" = 1 ]
verdict $? "a scenario tells it once, too"
"$trapeze" boot behind.s --depth 1 --limit 4000000 >out 2>&1 </dev/null
! grep -q ticks out
verdict $? "by the virtual clock its ticks are long enough"
"$trapeze" boot behind.s --clock wall --limit 4000000 >out 2>&1 </dev/null
! grep -q ticks out
verdict $? "bare its ticks are long enough"

# ---- the files
"$trapeze" boot "$guests/hello.elf" --depth 1 --state s.json --stats t.json --trace e.jsonl --ram 8M >/dev/null </dev/null
grep -q '"privilege":	"K"' s.json && grep -q '"retired":	"[0-9]*"' s.json && grep -q '"stimecmph":' s.json &&
	grep -q '"ram_hash":	"0x[0-9a-f]\{16\}"' s.json
verdict $? "--state has privilege, retired instructions, CSRs and hashes"
missing=
for key in host_seconds retired direct exits fills reflections injections sfences by_owner; do
	grep -q "\"$key\":" t.json || missing="$missing $key"
done
[ -z "$missing" ]
verdict $? "--stats has every counter" "without:$missing"
for how in "--depth 0" "--depth 1" "--depth 2" "--depth 3 --enlightened" "--depth 1 --vmm t32" "--depth 2 --vmm t32" "--depth 2 --clock wall"; do
	# shellcheck disable=SC2086  # the options are several words
	"$trapeze" boot "$guests/hello.elf" $how --stats sum.json --ram 8M >/dev/null </dev/null
	awk -F'[:,]' '/"cycles":	{/ { on = 1 } !on { next } /"total"/ { total = $2 } /"by_owner"/ { owners = 1; next } owners && /}/ { exit }
		owners { sum += $2 } END { exit !(sum == total && total > 0) }' sum.json
	verdict $? "$how: the owners' cycles add up to the total" "$(sed -n '/"cycles":	{$/,$p' sum.json | tail -9 | tr -d '\n')"
done
[ "$(grep -c '"kind":"exit"' e.jsonl)" = "$(grep -m1 -A1 '"exits":' t.json | grep -o '[0-9]*')" ]
verdict $? "--trace has as many exits as --stats counts"
grep '"kind":"power".*"vm":"m"' e.jsonl | grep -q '"mode":"K"'
verdict $? "it is the kernel, a native VMM too, that switches the machine off"
[ "$(grep -vc '^{"seq":[0-9]*,.*}$' e.jsonl)" = 0 ]
verdict $? "--trace is a JSON object a line"
"$trapeze" boot "$guests/hello.elf" --depth 1 --trace e2.jsonl --ram 8M >/dev/null </dev/null
cmp -s e.jsonl e2.jsonl
verdict $? "a run repeats event by event"
"$trapeze" boot off.s --state /dev/stdout </dev/null | grep -q '"harts"'
verdict $? "a report can go to a device"
"$trapeze" boot "$guests/hello.elf" --state /dev/stdout </dev/null >both
[ -h /dev/stdout ] && grep -q 'hello: booted' both && grep -q '"harts"' both
verdict $? "a report to /dev/stdout goes after the console, to a file too, and /dev/stdout stays what it is" "$(ls -l /dev/stdout)"
echo old >behind.json && ln -s behind.json link.json
"$trapeze" boot off.s --state link.json </dev/null && [ -h link.json ] && grep -q '"harts"' behind.json
verdict $? "a report to a link goes where the link leads"
expect "a report that cannot be written is told before anything runs" 3 "/nonexistent/s.json" spin.s --state /nonexistent/s.json
for other in new.json ./new.json "$PWD/new.json"; do
	expect "two reports with the one name new.json and ${other/$PWD/PWD}" 2 "name one file" off.s --state new.json --stats "$other"
	[ ! -e new.json ]
	verdict $? "and neither is written"
done
echo old >kept.json
expect "a run that fails to start" 3 "No such file" nothing.elf --state kept.json
[ "$(cat kept.json)" = old ]
verdict $? "leaves the old report alone"
[ -z "$(find . -name '*.json*.*')" ]
verdict $? "no temporary file is left behind"

# ---- signals and the terminal
await() { # await COMMAND...: until it is true, 20 seconds at most
	for _ in $(seq 400); do "$@" && return; sleep 0.05; done
	return 1
}
printf 'li t0, 0x10000000\n li t1, 0x21\n sb t1, 0(t0)\n j .\n' >tell.s
"$trapeze" boot tell.s --state spin.json >told 2>&1 </dev/null &
pid=$!
await grep -q '!' told
kill -TERM $pid
wait $pid
[ $? = 143 ] && grep -q '"pc"' spin.json
verdict $? "a signal ends it, with the reports written"

# on_terminal COMMAND: runs it on a terminal of its own; are the terminal's settings the same before and after?
on_terminal() {
	cat >session <<END
stty -g >before
$1
stty -g >after
END
	timeout 200 script -qec 'sh session' /dev/null >said 2>&1 </dev/null
	grep -q "the keyboard is the guest" said && cmp -s before after && [ -s after ]
}
if why=$(lacks_terminal script); then
	echo "skip boot on a terminal: $why"
else
	on_terminal "'$trapeze' boot fail.s"
	verdict $? "the terminal is put right when the guest is off"
	on_terminal "'$trapeze' boot spin.s --limit 100000"
	verdict $? "the terminal is put right at the limit"
	for signal in TERM HUP INT SEGV ABRT USR1 XCPU ILL; do
		rm -f said pid
		(await grep -qs "the keyboard is the guest" said && kill -$signal "$(cat pid)") &
		on_terminal "sh -c 'echo \$\$ >pid; exec $trapeze boot spin.s'"
		verdict $? "the terminal is put right after SIG$signal" "$(cat before after)"
		wait
	done
fi
