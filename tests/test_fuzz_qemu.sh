#!/bin/bash
# An oracle that nobody here wrote: portable random programs print the same on QEMU's virt board (through tests/shim) as on the bare
# machine: every trap's cause, address and pc, and the registers and CSRs at the end. QEMU_COUNT: how many programs, from QEMU_SEED on.
fuzz=$BUILD/fuzz
shim=$BUILD/guests/shim.elf
count=${QEMU_COUNT:-40}
seed=${QEMU_SEED:-1}
name="fuzz: $count portable programs print the same on QEMU and on the bare machine"
if ! command -v qemu-system-riscv32 >/dev/null; then
	echo "skip $name: no qemu-system-riscv32 here"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# QEMU's rv32 with what T32 lacks switched off. Two harts, one of them parked: with one alone QEMU takes an AMO's fault for a load's.
cpu=rv32,g=off,c=off,f=off,d=off,h=off,zba=off,zbb=off,zbc=off,zbs=off,sstc=on
failed=0
for ((s = seed; s < seed + count; s++)); do
	"$fuzz" --portable --seed $s --write "$work/p.elf"
	timeout 200 qemu-system-riscv32 -M virt -m 128M -smp 2 -nographic -cpu $cpu -bios "$shim" -kernel "$work/p.elf" </dev/null >"$work/qemu" 2>"$work/error"
	"$fuzz" --portable --seed $s --console >"$work/bare" 2>>"$work/error"
	if ! cmp -s "$work/qemu" "$work/bare" || [ ! -s "$work/bare" ]; then
		failed=$((failed + 1))
		line=$(cmp "$work/qemu" "$work/bare" | sed 's/.*line //')
		echo "# seed $s: line $line: QEMU $(sed -n "${line}p" "$work/qemu" | tr a-p 0-9a-f), bare $(sed -n "${line}p" "$work/bare" | tr a-p 0-9a-f)" \
			"$(head -c 200 "$work/error")"
	fi
done
if [ $failed -eq 0 ]; then
	echo "ok $name"
else
	echo "not ok $name: $failed differ"
fi
