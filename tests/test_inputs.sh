#!/bin/bash
# What nobody vouches for: images, assembly, scripts, answers, recordings, packets and keys, damaged, break nothing (tests/fuzz/inputs).
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if tests/fuzz/inputs/seeds.sh "$folder/seeds" 2>"$folder/said"; then
	"$BUILD/inputs" "$folder/seeds"
else
	echo "not ok inputs: the seeds are made: $(head -n 1 "$folder/said")"
fi
