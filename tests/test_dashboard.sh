#!/bin/bash
# The dashboard on a real terminal (tmux): it shows, answers keys, survives every size, and gives the terminal back on every way out.
# What the screens look like cell by cell is tested without a terminal: tests/test_views.c.
TRAPEZE=$(realpath "${TRAPEZE:-./trapeze}")
. "$(dirname "$0")/terminal.sh"
if why=$(lacks_terminal tmux); then
	echo "skip the dashboard on a terminal: $why"
	exit 0
fi
folder=$(mktemp -d)
socket=$folder/socket
export XDG_STATE_HOME=$folder/state # what is remembered of a person does not count here
layout=$folder/state/trapeze/layout
mkdir -p "${layout%/*}"
tm() { tmux -S "$socket" "$@" 2>/dev/null; }
trap 'tm kill-server; rm -rf "$folder"' EXIT
[ -x "$TRAPEZE" ] || { # else every wait below would wait for nothing
	echo "not ok dashboard: $TRAPEZE is not there; make builds it"
	exit 1
}

# Two kernels that do nothing but trap now and then, for ever.
cat >"$folder/spin.s" <<-'END'
	.globl _start
	_start: li t0, 0
	1: addi t0, t0, 1
	csrw sscratch, t0
	li t4, 50
	2: addi t4, t4, -1
	bnez t4, 2b
	j 1b
END
cat >"$folder/spin.lua" <<-'END'
	-- Spinning
	machine {}
	vmm { quantum = 5000 }
	guest { name = "ann", image = "spin.s", ram = "8M" }
	guest { name = "ben", image = "spin.s", ram = "8M" }
	run { steps = 4000000000 }
END
cat >"$folder/bare.lua" <<-'END'
	-- Bare
	machine {}
	guest { name = "ann", image = "spin.s", ram = "8M" }
	run { steps = 4000000000 }
END
cat >"$folder/tree.lua" <<-'END'
	-- A tree
	machine {}
	vmm { code = "t32" }
	local inner = vmm { name = "inner" }
	guest { name = "ann", image = "spin.s", ram = "8M", inside = inner }
	guest { name = "ben", image = "spin.s", ram = "8M" }
	run { steps = 4000000000 }
END
echo "set -g default-terminal tmux-256color
set -g status off
set -g escape-time 0" >"$folder/tmux.conf"

tm -f "$folder/tmux.conf" new-session -d -s keeper cat # else tmux itself would end between two sessions of ours
failed=0
check() { # check NAME STATUS: tells the result
	if [ "$2" -eq 0 ]; then
		echo "ok dashboard: $1"
	else
		echo "not ok dashboard: $1"
		tm capture-pane -p -t s | sed 's/^/#   /'
		failed=1
	fi
}
wait_until() { # wait_until COMMAND...: until it is true; 20 seconds at most
	for _ in $(seq 400); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}
shows() { tm capture-pane -p -t s | grep -q -e "$1"; }
wait_for() { wait_until shows "$1"; } # wait_for PATTERN: until the screen shows it
keys() { tm send-keys -t s "$@"; }
has_number() { [ "$(number "$1")" = "$2" ]; }
wait_number() { wait_until has_number "$@"; } # wait_number NAME N: until the title line has that number
number() { tm capture-pane -p -t s | sed -n "1s/.*$1 \([0-9,]*\).*/\1/p" | tr -d ,; }

# A shell of ours around it, so that there is somebody to see what is left of the terminal.
begin() { # begin COLUMNS ROWS [SETTING=VALUE ...] -- ARGUMENTS
	local size="-x $1 -y $2"
	shift 2
	local env=""
	while [ "$1" != -- ]; do env="$env $1" && shift; done
	shift
	tm kill-session -t s
	[ "${remembered-}" ] || printf 'pane 3\nzoomed no\ntheme auto\n' >"$layout"
	# shellcheck disable=SC2086
	tm new-session -d $size -s s "PS1='shell> ' bash --norc --noprofile"
	wait_for 'shell>'
	keys "cd $folder; stty -g > before; env $env $TRAPEZE $*; echo \"status=\$?\"; stty -g > after" Enter
}
pid() { pgrep -P "$(tm display-message -p -t s '#{pane_pid}')" -x trapeze; }
terminal_is_as_before() {
	cmp -s "$folder/before" "$folder/after" && [ "$(tm display-message -p -t s '#{alternate_on}#{cursor_flag}')" = 01 ]
}
restored() { # the terminal is as it was, out of the alternate screen, with its cursor
	wait_for 'status=[0-9]' && wait_until terminal_is_as_before
}

# Some shells export the size of their window, which then changes.
begin 80 24 LINES=24 COLUMNS=80 -- run spin.lua
wait_for '1 Guests' && wait_for '2 VCPU' && wait_for '3 Traps' && wait_for '4 Exits' && wait_for '5 Timeline' && wait_for '7 Console'
check "the main panes show at 80x24" $?
wait_for 'RUNNING' && keys p && wait_for 'PAUSED'
check "p pauses" $?
before=$(number insns) && traps=$(number traps) && keys t && wait_number traps $((traps + 1))
check "t runs to the next trap" $?
keys S && wait_number traps "$traps" && keys s && wait_number traps $((traps + 1))
check "S takes the trap back, s makes it again" $?
keys T && wait_number traps "$traps" && keys T && wait_number traps $((traps - 1)) && [ "$(number insns)" -le "$before" ]
check "T goes back to the moment before the trap, and then to the one before the trap before" $?
keys '?' && wait_for 'Help' && wait_for ':trap' && keys Escape && wait_for '1 Guests'
check "? shows the keys, Escape closes the help" $?
keys 2 z && wait_for 'scounteren' && ! tm capture-pane -p -t s | grep -q '3 Traps' && keys z && wait_for '3 Traps'
check "z shows one pane alone, and all again" $?
keys : zoom Enter && wait_for 'scounteren' && keys : zo Enter && wait_for '3 Traps'
check "commands go by their names, too" $?
tm resize-window -t s -x 160 -y 50 && wait_for '8 Scenario' && wait_for '0 Story'
check "at 160x50 Scenario and Story come along" $?
tm resize-window -t s -x 60 -y 16 && wait_for '2 VCPU' && ! tm capture-pane -p -t s | grep -q '[13] [GT]'
check "a small terminal shows one pane" $?
tm resize-window -t s -x 30 -y 8 && wait_for 'too small' && wait_for '40x10'
check "a tiny terminal says what it needs" $?
keys c
for size in 200x60 41x11 80x24 1x1 300x10 20x80 100x30; do
	tm resize-window -t s -x "${size%x*}" -y "${size#*x}"
	sleep 0.05
done
wait_for 'RUNNING' && wait_for '5 Timeline'
check "resizing while it runs harms nothing" $?
keys q && restored && wait_for 'status=0'
check "q gives the terminal back, status 0" $?

for signal in TERM HUP INT QUIT SEGV ABRT BUS USR1 XCPU SYS; do
	begin 80 24 -- run spin.lua
	wait_for 'RUNNING' && kill -$signal "$(pid)" && restored
	check "the terminal is restored after SIG$signal" $?
done

begin 80 24 -- run bare.lua
wait_for 'RUNNING' && keys p s && wait_for 'PAUSED' && wait_for 'hart 0  mode' && wait_for 'kernel' && keys q && restored
check "a bare machine is shown, too" $?
begin 80 24 -- run spin.lua
wait_for 'RUNNING' && keys p x screen.svg Enter && wait_for 'the screen is in screen.svg' &&
	keys x screen.html Enter && wait_for 'the screen is in screen.html' && keys x screen.txt Enter && wait_for 'is in screen.txt' &&
	grep -q '3 Traps' "$folder/screen.txt" && grep -q '3 Traps' "$folder/screen.html" &&
	{ ! command -v python3 >/dev/null || python3 -c "import xml.dom.minidom, sys; xml.dom.minidom.parse(sys.argv[1])" "$folder/screen.svg"; } &&
	keys x screen.doc Enter && wait_for 'ends in .txt' && [ ! -e "$folder/screen.doc" ]
check "x writes the screen as text, HTML and SVG, which an XML reader reads" $?
keys q
begin 80 24 -- run tree.lua
wait_for 'g1.1' && wait_for '^.g2 ' && keys p t && wait_for 'PAUSED' && wait_for '^.g1 vmm' && wait_for '^.g1.1 ' && wait_for '^.g2 '
check "each VM of a tree has its row of the timeline" $?
keys q

begin 80 24 -- run spin.lua
wait_for 'RUNNING' && keys C-z && wait_for 'Stopped' && keys fg Enter && wait_for 'RUNNING' && keys q && restored
check "^Z suspends, fg goes on" $?

begin 80 24 NO_COLOR=1 -- run spin.lua
wait_for 'RUNNING' && ! tm capture-pane -e -p -t s | grep -q $'\033\\[[0-9;]*[34][0-8]'
check "NO_COLOR leaves no colour" $?
keys q
begin 80 24 -- run spin.lua --color=never --ascii
wait_for 'RUNNING' && ! tm capture-pane -p -t s | grep -qP '[^\x00-\x7f]'
check "--ascii draws in ASCII" $?
keys q
begin 80 24 TERM=nonsense -- run spin.lua --limit 300
wait_for 'no dashboard' && wait_for 'status=4'
check "an unknown TERM gets plain lines, and is told why" $?
begin 80 24 -- run missing.lua
wait_for 'missing.lua' && wait_for 'status=3' && restored
check "a missing scenario is a message, not a screen" $?
begin 80 24 --
wait_for 'choose a lesson' && wait_for 'One trap .* min' && keys End && wait_for ' \([0-9]*\) of \1 ' && keys Up && wait_for '[0-9] of [0-9]' && keys q && restored
check "trapeze alone opens the menu, and says where in the list it is" $?

# ---- what is remembered
remembered=yes
rm -f "$layout"
begin 80 24 -- run spin.lua
wait_for 'The first time' && keys p && wait_for '7 Console' && ! tm capture-pane -p -t s | grep -q 'The first time' && keys 2 z && wait_for 'scounteren' &&
	keys q && restored && [ "$(cat "$layout")" = "$(printf 'pane 2\nzoomed yes\ntheme auto')" ]
check "the first run has hints, and the layout is written" $?
begin 80 24 -- run spin.lua --theme mono
wait_for 'scounteren' && ! tm capture-pane -p -t s | grep -q '3 Traps' && keys z && wait_for '3 Traps' && keys q && restored
check "the next run begins with that layout" $?
printf 'pane 99\nzoomed \033[31m\n' >"$layout"
begin 80 24 -- run spin.lua
wait_for 'layout is damaged' && wait_for '3 Traps' && keys q && restored && grep -q '^pane 3$' "$layout"
check "a damaged layout is ignored with a word" $?
rm -f "$layout"; mkfifo "$layout"
begin 80 24 -- run spin.lua
wait_for 'layout is damaged' && keys q && restored
check "a layout that is no regular file does not stop the dashboard" $?
rm -f "$layout"
remembered=

# ---- a terminal that answers late, or never, which colour its background has
if command -v python3 >/dev/null; then
	cat >"$folder/late.py" <<-'END'
		import os, pty, re, select, sys, time
		def read(fd, until, seconds):
		    seen = b""
		    end = time.time() + seconds
		    while time.time() < end and until not in seen:
		        if select.select([fd], [], [], 0.1)[0]:
		            seen += os.read(fd, 65536)
		    return seen
		def colours(text):
		    return set(re.findall(rb"38;5;(\d+)", text))
		child, fd = pty.fork()
		if child == 0:
		    os.environ.update(TERM="xterm-256color", LINES="24", COLUMNS="80")
		    os.execv(sys.argv[1], ["trapeze", "run", sys.argv[2], "--paused"])
		first = read(fd, b"Quit", 20)
		assert b"\033]11;?" in first and b"Quit" in first, first[-200:]
		os.write(fd, b"\033]11;rgb:ffff/ffff/ffff\033\\")
		second = read(fd, b"Quit", 20)
		assert colours(second) - colours(first), (colours(first), colours(second))
		os.write(fd, b"q") # none of the answer was taken for a key
		assert os.waitpid(child, 0)[1] == 0
	END
	timeout 300 python3 "$folder/late.py" "$TRAPEZE" "$folder/spin.lua" 2>"$folder/late.err" || { sed 's/^/#   /' "$folder/late.err"; false; }
	check "the first screen does not wait for the colour of the background, and takes it when it comes" $?
else
	echo "skip dashboard: a terminal that answers late: there is no python3"
fi

# ---- any kernel, without a scenario
mkdir "$folder/a \"b\" \\c"
cp "$folder/spin.s" "$folder/a \"b\" \\c/spin.s"
begin 80 24 -- boot hello --depth 2 --dashboard
wait_for 'DONE: 2 checks passed' && wait_for 'g1 vmm' && wait_for 'g1.1' && keys 8 && wait_for 'under 2 VMMs' && keys q && restored && wait_for 'status=0'
check "boot --dashboard shows any kernel, and its exit status is the guest's" $?
begin 80 24 -- boot "'a \"b\" \\c/spin.s'" --depth 1 --append "'\"quoted\" \\n'" --harts 2 --paused --dashboard
wait_for 'PAUSED' && keys t && wait_for 'traps 1 ' && keys t && wait_for 'spin' && wait_for 'csrw sscratch' && keys q && restored
check "boot --dashboard takes any name and any boot arguments" $?
begin 80 24 -- boot nothere.elf --dashboard
wait_for 'nothere.elf' && wait_for 'status=3' && restored
check "boot --dashboard says what is wrong with an image before it takes the terminal" $?
"$TRAPEZE" boot hello --dashboard 2>"$folder/plain" </dev/null
[ $? -eq 2 ] && grep -q 'needs a terminal' "$folder/plain" && "$TRAPEZE" boot hello --dashboard --stats x 2>"$folder/plain"
[ $? -eq 2 ] && grep -q -- '--dashboard and --stats cannot be combined' "$folder/plain"
check "boot --dashboard without a terminal, or with a report, is told so" $?

"$TRAPEZE" run "$folder/spin.lua" --limit 3000 >"$folder/plain" 2>&1
! grep -qP '\x1b' "$folder/plain" && grep -q 'csrw sscratch' "$folder/plain"
check "into a file it writes plain lines without control characters" $?
exit $failed
