# Sourced by the tests that look at processes. pgrep and ps are no part of a small Debian, and the kernel tells the same.
# child_of PID: prints the first child of the process; fails if it has none
child_of() {
	local list=
	read -r list _ 2>/dev/null <"/proc/$1/task/$1/children"
	[ -n "$list" ] && echo "$list"
}
