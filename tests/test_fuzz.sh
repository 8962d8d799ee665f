#!/bin/bash
# Random programs end in the same state bare, under the VMM, and under VMMs in VMMs, by every engine; and the checks that say so can fail.
# See tests/README.md. FUZZ_COUNT: how many programs (2000; a tenth of it under the sanitizers). `make fuzz N= SEED=` runs more.
fuzz="$BUILD/fuzz --vmm $BUILD/guests/vmm.elf"
count=${FUZZ_COUNT:-2000}
case $BUILD in *san*) count=${FUZZ_COUNT:-200} ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say NAME STATUS FILE: a test's line, and the file as comment if it failed
say() {
	if [ "$2" -eq 0 ]; then
		echo "ok fuzz: $1"
	else
		echo "not ok fuzz: $1"
		sed 's/^/# /' "$3" | head -200
	fi
}

# equal NAME COUNT OPTION...: so many programs, in two halves at once, since the work is all computing
equal() {
	local name=$1 all=$2 half=$(($2 / 2)) first second
	shift 2
	$fuzz --seed 1 --count $half "$@" >"$work/first" 2>&1 &
	first=$!
	$fuzz --seed $((half + 1)) --count $((all - half)) "$@" >"$work/second" 2>&1
	second=$?
	wait $first
	first=$?
	cat "$work/first" "$work/second" >"$work/both"
	say "$all random programs $name" $((first + second)) "$work/both"
}

equal "end in the same state bare and under the VMM, by either policy and every engine; no shadow entry grants too much" "$count"

# Hardly any program may end by running out of steps: such a one compares nothing.
awk '/ programs, / { n += $1; u += $5 } END { print u " of " n " programs reached no end"; exit u * 50 > n || n == 0 }' "$work/both" >"$work/ends"
say "all but a few programs come to an end" $? "$work/ends"

# The same checks through the lives of whole kernels.
$fuzz --kernel "$BUILD/guests/hello.elf" --only cached --only drop-all >"$work/hello" 2>&1
say "no shadow entry grants too much while hello runs" $? "$work/hello"
$fuzz --kernel "$BUILD/guests/kite.elf" --append selftest --only cached >"$work/kite" 2>&1
say "no shadow entry grants too much while kite tests itself" $? "$work/kite"
$fuzz --kernel "$BUILD/guests/kite.elf" --append selftest --only assist-shadow >"$work/kite" 2>&1
say "nor while kite tests itself in guest mode" $? "$work/kite"

equal "with up to four harts and 16 MiB, strange tables, aliases and long queues, end in the same state" $((count / 10)) --wide
# In this program a root is a table of itself, so an entry that the handler meets is a pointer.
$fuzz --seed 77000231 --count 1 --wide --only cached >"$work/pointer" 2>&1
say "the handler of a program does not make a pointer invalid that is in use" $? "$work/pointer"
equal "of that kind end in the same state under the VMM as T32 code, in guest mode and at depth 2" $((count / 100)) --wide --only t32 \
	--only plain-assist --only t32-assist --only depth-2 --only chopped-jit --only twin

# Each order of trap-and-emulate and guest mode under two VMMs, and under three. An exit under three VMMs is many exits, so
# these programs are short. `make fuzz` runs as many of them as here of the others, and long ones, too.
equal "end in the same state under two VMMs, by trap-and-emulate and by guest mode in any order" "$count" \
	--only depth-2 --only trap-in-assist --only assist-in-trap --only assist-in-assist
equal "that are short end in the same state under three VMMs, by trap-and-emulate and by guest mode in any order" $((count / 10)) --short \
	--only depth-3 --only trap-in-trap-in-assist --only trap-in-assist-in-trap --only trap-in-assist-in-assist \
	--only assist-in-trap-in-trap --only assist-in-trap-in-assist --only assist-in-assist-in-trap --only depth-3-assist
equal "end in the same state in guest mode, by the plain engine, in pieces, and with shadow page tables at either level" $((count / 10)) \
	--only plain-assist --only chopped-assist --only assist-shadow-drop-all --only chopped-assist-shadow --only trap-in-assist-shadow \
	--only shadow-in-assist --only shadow-in-trap --only assist-in-trap-drop-all
equal "end in the same state under the VMM as T32 code" $((count / 4)) --only t32
equal "end in the same state under the VMM as T32 code in guest mode, in pieces, and with a VMM inside" $((count / 10)) \
	--only t32-assist --only t32-assist-shadow --only chopped-t32-assist --only trap-in-t32-assist \
	--only assist-in-t32-assist --only assist-in-t32-trap --only depth-2-t32
equal "that are short end in the same state under three VMMs of T32 code" $((count / 100)) --short --only depth-3-t32
equal "end in the same state in guest mode at depth 2 and 3, each VMM asking the next for whole switches" $((count / 20)) \
	--only enlightened-assist --only depth-3-enlightened-assist --only enlightened-assist-in-trap
equal "tell the same events when a run is chopped into pieces" $((count / 50)) --only cached --only chopped --only chopped-jit --only chopped-cached

# The twin holds a VMM against a bare machine at every entry and exit, by a rule of its own.
equal "live as on the bare machine beside them, from exit to exit, by either policy" $((count / 4)) --only twin --only twin-drop-all
equal "live as on the bare machine beside them under VMMs that are T32 code" $((count / 20)) --only twin-t32 --only twin-depth-2
equal "live as on the bare machine beside them in guest mode, with either kind of page tables" $((count / 10)) --only twin-assist \
	--only twin-assist-shadow
equal "do so under the VMM as T32 code, inside a VMM in guest mode, and inside one that traps" $((count / 20)) --only twin-t32-assist \
	--only twin-t32-assist-shadow --only twin-assist-in-assist --only twin-assist-in-trap

# --only may be repeated, as often as anybody likes.
# shellcheck disable=SC2046
$fuzz --count 1 $(printf -- '--only bare %.0s' {1..200}) --only assist >"$work/often" 2>&1
say "any number of configurations can be asked for" $? "$work/often"

# The checks themselves: a fault that is put in must be found, and its program shrunk to a few pieces.
finds() { # finds CONFIGURATION PATTERN
	! $fuzz --count 60 --only "$1" >"$work/$1" 2>&1 && grep -q "$2" "$work/$1" &&
		awk '/^# shrunk from/ { n++; if ($7 > 12) big++ } END { exit !n || big * 2 > n }' "$work/$1"
}
finds fault-csr 'sscratch'
say "a CSR that flips is found, and the program shrunk" $? "$work/fault-csr"
finds fault-shadow 'grants a right'
say "a shadow entry that grants too much is found, and the program shrunk" $? "$work/fault-shadow"
finds fault-flush 'the TLB was not told'
say "a flush that is forgotten is found, and the program shrunk" $? "$work/fault-flush"
finds fault-assist-shadow 'grants a right'
say "a shadow entry of guest mode that grants too much is found, and the program shrunk" $? "$work/fault-assist-shadow"
finds fault-assist-flush 'the TLB was not told'
say "a flush that is forgotten in guest mode is found, and the program shrunk" $? "$work/fault-assist-flush"

# The twin finds each fault that is put into the VMM's records.
for fault in $($fuzz --list | awk '/^spoil-/ { print $1 }'); do
	$fuzz --count 12 --no-shrink --only "$fault" >"$work/$fault" 2>&1
	[ $? = 1 ] && grep -q '^not ok: seed [0-9]*, bare and spoil' "$work/$fault"
	say "the twin finds what $fault puts in" $? "$work/$fault"
done
