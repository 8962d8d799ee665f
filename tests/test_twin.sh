#!/bin/bash
# trapeze boot --twin: a guest under a VMM lives as on the bare machine, and where it cannot, the first instruction that differs is named.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
guests=$(realpath "${BUILD:-build}/guests")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then echo "ok twin: $2"; else echo "not ok twin: $2: $(tail -1 said)"; fi
}
# same NAME ARGUMENT...: the twin finds no difference, and the VMM did nothing that needs none
same() {
	local name=$1
	shift
	timeout 400 "$trapeze" boot "$@" --twin >out 2>said <"${input-/dev/null}" &&
		grep -q 'lived as on the bare machine: .* the VMM did 0 that need' said
	verdict $? "$name"
}
# differs NAME WHERE EXPECTED HAPPENED ARGUMENT...
differs() {
	local name=$1 where=$2 expected=$3 happened=$4
	shift 4
	timeout 400 "$trapeze" boot "$@" --twin >out 2>said </dev/null
	[ $? = 1 ] && grep -q "where  *$where" said && grep -q "expected  *$expected" said && grep -q "happened  *$happened" said
	verdict $? "$name"
}

same "the one-screen kernel under the native VMM" "$guests/hello.elf" --depth 1
same "the same under the VMM as T32 code" "$guests/hello.elf" --depth 1 --vmm t32
same "the same at depth 3" "$guests/hello.elf" --depth 3
for how in "" "--policy drop-all" "--vmm t32" "--harts 2" "--adue --misaligned emulate" "--engine plain"; do
	# shellcheck disable=SC2086
	same "the C kernel's self-test at depth 1 ${how:-as usual}" "$guests/kite.elf" --append selftest --depth 1 $how
done
same "the C kernel's self-test at depth 2" "$guests/kite.elf" --append selftest --depth 2
[ "$(grep -c 'selftest: all passed' out)" = 1 ]
verdict $? "and its console is heard once, whatever the twin tries out"

for how in "--technique assist" "--technique assist --vmm t32" "--technique assist --harts 2" "--technique assist --adue --misaligned emulate" \
	"--technique assist-shadow" "--technique assist-shadow --vmm t32"; do
	# shellcheck disable=SC2086
	same "the C kernel's self-test in guest mode, $how" "$guests/kite.elf" --append selftest --depth 1 --profile h $how
done
for how in "--depth 2" "--depth 2 --vmm t32" "--depth 3" "--depth 2 --enlightened"; do
	# shellcheck disable=SC2086
	same "the C kernel's self-test in guest mode, $how" "$guests/kite.elf" --append selftest --profile h --technique assist $how
done
printf '\tla t0, 1f\n\tcsrw stvec, t0\n\tcsrr s1, time\n\tecall\n\t.align 2\n1:\tli t0, 0x40000000\n\tcsrw stvec, t0\n\tebreak\n' >own.s
same "a guest in guest mode whose handler cannot be fetched" own.s --depth 1 --profile h --technique assist

printf 'echo what is typed\nhalt\n' >keys
input=keys same "a kernel that reads its console" "$guests/kite.elf" --depth 1
grep -q '^what is typed' out
verdict $? "and it reads what was typed"
input=keys same "the same in guest mode" "$guests/kite.elf" --depth 1 --profile h --technique assist

printf '\tli t0, 0x100000\n\tli t1, 0x73333\n\tsw t1, 0(t0)\n' >fail.s
same "a guest that powers off with a failure" fail.s --depth 1
printf '\twfi\n\tj .\n' >wait.s
same "a guest that waits for ever" wait.s --depth 1
printf '\tli t0, 0x40000000\n\tcsrw stvec, t0\n\tebreak\n' >storm.s
same "a guest whose handler cannot be fetched" storm.s --depth 1

# With the profile `holes` the machine cannot be virtualized by traps (theorem 1 does not apply), and the twin shows why.
printf '\tnop\n\trdmode s3\n\tli a7, 8\n\tecall\n' >mode.s
differs "a guest that reads its mode without a trap" 'at 0x80400004 in K: rdmode s3' 's3 = 0x00000001' 's3 = 0x00000000' mode.s --depth 1 --profile holes
printf '\tli t0, 0x40000\n\tpopst t0\n\tcsrr s4, sstatus\n\tli a7, 8\n\tecall\n' >status.s
differs "a guest whose write of the status register is dropped" 'after exit [0-9]*, illegal-insn at 0x80400008: csrr s4, sstatus' \
	's4 = 0x00040000' 's4 = 0x00000000' status.s --depth 1 --profile holes

# A house: what its instructions do, a VMM does for a guest when they trap. Instructions 0, 7, 8 and 10 of seed 42 are holes, and 11 reads time.
{
	printf '\tla t0, handler\n\tcsrw stvec, t0\n\tli a1, 0xfffbcdef\n\tli a2, 0x1234567\nagain:\n'
	for i in 0 1 2 3 4 5 6 7 8 9 10 11; do printf '\thouse%d s%d, a1, a2\n\tcsrr a3, sscratch\n\tcsrr a4, sstatus\n' $i $i; done
	printf '\tli t0, 0x100\n\tcsrc sstatus, t0\n\tla t0, user\n\tcsrw sepc, t0\n\tsret\nuser:\n'
	for i in 0 1 2 3 4 5 6 7 8 9 10 11; do printf '\thouse%d s%d, a2, a1\n' $i $i; done
	printf '\tecall\n\t.align 2\nhandler:\n\tcsrr t1, scause\n\tli t2, 8\n\tbeq t1, t2, off\n\tcsrr t1, sepc\n\taddi t1, t1, 4\n\tcsrw sepc, t1\n\tsret\noff:\n'
	printf '\tli t0, 0x100000\n\tli t1, 0x5555\n\tsw t1, 0(t0)\n'
} >house.s
for how in "--depth 1" "--depth 2" "--depth 1 --vmm t32" "--depth 1 --engine plain"; do
	# shellcheck disable=SC2086
	same "a house whose holes are mended, $how" house.s --profile house:42,0,7,8,10,11 $how
done
for hole in 0 7 8 10; do
	mended=$(printf ',%s' 0 7 8 10 11 | sed "s/,$hole\(,\|\$\)/\\1/")
	differs "a house with the hole $hole" '\(at 0x8\|after exit\)' '.*=' '.*=' house.s --depth 1 --profile house:42$mended
done

timeout 300 "$trapeze" boot fail.s --twin >out 2>said </dev/null
[ $? = 2 ] && grep -q 'say --depth 1' said
verdict $? "without a VMM there is nothing to compare"
timeout 300 "$trapeze" boot fail.s --twin --depth 1 --clock wall >out 2>said </dev/null
[ $? = 2 ] && grep -q 'virtual clock' said
verdict $? "by the wall clock there is no twin"
