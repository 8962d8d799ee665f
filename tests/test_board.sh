#!/bin/bash
# The board against one that nobody here wrote: tests/board/probe.s makes the same accesses to UART, PLIC and virtio on QEMU's virt board and on
# ours, and reads the same. And what a device does to a hart is the same at every depth. Needs TRAPEZE and BUILD, as tests/run sets them.
TRAPEZE=${TRAPEZE:-./trapeze}
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
name="board: every access of the probe reads the same as on QEMU's virt board"

head -c 300000 /dev/zero >"$work/disk"
for depth in 0 1; do
	if [ "$("$TRAPEZE" boot tests/board/reservation.s --depth $depth --disk "$work/disk" --limit 1000000 </dev/null)" = 110 ]; then
		echo "ok board: DMA and disk transfers end a reservation at depth $depth"
	else
		echo "not ok board: DMA and disk transfers end a reservation at depth $depth"
		failed=1
	fi
done

if ! "$TRAPEZE" asm tests/board/probe.s -o "$work/probe.elf"; then
	echo "not ok $name: the probe does not assemble"
	exit 1
fi
if ! "$TRAPEZE" boot "$work/probe.elf" --disk "$work/disk" --limit 1000000 </dev/null >"$work/ours"; then
	echo "not ok $name: the probe does not end, on our board"
	exit 1
fi
if ! command -v qemu-system-riscv32 >/dev/null; then
	echo "skip $name: qemu-system-riscv32 is not installed"
	exit $failed
fi
timeout 60 qemu-system-riscv32 -M virt -nographic -monitor none -serial stdio -bios "$BUILD/guests/shim.elf" -kernel "$work/probe.elf" \
	-drive "file=$work/disk,format=raw,if=none,id=d,readonly=on" -device virtio-blk-device,drive=d,bus=virtio-mmio-bus.0 \
	</dev/null >"$work/qemu" 2>"$work/stderr"
if [ -s "$work/qemu" ] && cmp -s "$work/ours" "$work/qemu"; then
	echo "ok $name"
	exit $failed
else
	echo "not ok $name (operation, address, value, read; < ours, > QEMU)"
	diff "$work/ours" "$work/qemu" | sed 's/^/# /'
	exit 1
fi
