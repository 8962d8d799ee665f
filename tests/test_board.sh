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
		timeout 60 qemu-system-riscv32 -M virt -nographic -monitor none -serial stdio -bios "$BUILD/guests/shim.elf" \
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
probe legacy true ,bus=virtio-mmio-bus.0
probe modern false "" --disk-slot 7
exit $failed
