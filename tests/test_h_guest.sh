#!/bin/bash
# kite, unmodified, as the guest of the smallest VMM for the hypervisor extension (tests/h/monitor.c): it tests itself
# and prints what it prints bare, on every engine and on QEMU.
TRAPEZE=${TRAPEZE:-./trapeze}
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
append=selftest

if ! tests/h/build.sh "$BUILD/guests/kite.elf" "$work/monitor.elf"; then
	echo "not ok h: the monitor is built"
	exit 1
fi

"$TRAPEZE" boot "$BUILD/guests/kite.elf" --ram 256M --append $append </dev/null >"$work/bare" 2>&1
for engine in plain fast jit; do
	"$TRAPEZE" boot "$work/monitor.elf" --profile h --ram 256M --engine $engine --append $append \
		--stats "$work/$engine.json" </dev/null >"$work/$engine" 2>&1
	grep -v host_seconds "$work/$engine.json" >"$work/$engine.counts"
	if cmp -s "$work/bare" "$work/$engine"; then
		echo "ok h: kite tests itself in a guest, and prints what it prints bare, on the engine $engine"
	else
		echo "not ok h: kite tests itself in a guest, and prints what it prints bare, on the engine $engine"
		diff "$work/bare" "$work/$engine" | head -10 | sed 's/^/# /'
	fi
done
if cmp -s "$work/plain.counts" "$work/fast.counts" && cmp -s "$work/plain.counts" "$work/jit.counts"; then
	echo "ok h: the engines count the same events in a guest"
else
	echo "not ok h: the engines count the same events in a guest"
fi

# The same monitor as the guest of our own VMM, which gives it the extension: the same output, and the same state.
"$TRAPEZE" boot "$work/monitor.elf" --profile h --ram 256M --append $append --state "$work/state.0" </dev/null >/dev/null 2>&1
within() { # within NAME OPTION...: the monitor runs under a VMM
	local name="h: kite in the monitor, the monitor under $1: the end is that of the bare machine"
	shift
	timeout -s KILL 300 "$TRAPEZE" boot "$work/monitor.elf" --profile h --ram 256M --append $append --state "$work/state" "$@" </dev/null >"$work/nested" 2>&1
	if cmp -s "$work/bare" "$work/nested" && cmp -s "$work/state.0" "$work/state"; then
		echo "ok $name"
	else
		echo "not ok $name"
		diff "$work/bare" "$work/nested" | head -5 | sed 's/^/# /'
		diff "$work/state.0" "$work/state" | head -5 | sed 's/^/# /'
	fi
}
if grep -q '"hgatp":.*"0x8' "$work/state.0" && grep -q '"vsatp":.*"0x8' "$work/state.0"; then
	echo "ok h: the state of a hart has the CSRs of the extension"
else
	echo "not ok h: the state of a hart has the CSRs of the extension"
fi
within "the native VMM" --depth 1 --technique assist
within "the VMM as T32 code" --depth 1 --vmm t32 --technique assist
within "the native VMM by trap-and-emulate" --depth 1
within "the VMM as T32 code by trap-and-emulate" --depth 1 --vmm t32
within "two VMMs by trap-and-emulate" --depth 2

# The VMM must know which interrupts the inner one took by itself, and which only stopped the innermost guest.
interrupts() { # interrupts WHAT FILE
	local depth technique
	"$TRAPEZE" boot "$2" --profile h --ram 8M --limit 1000000 --state "$work/state.0" >/dev/null 2>&1 ||
		{ echo "not ok $1: bare"; return; }
	for depth in "1" "1 --vmm t32" "2" "2 --vmm t32"; do
		for technique in assist trap; do
			timeout -s KILL 300 "$TRAPEZE" boot "$2" --profile h --ram 8M --limit 50000000 --technique $technique --depth $depth \
				--state "$work/state" >/dev/null 2>&1 && cmp -s "$work/state.0" "$work/state" ||
				{ echo "not ok $1: depth $depth, $technique"; return; }
		done
	done
	echo "ok $1"
}
interrupts "h: a VMM whose timer switches between two guests is the same at every depth" tests/h/turns.s
for status in 0x100 0x120; do
	sed "s/STATUS/$status/" tests/h/open.s >"$work/open.s"
	interrupts "h: a VMM that is interrupted in its own handler is the same at every depth, sstatus $status" "$work/open.s"
done

# Two VCPUs share a hart, and each has a TLB of its own nevertheless.
name="h: two VCPUs that share a hart may use one ASID for two address spaces"
"$TRAPEZE" boot tests/h/asid.s --profile h --ram 16M --harts 2 --state "$work/state.0" 2>"$work/said"
bare=$? wrong=""
for how in "1 --technique assist" "1 --technique trap" "1 --technique assist --vmm t32" "2 --technique assist"; do
	# shellcheck disable=SC2086
	timeout -s KILL 300 "$TRAPEZE" boot tests/h/asid.s --profile h --ram 16M --harts 2 --depth $how --state "$work/state" \
		2>"$work/said" && cmp -s "$work/state.0" "$work/state" || wrong="$wrong, depth $how"
done
if [ $bare = 0 ] && [ -z "$wrong" ]; then
	echo "ok $name"
else
	echo "not ok $name$wrong"
	sed 's/^/# /' "$work/said"
fi

# Fences of a guest's translations on another hart.
fences() { # fences WHERE COMMAND...
	local where=$1
	shift
	[ "$(timeout -s KILL 300 "$@" </dev/null 2>&1 | tr -d '\r')" = "AB BA AB BA " ]
	[ $? -eq 0 ] && echo "ok h: remote fences of a guest's translations work $where" || echo "not ok h: remote fences of a guest's translations work $where"
}
"$TRAPEZE" asm tests/h/rfence.s --profile h -o "$work/rfence.elf"
for engine in plain fast jit; do
	fences "on the engine $engine" "$TRAPEZE" boot "$work/rfence.elf" --profile h --harts 2 --engine $engine
done
fences "under a VMM" "$TRAPEZE" boot "$work/rfence.elf" --profile h --harts 2 --technique assist --depth 1

name="h: kite tests itself in a guest on QEMU, too"
if ! command -v qemu-system-riscv32 >/dev/null; then
	echo "skip $name: qemu-system-riscv32 is not installed"
	exit 0
fi
fences "on QEMU, by the shim" qemu-system-riscv32 -M virt -m 256 -smp 2 -nographic -monitor none -serial stdio \
	-bios "$BUILD/guests/shim.elf" -kernel "$work/rfence.elf"
timeout 400 qemu-system-riscv32 -M virt -m 256 -nographic -monitor none -serial stdio -bios "$BUILD/guests/shim.elf" \
	-kernel "$work/monitor.elf" -append $append </dev/null >"$work/qemu" 2>"$work/stderr"
if cmp -s "$work/bare" "$work/qemu"; then
	echo "ok $name"
else
	echo "not ok $name"
	diff "$work/bare" "$work/qemu" | head -10 | sed 's/^/# /'
fi
