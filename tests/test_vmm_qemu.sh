#!/bin/bash
# The VMM on a machine that nobody here wrote: vmm.elf, the same image that runs on T32, is the kernel of QEMU's virt
# board (under the firmware of tests/shim) and runs guests there, in real U and in guest mode. What a guest prints is what
# it prints on that board without a VMM. Needs BUILD, as tests/run sets it.
BUILD=${BUILD:-build}
guests=$BUILD/guests
pack=$BUILD/tests/qemu/pack
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

if ! command -v qemu-system-riscv32 >/dev/null; then
	echo "skip vmm on qemu: qemu-system-riscv32 is not installed (Debian: qemu-system-misc)"
	exit 0
fi

verdict() { # verdict STATUS NAME [WHAT WENT WRONG]
	if [ "$1" -eq 0 ]; then
		echo "ok vmm on qemu: $2"
	else
		echo "not ok vmm on qemu: $2: ${3:-status $1}"
		failed=1
	fi
}

# board OUT QEMU OPTION...: console output to OUT; status: 0 a good power-off, 1 a bad one, 124 it never ended
board() {
	local out=$1
	shift
	timeout 200 qemu-system-riscv32 -M virt -m 256M -nographic -monitor none -serial stdio -bios "$guests/shim.elf" "$@" \
		<"${INPUT:-/dev/null}" >"$out" 2>"$work/stderr"
}

# under_vmm OUT KERNEL APPEND [KERNEL APPEND ...]; ASSIST: --assist for guest mode; OPTIONS: more for QEMU
under_vmm() {
	local out=$1 argument
	shift
	# shellcheck disable=SC2086
	argument=$("$pack" $ASSIST "$work/packed" 48 "$@") || return 99
	# shellcheck disable=SC2086
	board "$out" -kernel "$guests/vmm.elf" -append "$argument" \
		-device "loader,file=$work/packed,addr=${argument#config=},force-raw=on" $OPTIONS
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

# What guests print without a VMM.
printf '%s\n' 'echo several words' 'cat /etc/fruit | sort | wc' 'primes 30' 'hello; nothing' halt >"$work/script"
board "$work/hello" -kernel "$guests/hello.elf"
board "$work/self" -kernel "$guests/kite.elf" -append selftest
INPUT=$work/script board "$work/session" -kernel "$guests/kite.elf"
sed 's/^kite: files.*/kite: files are in the virtio disk/' "$work/self" >"$work/disk"

bytes() {
	cat "$@" | od -An -v -tx1 -w1 | sort | uniq -c
}

as_without_vmm() { # as_without_vmm HOW
	local how=$1 status
	under_vmm "$work/out" "$guests/hello.elf" ""
	same "hello runs to power-off, $how" "$work/hello" "$work/out" $?
	under_vmm "$work/out" "$guests/kite.elf" selftest
	same "kite's self-test prints the same bytes, $how" "$work/self" "$work/out" $?
	INPUT=$work/script under_vmm "$work/out" "$guests/kite.elf" ""
	same "a session with kite's shell prints the same bytes, $how" "$work/session" "$work/out" $?
	OPTIONS="-drive file=$guests/kite.fs,format=raw,if=none,id=d,readonly=on -device virtio-blk-device,drive=d,bus=virtio-mmio-bus.0" \
		under_vmm "$work/out" "$guests/kite.elf" selftest
	same "kite finds its files on the board's disk, $how" "$work/disk" "$work/out" $?
	under_vmm "$work/out" "$guests/kite.elf" init=/bin/cat\ /nothing
	[ $? -eq 1 ]
	verdict $? "a guest's failure is the board's, $how"
	# Three guests share the console, a byte at a time: the bytes of all of them are there, in whatever order.
	under_vmm "$work/out" "$guests/hello.elf" "" "$guests/hello.elf" "" "$guests/hello.elf" ""
	status=$?
	cmp -s <(bytes "$work/out") <(bytes "$work/hello" "$work/hello" "$work/hello")
	verdict $((status + $?)) "three guests at once run to power-off, $how"
}

ASSIST='' as_without_vmm "by trap-and-emulate"
ASSIST=--assist as_without_vmm "in guest mode"

ASSIST=--assist OPTIONS="-cpu rv32,h=false" under_vmm "$work/out" "$guests/hello.elf" ""
[ $? -eq 1 ] && grep -q "no hypervisor extension" "$work/out"
verdict $? "without the hypervisor extension guest mode is refused, and the way out is said" "$(tail -n 1 "$work/out")"
board "$work/out" -kernel "$guests/vmm.elf" -append nonsense
[ $? -eq 1 ] && grep -q "no config=ADDRESS" "$work/out"
verdict $? "without a configuration the VMM says so and fails"
exit $failed
