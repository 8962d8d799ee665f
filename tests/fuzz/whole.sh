#!/bin/bash
# All that `make fuzz` runs: a line for each depth and each kind of outermost VMM, and the hypervisor extension.
# Whatever fails, the rest is run too.
# usage: whole.sh N SEED    BUILD says where the fuzzer and the guests are
set -u
n=$1 seed=$2 status=0
fuzz="$BUILD/fuzz --vmm $BUILD/guests/vmm.elf --seed $seed"

# equal WHAT COUNT CONFIGURATION...: so many programs end in the same state bare and in these configurations
equal() {
	local what=$1 count=$2 wanted="" c
	shift 2
	for c; do wanted="$wanted --only $c"; done
	# shellcheck disable=SC2086
	$fuzz --count "$count" $wanted >"$work" || status=1
	sed "\$s/^/$what: /" "$work"
}

work=$(mktemp)
trap 'rm -f "$work"' EXIT
equal "depth 1, L0 native" "$n"
equal "depth 1, L0 T32" "$n" t32
equal "depth 1, L0 T32, guest mode" $((n / 5)) t32-assist t32-assist-shadow
equal "depth 2, L0 native" $((n / 5)) depth-2 depth-2-drop-all
equal "depth 2, L0 T32" $((n / 5)) depth-2-t32
equal "depth 3, L0 T32" $((n / 50)) depth-3-t32
equal "two VMMs, by trap-and-emulate and by guest mode" $((n / 5)) trap-in-assist assist-in-trap assist-in-assist
equal "two VMMs, drop-all, shadows in guest mode, L0 T32" $((n / 5)) assist-in-trap-drop-all shadow-in-trap shadow-in-assist \
	trap-in-assist-shadow trap-in-t32-assist assist-in-t32-trap assist-in-t32-assist
three="depth-3 trap-in-trap-in-assist trap-in-assist-in-trap trap-in-assist-in-assist assist-in-trap-in-trap
	assist-in-trap-in-assist assist-in-assist-in-trap depth-3-assist"
# shellcheck disable=SC2086
equal "three VMMs, by trap-and-emulate and by guest mode" $((n / 50)) $three
short() { fuzz="$fuzz --short" equal "$@"; }
# shellcheck disable=SC2086
short "the same, short programs" $((n / 5)) $three
equal "enlightened, depth 2 and 3" $((n / 50)) depth-2-enlightened depth-3-enlightened
equal "enlightened by SBI NACL, depth 2 and 3" $((n / 50)) enlightened-assist depth-3-enlightened-assist
wide() { fuzz="$fuzz --wide" equal "$@"; }
wide "wide programs, depth 1" $((n / 5))
wide "wide programs, L0 T32 and depth 2" $((n / 50)) t32 t32-assist plain-assist depth-2 twin
echo "the hypervisor extension, in lock step on the engines: $n programs"
H_PROGRAMS=$n H_SEED=$seed "$BUILD/tests/unit" h_lockstep || status=1
QEMU_COUNT=$((n / 50)) QEMU_SEED=$seed tests/test_fuzz_qemu.sh | tee "$work"
grep -q '^not ok' "$work" && status=1
exit $status
