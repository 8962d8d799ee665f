#!/bin/bash
# Runs the input fuzzer on each target for some seconds, and prints a line a target: inputs tried, places of code reached, faults found.
# What breaks a reader is kept in build/inputs-found/TARGET/. It goes to tests/fuzz/inputs/kept/TARGET/ when the reader is mended.
# usage: tests/fuzz/inputs/fuzz.sh FUZZER SECONDS TARGET...    TRAPEZE and BUILD say what was built
set -u
fuzzer=$1 seconds=$2
shift 2
seeds=$BUILD/inputs-seeds found=$BUILD/inputs-found status=0
tests/fuzz/inputs/seeds.sh "$seeds" || exit 1

# most TARGET: bytes of an input. A kernel image is large, a packet is not.
most() {
	case $1 in image) echo 40000 ;; debugger) echo 2000 ;; *) echo 8000 ;; esac
}

for target in "$@"; do
	corpus=$BUILD/inputs-corpus/$target log=$BUILD/inputs-$target.log faults=0 tried=0
	mkdir -p "$corpus" "$found/$target"
	: >"$log"
	end=$(($(date +%s) + seconds))
	# The fuzzer ends at the first fault, and a script that hangs ends it, too. It begins again until the time is over.
	while left=$((end - $(date +%s))) && [ $left -gt 0 ]; do
		INPUT_TARGET=$target "$fuzzer" -max_total_time=$left -timeout=60 -rss_limit_mb=4096 -max_len="$(most "$target")" -print_final_stats=1 \
			-artifact_prefix="$found/$target/" "$corpus" "$seeds/$target" >"$log.now" 2>&1 || faults=$((faults + 1))
		tried=$((tried + $(sed -n 's/^stat::number_of_executed_units: *//p' "$log.now" | tail -n 1) + 0))
		cat "$log.now" >>"$log"
		[ $faults -lt 20 ] || break
	done
	reached=$(grep -o 'cov: [0-9]*' "$log" | sort -k 2 -n | tail -n 1)
	echo "$target: $tried inputs, ${reached:-cov: 0}, $faults faults; $log says more"
	[ $faults = 0 ] || status=1
done
exit $status
