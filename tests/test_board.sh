#!/bin/bash
# The board against one that nobody here wrote: tests/board/probe.s makes the same accesses to UART, PLIC and virtio on QEMU's virt board and on
# ours, and reads the same. And what a device does to a hart is the same at every depth. Needs TRAPEZE and BUILD, as tests/run sets them.
TRAPEZE=${TRAPEZE:-./trapeze}
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

head -c 300000 /dev/zero >"$work/disk"
for depth in 0 1; do
	if [ "$("$TRAPEZE" boot tests/board/reservation.s --depth $depth --disk "$work/disk" --limit 1000000 </dev/null)" = 110 ]; then
		echo "ok board: DMA and disk transfers end a reservation at depth $depth"
	else
		echo "not ok board: DMA and disk transfers end a reservation at depth $depth"
		failed=1
	fi
done

# probe INTERFACE FORCE-LEGACY QEMU-DEVICE OPTION...: the steps of tests/board/INTERFACE.s, on QEMU's board and on ours with these options
probe() {
	local interface=$1 legacy=$2 device=$3
	local name="board: every access of the probe reads the same as on QEMU's virt board, virtio $interface"
	shift 3
	cat tests/board/probe.s "tests/board/$interface.s" >"$work/probe.s"
	rm -f "$work/qemu" "$work/ours"
	if ! "$TRAPEZE" asm "$work/probe.s" -o "$work/probe.elf"; then
		echo "not ok $name: the probe does not assemble"
		failed=1
	elif ! "$TRAPEZE" boot "$work/probe.elf" --disk "$work/disk" --virtio "$interface" --limit 1000000 "$@" </dev/null >"$work/ours"; then
		echo "not ok $name: the probe does not end, on our board"
		failed=1
	elif ! command -v qemu-system-riscv32 >/dev/null; then
		echo "skip $name: qemu-system-riscv32 is not installed"
	else
		timeout 300 qemu-system-riscv32 -M virt -nographic -monitor none -serial stdio -bios "$BUILD/guests/shim.elf" \
			-kernel "$work/probe.elf" -global "virtio-mmio.force-legacy=$legacy" \
			-drive "file=$work/disk,format=raw,if=none,id=d,readonly=on" -device "virtio-blk-device,drive=d$device" \
			</dev/null >"$work/qemu" 2>"$work/stderr"
		if [ -s "$work/qemu" ] && cmp -s "$work/ours" "$work/qemu"; then
			echo "ok $name"
		else
			echo "not ok $name (operation, address, value, read; < ours, > QEMU)"
			diff "$work/ours" "$work/qemu" | sed 's/^/# /'
			failed=1
		fi
	fi
}
# early NAME: no byte of piped input is lost to a driver that empties the UART as the code on standard input does, and the kernel's life is
# the same in every configuration
configurations=("--depth 0" "--depth 0 --engine plain" "--depth 0 --engine fast" "--depth 1" "--depth 1 --vmm t32" "--depth 2" "--depth 2 --enlightened"
	"--profile h" "--profile h --depth 1 --technique assist" "--profile h --depth 2 --technique assist")
early() {
	local name="board: piped input is whole behind a driver that $1" options text
	{
		cat tests/board/early.s
		echo "empty:"
		cat
		echo "    ret"
	} >"$work/early.s"
	for options in "${configurations[@]}"; do
		# shellcheck disable=SC2086 # the options are words
		text=$(printf 'earliest' | "$TRAPEZE" boot "$work/early.s" $options --limit 3000000 --state "$work/state" 2>&1)
		case $options in # the first of each profile is the bare machine
		"--depth 0" | "--profile h") mv "$work/state" "$work/life" ;;
		esac
		if [ "$text" != earliest ]; then
			echo "not ok $name: $options: '$text'"
			failed=1
			return
		fi
		if [ -e "$work/state" ] && ! cmp -s "$work/state" "$work/life"; then
			echo "not ok $name: $options: the state is another"
			failed=1
			return
		fi
	done
	echo "ok $name"
}
early "loads RBR 64 times and then enables the interrupt" <<'EOF'
    li t0, 64
1:  lbu t1, 0(s0)
    addi t0, t0, -1
    bnez t0, 1b
    li t0, 1
    sb t0, IER(s0)
EOF
early "loads RBR while LSR says that there is a byte" <<'EOF'
1:  lbu t1, LSR(s0)
    andi t1, t1, 1
    beqz t1, 2f
    lbu t1, 0(s0)
    j 1b
2:
EOF
early "looks 16 times, as deep as a FIFO" <<'EOF'
    li t0, 16
1:  lbu t1, LSR(s0)
    andi t1, t1, 1
    beqz t1, 2f
    lbu t1, 0(s0)
2:  addi t0, t0, -1
    bnez t0, 1b
    li t0, 1
    sb t0, IER(s0)
EOF
early "tries IER, resets the FIFOs and loads RBR once, as Linux does" <<'EOF'
    li t0, 15
    sb t0, IER(s0)
    lbu t1, IER(s0)
    sb zero, IER(s0)
    li t0, 7
    sb t0, FCR(s0)
    sb zero, FCR(s0)
    lbu t1, LSR(s0)
    lbu t1, 0(s0)
    li t0, 5
    sb t0, IER(s0)
EOF
early "only polls" <<'EOF'
EOF

probe legacy true ,bus=virtio-mmio-bus.0
probe modern false "" --disk-slot 7
exit $failed
