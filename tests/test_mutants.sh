#!/bin/bash
# The tables of seeded bugs fit today's sources. Nothing is built here: `make mutants` plants the bugs and runs the tests (tests/mutants/README.md).
set -u
run=tests/mutants/run

say() { # say STATUS NAME
	[ "$1" -eq 0 ] && echo "ok mutants: $2" || echo "not ok mutants: $2"
}

said=$($run --check)
status=$?
echo "$said" | sed 's/^/# /'
say $status "every seeded bug fits today's sources"
[ "$($run --list | wc -l)" -ge 120 ]
say $? "there are at least 120 of them"
for room in isa sim hypervisor hypervisor/native hypervisor/t32 scenarios scenarios/grade; do
	grep -q "^== $room/" tests/mutants/*.txt || echo "$room"
done | sed 's/^/# no seeded bug is in /' | { ! grep .; }
say $? "every room has some"
