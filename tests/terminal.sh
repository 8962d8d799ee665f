# Sourced by the tests that need a terminal: can they run here?
# lacks_terminal PROGRAM: PROGRAM is to make the terminal (script, tmux, python3, zsh). Prints why it cannot; fails if it can.
lacks_terminal() {
	if ! command -v "$1" >/dev/null; then
		echo "$1 is not here"
	elif ! gives_terminal; then
		echo "this host gives no pseudo-terminal (is /dev/pts mounted?)"
	else
		return 1
	fi
}

# A pseudo-terminal is tried by making one. Without script(1), which every Debian has, the host is only asked for its one end.
gives_terminal() {
	if command -v script >/dev/null; then
		timeout 200 script -qec true /dev/null </dev/null >/dev/null 2>&1
	else
		{ : <>/dev/ptmx; } 2>/dev/null
	fi
}
