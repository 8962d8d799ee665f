#!/bin/bash
# The benchmark measures what it says it does: every kernel of it runs to its end wherever it is meant to, every row has its numbers.
# How large they are is not looked at: this machine may have other things to do.
set -u
. "$(dirname "$0")/terminal.sh"
bench=${BUILD:-build}/bench
export BUILD=${BUILD:-build} TRAPEZE=${TRAPEZE:-./trapeze}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok bench: $2"; else echo "not ok bench: $2: ${3-}"; fi
}
# group NAME ROWS KEY...: that many rows, each with all the keys and a number to each
group() {
	local name=$1 rows=$2 missing=
	shift 2
	timeout 200 "$bench" --quick --runs 1 --no-qemu --json --only "$name" >"$work/json" 2>"$work/errors"
	status=$?
	for key in "$@"; do
		got=$(grep -c "^			\"$key\":	-\?[0-9]" "$work/json")
		[ "$got" -eq "$rows" ] || missing="$missing $key: $got of $rows"
	done
	[ $status -eq 0 ] && [ -z "$missing" ] && [ ! -s "$work/errors" ]
	verdict $? "$name: every row has its numbers" "status $status;$missing; $(head -1 "$work/errors")"
}
group mix 1 bare depth1 depth2 depth1_time depth2_time
group traps 11 bare depth1 depth2 steps
group kernel 1 bare depth1 depth2
group exits 8 ns million_a_second operation_exits
group nested 6 us outermost_exits us_enlightened outermost_exits_enlightened
group harts 6 rate harts2 harts4 harts8 slice1000 slice300 slice100
# One row of the group measures the dashboard on a terminal.
if gives_terminal; then
	group start 6 mb
else
	echo "skip bench: start: this host gives no pseudo-terminal (is /dev/pts mounted?)"
fi
group guests 7 mips mb

# What an exit of the deepest guest comes to is a count, not a time.
"$bench" --quick --runs 1 --json --only nested | awk -F'[:,]' '/"name"/ { deep = /csr, 2/ } deep && /"outermost_exits":/ { plain = $2 }
	deep && /"outermost_exits_enlightened":/ { enlightened = $2 } END { exit !(plain >= 2 && plain <= 20 && enlightened <= 2) }'
verdict $? "at depth 2 a CSR instruction of the guest is at most 20 exits into L0, 2 for enlightened VMMs"

"$bench" --only nonsense >"$work/out" 2>&1
[ $? -eq 2 ] && grep -q '^usage:' "$work/out" && grep -q "'nonsense'" "$work/out"
verdict $? "a group that is none is told"
