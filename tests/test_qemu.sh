#!/bin/bash
# The guest kernels on a machine that nobody here wrote (QEMU's virt board, under the firmware of tests/shim), and on ours,
# bare, under the VMM, and under a VMM in the VMM: the same image prints the same bytes everywhere, and on ours ends in
# the same state at every depth. Needs TRAPEZE and BUILD, as tests/run sets them.
TRAPEZE=${TRAPEZE:-./trapeze}
BUILD=${BUILD:-build}
guests=$BUILD/guests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

verdict() { # verdict STATUS NAME [WHAT WENT WRONG]
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2: ${3:-status $1}"
		failed=1
	fi
}

# on_qemu OUT KERNEL [QEMU OPTION...]: console output to OUT; status: 0 a good power-off, 1 a bad one, 124 it never ended
on_qemu() {
	local out=$1 kernel=$2
	shift 2
	timeout 200 qemu-system-riscv32 -M virt -m 64M -nographic -monitor none -serial stdio -bios "$guests/shim.elf" -kernel "$kernel" "$@" \
		<"${INPUT:-/dev/null}" >"$out" 2>"$work/stderr"
}

# on_trapeze OUT KERNEL [BOOT OPTION...]
on_trapeze() {
	local out=$1 kernel=$2
	shift 2
	timeout 400 "$TRAPEZE" boot "$kernel" --ram 64M "$@" <"${INPUT:-/dev/null}" >"$out" 2>"$work/stderr"
}

same() { # same NAME EXPECTED OUT STATUS
	if [ "$4" -ne 0 ]; then
		verdict "$4" "$1" "status $4: $(tail -n 1 "$3" | tr -d '\r') $(tail -n 1 "$work/stderr")"
	elif cmp -s "$2" "$3"; then
		verdict 0 "$1"
	else
		verdict 1 "$1" "$(diff "$2" "$3" | head -n 3 | tr '\n' ' ')"
	fi
}

# What hello prints, and that kite finds nothing wrong with itself, is known without any machine.
cat >"$work/hello" <<END
hello: booted in kernel mode
hello: paging is on
hello: a timer interrupt came
hello: a system call from user mode
END
echo BCD >"$work/harts"
cat >"$work/script" <<END
echo several words
cat /etc/fruit | sort | wc
primes 30
hello; nothing
halt
END
disk="-drive file=$guests/kite.fs,format=raw,if=none,id=d,readonly=on -device virtio-blk-device,drive=d"

reference="" # console bytes of the self-test, from whichever machine ran it first

qemu_tests() {
	on_qemu "$work/out" "$guests/hello.elf"
	same "qemu: hello" "$work/hello" "$work/out" $?
	if "$TRAPEZE" asm tests/shim/harts.s -o "$work/harts.elf" 2>"$work/stderr"; then
		on_qemu "$work/out" "$work/harts.elf" -smp 2
		same "qemu: two harts start, fence, interrupt and stop" "$work/harts" "$work/out" $?
	else
		verdict 1 "qemu: two harts start, fence, interrupt and stop" "$(head -n 1 "$work/stderr")"
	fi
	on_qemu "$work/self" "$guests/kite.elf" -append selftest
	local status=$?
	grep -q '^selftest: all passed$' "$work/self" && ! grep -q FAIL "$work/self"
	verdict $((status + $?)) "qemu: kite's self-test" "$(grep -m 1 FAIL "$work/self") $(tail -n 1 "$work/self")"
	INPUT=$work/script on_qemu "$work/session" "$guests/kite.elf"
	verdict $? "qemu: a session with kite's shell" "$(tail -n 1 "$work/session")"
	on_qemu "$work/out" "$guests/kite.elf" -append selftest -smp 4
	same "qemu: kite's self-test on a machine with four harts" "$work/self" "$work/out" $?
	on_qemu "$work/out" "$guests/kite.elf" -append selftest -initrd "$guests/kite.fs"
	same "qemu: kite from an initrd" <(sed 's/^kite: files.*/kite: files are in the initrd/' "$work/self") "$work/out" $?
	sed 's/^kite: files.*/kite: files are in the virtio disk/' "$work/self" >"$work/disk"
	for legacy in true false; do
		# shellcheck disable=SC2086
		on_qemu "$work/out" "$guests/kite.elf" -append selftest -global virtio-mmio.force-legacy=$legacy $disk
		same "qemu: kite from a virtio disk, force-legacy=$legacy" "$work/disk" "$work/out" $?
	done
	on_qemu "$work/out" "$guests/kite.elf" -append init=/bin/cat\ /nothing
	[ $? -eq 1 ]
	verdict $? "qemu: a failure of the first process is a failure of the machine"
	reference=$work/self
}

# everywhere DEPTHS NAME EXPECTED KERNEL [BOOT OPTION...]: the console is as expected at every depth, the final state as bare
everywhere() {
	local depths=$1 name=$2 expected=$3 kernel=$4 depth
	shift 4
	for depth in $depths; do
		on_trapeze "$work/out" "$kernel" --depth "$depth" --state "$work/state$depth" "$@"
		same "boot: $name at depth $depth" "$expected" "$work/out" $?
		[ "$depth" -eq 0 ] && continue
		cmp -s "$work/state0" "$work/state$depth"
		verdict $? "boot: $name ends in the same state at depth $depth" "$(diff "$work/state0" "$work/state$depth" | head -n 4 | tr '\n' ' ')"
	done
}

trapeze_tests() {
	local kite=$guests/kite.elf
	if [ -z "$reference" ]; then # no QEMU to say what is expected: then the bare machine does
		on_trapeze "$work/self" "$kite" --append selftest
		INPUT=$work/script on_trapeze "$work/session" "$kite"
	fi
	sed 's/^kite: files.*/kite: files are in the virtio disk/' "$work/self" >"$work/disk"
	# From an initrd one of its programs will do: the rest is the same as from the kernel's own image.
	sed -n '1p; s/^kite: files.*/kite: files are in the initrd/p; /^filetest:/,/^pagetest:/ { /^PASS/p }' "$work/self" >"$work/initrd"
	everywhere "0 1 2" "hello" "$work/hello" "$guests/hello.elf"
	everywhere "0 1 2" "hello from its source" "$work/hello" scenarios/guests/hello/hello.s
	everywhere "0 1 2" "two harts" "$work/harts" tests/shim/harts.s --harts 2
	everywhere "0 1 2" "kite's self-test" "$work/self" "$kite" --append selftest
	everywhere "0 1" "kite from a disk" "$work/disk" "$kite" --append selftest --disk "$guests/kite.fs"
	everywhere "0 1" "kite from a modern disk in the slot of QEMU" "$work/disk" "$kite" --append selftest --disk "$guests/kite.fs" \
		--virtio modern --disk-slot 7
	sed -n '1p; s/^kite: files.*/kite: files are in the virtio disk/p; /^filetest:/,/^pagetest:/ { /^PASS/p }' "$work/self" >"$work/files"
	for interface in legacy modern; do # at depth 2 the VMM in the middle has a driver of its own
		everywhere "0 2" "files from a $interface disk in slot 3" "$work/files" "$kite" --append init=/bin/filetest \
			--disk "$guests/kite.fs" --virtio $interface --disk-slot 3
	done
	everywhere "0 1" "kite from an initrd" "$work/initrd" "$kite" --append init=/bin/filetest --initrd "$guests/kite.fs"
	everywhere "0 1" "kite on two harts" "$work/self" "$kite" --append selftest --harts 2
	everywhere "0 1" "kite, all shadows dropped" "$work/self" "$kite" --append selftest --policy drop-all
	INPUT=$work/script everywhere "0 1 2" "a session with kite's shell" "$work/session" "$kite"
	for program in bench traps; do
		on_trapeze "$work/$program" "$kite" --append $program
		everywhere "0 1" "kite's $program" "$work/$program" "$kite" --append $program
	done
}

if command -v qemu-system-riscv32 >/dev/null; then
	qemu_tests
else
	echo "skip qemu: qemu-system-riscv32 is not installed (Debian: qemu-system-misc)"
fi
if "$TRAPEZE" boot --help >/dev/null 2>&1; then
	trapeze_tests
else
	echo "skip boot: this trapeze has no boot command"
fi
exit $failed
