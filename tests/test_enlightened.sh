#!/bin/bash
# The enlightened guest VMM (hypervisor/lend.h, and hypervisor/nacl.h for guest mode): with --enlightened a guest lives
# the same life, bit for bit, and an exit of an L2 guest takes two exits in L0; without it, many. Needs TRAPEZE and BUILD, as tests/run sets them.
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
	timeout 400 "$TRAPEZE" boot --state "$state" "$@" </dev/null >"$state.text" 2>"$work/stderr"
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

# The same in guest mode, where the calls are those of SBI NACL.
in_guest_mode() { # in_guest_mode NAME "DEPTH..." KERNEL OPTION...
	local name=$1 depths=$2
	shift 2
	boot "$work/bare" "$@" --profile h --depth 0
	for depth in $depths; do
		for vmm in native t32; do
			boot "$work/deep" "$@" --profile h --technique assist --depth "$depth" --vmm $vmm --enlightened
			cmp -s "$work/bare" "$work/deep" && cmp -s "$work/bare.text" "$work/deep.text"
			verdict $? "$name in guest mode at depth $depth, L0 $vmm, ends as bare" "$(tail -n 1 "$work/stderr")"
		done
	done
}
in_guest_mode hello "2 3 4" "$guests/hello.elf" --ram 8M
in_guest_mode "kite's self-test" "2 3 4" "$guests/kite.elf" --ram 32M --append selftest

# By the wall clock only the time differs from bare.
boot "$work/bare" "$guests/kite.elf" --ram 32M --append selftest --profile h --clock wall --depth 0
boot "$work/deep" "$guests/kite.elf" --ram 32M --append selftest --profile h --clock wall --technique assist --depth 2 \
	--enlightened
cmp -s "$work/bare.text" "$work/deep.text"
verdict $? "kite in guest mode by the wall clock says what it says bare" "$(tail -n 1 "$work/stderr")"

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

# The same of a firmware call of the L2 guest in guest mode. Each VMM more doubles the exits, and does not multiply them.
calls() {
	boot "$work/state" "$guests/hello.elf" --ram 8M --profile h --technique assist --stats "$work/stats" "$@"
	tr -d ' \t\n' <"$work/stats" | sed -n 's/.*"multiplication".*"ecall-vk":{"exits":[0-9]*,"vmms":\[{"level":0,[^}]*"exits_each":\([0-9.]*\).*/\1/p' |
		awk '{ print int($1 * 100) }'
}
two=$(calls --depth 2 --enlightened)
three=$(calls --depth 3 --enlightened)
plain=$(calls --depth 2)
[ "${two:-9999}" -lt 300 ] && [ $((two * 3)) -lt "${plain:-0}" ]
verdict $? "in guest mode an exit of an L2 guest is far fewer exits in L0 than without the calls" "$two against $plain, of 100"
[ "${three:-9999}" -lt $((two * 3)) ]
verdict $? "and a VMM more does not multiply them as it does without" "$three at depth 3, of 100"
exit $failed
