#!/bin/bash
# The enlightened guest VMM (hypervisor/lend.h): with --enlightened a guest lives the same life, bit for bit, and a CSR
# exit of an L2 guest takes two exits in L0; without it, many. Needs TRAPEZE and BUILD, as tests/run sets them.
TRAPEZE=${TRAPEZE:-./trapeze}
BUILD=${BUILD:-build}
guests=$BUILD/guests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

verdict() { # verdict STATUS NAME [WHAT WENT WRONG]
	if [ "$1" -eq 0 ]; then
		echo "ok enlightened: $2"
	else
		echo "not ok enlightened: $2: ${3:-status $1}"
		failed=1
	fi
}

# boot STATE OPTION...: console to STATE.text
boot() {
	local state=$1
	shift
	timeout 100 "$TRAPEZE" boot --state "$state" "$@" </dev/null >"$state.text" 2>"$work/stderr"
}

# same NAME KERNEL OPTION...: state and console are those of the bare machine
same() {
	local name=$1
	shift
	boot "$work/bare" "$@" --depth 0
	for where in "2 native cached" "2 t32 drop-all" "3 native cached"; do
		read -r depth vmm policy <<<"$where"
		boot "$work/deep" "$@" --depth "$depth" --vmm "$vmm" --policy "$policy" --enlightened
		cmp -s "$work/bare" "$work/deep" && cmp -s "$work/bare.text" "$work/deep.text"
		verdict $? "$name at depth $depth, L0 $vmm, $policy, ends as bare" "$(tail -n 1 "$work/stderr")"
	done
}
same hello "$guests/hello.elf" --ram 8M
same "kite's self-test" "$guests/kite.elf" --ram 32M --append selftest

# Exits in L0 for one CSR exit of the L2 guest, times 100.
each() {
	boot "$work/state" "$guests/hello.elf" --ram 8M --depth 2 --stats "$work/stats" "$@"
	tr -d ' \t\n' <"$work/stats" | sed -n 's/.*"multiplication".*"illegal-insn":{"exits":[0-9]*,"vmms":\[{"level":0,[^}]*"exits_each":\([0-9.]*\).*/\1/p' |
		awk '{ print int($1 * 100) }'
}
with=$(each --enlightened)
without=$(each)
[ "${with:-999}" -le 200 ]
verdict $? "a CSR exit of an L2 guest is at most 2 exits in L0" "${with}/100"
[ "${without:-0}" -gt 500 ]
verdict $? "by default it is not so" "${without}/100"
exit $failed
