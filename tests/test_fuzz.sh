#!/bin/bash
# Random programs end in the same state bare and under the VMM, and the checks that say so can fail. See tests/fuzz/.
# FUZZ_COUNT: how many programs (2000; a tenth of it under the sanitizers). `make fuzz N= SEED=` runs more.
fuzz=$BUILD/fuzz
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

# Two halves at once: the work is all computing.
half=$((count / 2))
"$fuzz" --seed 1 --count $half >"$work/first" 2>&1 &
first=$!
"$fuzz" --seed $((half + 1)) --count $((count - half)) >"$work/second" 2>&1
second=$?
wait $first
first=$?
cat "$work/first" "$work/second" >"$work/both"
say "$count random programs end in the same state bare and at depth 1, by either policy; no shadow entry grants too much" $((first + second)) "$work/both"

# Hardly any program may end by running out of steps: such a one compares nothing.
awk '/ programs, / { n += $1; u += $5 } END { print u " of " n " programs reached no end"; exit u * 50 > n || n == 0 }' "$work/both" >"$work/ends"
say "all but a few programs come to an end" $? "$work/ends"

"$fuzz" --count 40 --only chopped --only chopped-cached >"$work/chopped" 2>&1
say "a run chopped into pieces ends in the same state" $? "$work/chopped"

# The checks themselves: a fault that is put in must be found, and its program shrunk to a few pieces.
finds() { # finds CONFIGURATION PATTERN
	! "$fuzz" --count 60 --only "$1" >"$work/$1" 2>&1 && grep -q "$2" "$work/$1" &&
		awk '/^# shrunk from/ { n++; if ($7 > 12) big++ } END { exit !n || big * 2 > n }' "$work/$1"
}
finds fault-csr 'sscratch'
say "a CSR that flips is found, and the program shrunk" $? "$work/fault-csr"
finds fault-shadow 'grants a right'
say "a shadow entry that grants too much is found, and the program shrunk" $? "$work/fault-shadow"
