#!/bin/bash
# trapeze run --plain --paused: the dashboard in lines. What the keys do, commands do: travelling, breakpoints, asking the whole run, changing it.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cat >s.lua <<'END'
-- A loop that counts
machine {}
vmm {}
guest { name = "g", ram = "8M", source = [[
_start: la s1, word
again:  addi s0, s0, 1
        sw s0, 0(s1)
        csrw sscratch, s0
        j again
        .balign 4096
word:   .word 0
]] }
run { steps = 100000 }
END
failed=0
says() { # says NAME WORDS COMMAND...: the commands, a line each, make it say the words (a pattern)
	local name=$1 words=$2
	shift 2
	printf '%s\n' "$@" | timeout 300 "$trapeze" run s.lua --plain --paused >out 2>err
	local status=$?
	if [ $status = 0 ] && tr '\n' ' ' <out | grep -Eq -- "$words"; then
		echo "ok plain: $name"
	else
		echo "not ok plain: $name: status $status, $(tail -3 out | tr '\n' ' ')"
		failed=1
	fi
}
says "a step says where the run is" 'step 1  g1/v0  80400000 _start: auipc s1' step quit
says "the end of the input ends it" 'step 2 ' step step
says "a breakpoint stops before the write" 'sw s0, 0\(s1\) breakpoint 1: store word' trap "break store word" run quit
says "a history has who, from what to what" '00000000 -> 00000001  80400008 addi s0, s0, 1.*00000001 -> 00000002' \
	trap "goto 20" "history s0" quit
says "all writes to a word are found" 'pc 8040000c.*00000001 -> 00000002' trap "goto 20" "history word" quit
says "one goes back to the last change" 'before: g1/v0  0000000[0-9] -> 0000000[0-9]' trap "goto 20" "changed s0" quit
says "one runs back to a breakpoint" 'before: g1 +breakpoint 1: write sscratch' trap "goto 20" "break write sscratch" runback quit
says "a change by hand forks the run, and its history says so" 'FORKED at 20.*00000100.*you +0000000[0-9] -> 00000100  by hand' \
	trap "goto 20" "set s0 100" "goto 40" "goto 20" "history s0" quit
says "the changes can be taken away" '1 change by hand is taken away.*step 40  g1' trap "goto 20" "set s0 100" "goto 10" original "goto 40" quit
# A slip of the hand is told, and no breakpoint is set that no trap can hit.
says "no trap has the word: break" "no trap has the word 'foo'.*there is no breakpoint" trap "break foo" runback quit
says "no trap has the number: break" "no trap has the word '99999999999999'" trap "break 99999999999999" quit
says "no such VM: break" "there is no VM 'g99'.*there is no breakpoint" trap "break store-pf g99" runback quit
says "no such letter: filter" 'no trap has the letter Z' trap "filter !Z" quit
says "no instruction stands at an odd address" 'a multiple of 4.*there is no breakpoint' trap "break 80400003" runback quit
says "no trap has the word: history" "no trap has the word 'foo'" trap "history traps foo" quit
says "no trap has the word: stopat, find" "'fooo'.*'barr'" trap "stopat fooo" "find barr" quit
says "words of a cause are taken" 'c stops before a trap.*shows only these traps.*t stops only' trap "break !sscratch ->L1 L1 emulate" "filter 0(s1) csrw" "stopat store-pf 80401" quit
# Every command of the table of keys works without a screen: it answers, and the next command is obeyed.
commands=$(printf 'help\nquit\n' | "$trapeze" run s.lua --plain --paused | awk 'NR > 1 && /^[a-z]/ { print $1 }' | grep -vE '^(quit|step)$')
missing=
for command in $commands; do
	printf '%s\n' trap "$command" "$command a0" 'goto 7' quit | timeout -s KILL 300 "$trapeze" run s.lua --plain --paused >out 2>err
	status=$?
	[ $status = 0 ] && tail -1 out | grep -q '^step 7 ' || missing="$missing $command ($status)"
done
if [ "$(echo "$commands" | wc -l)" -gt 60 ] && [ -z "$missing" ]; then
	echo "ok plain: each command answers, and the next one is obeyed"
else
	echo "not ok plain: each command answers, and the next one is obeyed:$missing"
	failed=1
fi
says "a command that takes no words says so, and does nothing" \
	'step 1 .*step: nothing is wanted.*regs: nothing is wanted.*step 1 .*step 1 .*story: nothing is wanted' trap "step often" "regs 1" "story 3" quit
says "a command that wants words says which" 'goto: words are wanted behind it: go to .*input: words are wanted.*find: words are wanted' \
	trap goto input find quit
says "a beginning that several commands share lists them" "several commands begin with 's': step .*no command begins with 'xyz'" trap s xyz quit
says "an answer to no question, and a pane that is not there" 'answer: there is no question.*pane: the number of a pane.*pane: the number' \
	trap "answer 1" "pane 12" pane quit
cat >typed.lua <<'END'
machine {}
vmm {}
guest { name = "kite", image = "kite" }
run {}
END
printf '%s\n' run "input echo hello" "input ls" "goto 100" run quit | timeout 300 "$trapeze" run typed.lua --plain --paused >out 2>err
if [ "$(grep -c 'every guest waits' out)" = 4 ] && [ "$(grep '^step' out | tail -1)" = "$(grep '^step' out | sed -n 3p)" ]; then
	echo "ok plain: what was typed is typed again, at the same moments, after going back"
else
	echo "not ok plain: what was typed is typed again, at the same moments, after going back: $(grep '^step' out | tr '\n' ' ')"
	failed=1
fi
# A lesson can be followed without a screen: the question, the reason for an answer, and the end with its predictions.
printf '%s\n' run run run 'answer 3' run run run run 'answer 0' run run run run run quit | "$trapeze" run 01-one-trap --plain --paused >out 2>err
if grep -q 'answer 0  skip the question' out && grep -q 'the question comes first' out && grep -q 'You said: skip the instruction. ' out &&
	grep -q 'The answer is: trap. ' out && grep -q 'come to its end: [0-9]* of [0-9]* checks passed' out &&
	grep -q 'Your predictions: 0 of 2 right' out && [ "$(grep -c '^ Think: ' out)" = 1 ]; then
	echo "ok plain: a lesson tells the reasons for its answers, and its end"
else
	echo "not ok plain: a lesson tells the reasons for its answers, and its end: $(cut -c1-80 out | tail -6 | tr '\n' ' ')"
	failed=1
fi
# A number repeats a command, a line that cannot be a command does nothing at all, and no answer waits in a buffer.
says "a number repeats a command, up to a message; nothing else can stand behind it" \
	"step 7 .*step 4 .*step: nothing is wanted.*pause: nothing is wanted.*guests: nothing is wanted" \
	trap "goto 2" "step 5" "back 3" "step x" "pause 1x" "guests 2" quit
{
	echo trap
	printf 'step %01000000d\n' 1
	printf 'step\0quit\n'
	printf 'goto 7\r\nquit\n'
} | "$trapeze" run s.lua --plain --paused >out 2>err
if grep -q 'too long: 255 bytes' out && grep -q 'a byte of 0' out && [ "$(grep -c '^step' out)" = 2 ] && tail -1 out | grep -q '^step 7 '; then
	echo "ok plain: a line that is too long or has a byte of 0 does nothing"
else
	echo "not ok plain: a line that is too long or has a byte of 0 does nothing: $(cut -c1-80 out | tail -4 | tr '\n' ' ')"
	failed=1
fi
if command -v python3 >/dev/null; then
	cat >loop.lua <<-'END'
		machine {}
		vmm {}
		guest { name = "a", source = "_start: addi t0, t0, 1\n j _start", ram = "64K" }
		run { steps = 1000000000000000 }
	END
	cat >interrupt.py <<-'END'
		import os, signal, subprocess, sys, time
		p = subprocess.Popen([sys.argv[1], 'run', 'loop.lua', '--plain', '--paused'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
		def say(line): p.stdin.write(line + '\n'); p.stdin.flush()
		def hear(word):
		    for line in p.stdout:
		        if word in line: return line
		def look(): # the state of the process, and the ticks of processor time that it has used
		    fields = open('/proc/%d/stat' % p.pid).read().rsplit(')', 1)[1].split()
		    return fields[0], int(fields[11]) + int(fields[12])
		# On a busy host nothing follows from how much time has passed.
		def await_work(seconds): # it has worked that long since: it has taken the line, and obeys it
		    end = look()[1] + seconds * os.sysconf('SC_CLK_TCK')
		    while look()[1] < end: time.sleep(.01)
		def await_sleep(): # it sleeps each time: it waits for a line
		    times = 0
		    while times < 10:
		        times = times + 1 if look()[0] == 'S' else 0
		        time.sleep(.01)
		signal.alarm(300)
		hear('help lists')
		say('run')
		await_work(.3)
		p.send_signal(signal.SIGINT)
		assert hear('stopped here')
		say('history t0') # takes far longer than the run
		await_work(.1)
		p.send_signal(signal.SIGINT)
		assert hear('history of t0') and hear('stopped here')
		say('goto 5')
		assert hear('step 5 ')
		await_sleep()
		p.send_signal(signal.SIGINT)
		assert p.wait() == -signal.SIGINT
	END
	python3 interrupt.py "$trapeze" >out 2>&1
	status=$?
	if [ $status -eq 0 ]; then
		echo "ok plain: each answer comes at once, and Ctrl-C ends a run and a search, but not the conversation"
	else
		echo "not ok plain: each answer comes at once, and Ctrl-C ends a run and a search, but not the conversation: $(tail -1 out)"
		failed=1
	fi
else
	echo "skip plain: Ctrl-C: python3 is not here"
fi
# What stands on the axis of the timeline can be typed, with its commas.
axis=$(printf 'trap\ngoto 2000\npane 5\nquit\n' | "$trapeze" run s.lua --plain --paused | sed -n 's/^.*cycle *│//p' | tr -s '│ ' '\n' | grep -E '^[0-9,]+$')
sed 's/^/goto cycle /' <<<"$axis" | "$trapeze" run s.lua --plain --paused |
	grep -oE '(at cycle|before cycle) [0-9,]+' | awk '/before/ { at = $3; next } { if (at) print at; at = $3 } END { print at }' >reached
if [ "$(wc -l <<<"$axis")" -ge 5 ] && [ "$(cat reached)" = "$axis" ]; then
	echo "ok plain: each cycle on the axis of the timeline is a place to go to"
else
	echo "not ok plain: each cycle on the axis of the timeline is a place to go to: $(tr '\n' ' ' <<<"$axis") and $(tr '\n' ' ' <reached)"
	failed=1
fi
cat >paged.lua <<'END'
-- A kernel that changes an entry of its page table again and again
machine {}
vmm {}
guest { name = "g", ram = "8M", source = [[
_start: la s1, root
        li t0, 0x201000cf
        li t1, 0x804
        add s1, s1, t1
        sw t0, 0(s1)
        la t1, root
        srli t1, t1, 12
        li t2, 0x80000000
        or t1, t1, t2
        csrw satp, t1
again:  xori t0, t0, 0x100
        sw t0, 0(s1)
        sfence.vma
        j again
        .balign 4096
root:   .space 4096
]] }
run { steps = 100000 }
END
paged() { printf '%s\n' "$@" quit | timeout 300 "$trapeze" run paged.lua --plain --paused | tr '\n' ' '; }
if paged trap "goto 40" "history pte again" "changed pte again" |
	grep -Eq 'history of pte again.*: 00000000 -> 201000cf .*: 201000cf -> 201001cf .*: 201001cf -> 201000cf .*step 37 .*before: g1/v0 +80401804: 201000cf -> 201001cf'; then
	echo "ok plain: a page-table entry has a history, and one goes back to its last change"
else
	echo "not ok plain: a page-table entry has a history, and one goes back to its last change: $(paged trap "goto 40" "history pte again" "changed pte again")"
	failed=1
fi
says "one goes back to the last change of a word of memory" 'step 16 .*before: g1/v0 .*00000003 -> 00000004' \
	trap "goto 20" "changed word" quit
# Each of eight traps is a place to go to, from pane 3 and from the timeline.
places() { # places COMMAND...: eight traps, and these commands; prints the step of the fifth trap, and the last step
	printf '%s\n' trap trap trap trap trap trap trap trap "$@" quit | "$trapeze" run s.lua --plain --paused |
		sed -n 's/^step \([0-9,]*\).*/\1/p' | sed -n '5p;$p' | tr '\n' ' '
}
for way in "traps down down down" "timeline left left left"; do
	# shellcheck disable=SC2086
	set -- $(places $way enter)
	if [ "${1-}" ] && [ "$1" = "${2-}" ]; then
		echo "ok plain: Enter goes to the selected trap ($way)"
	else
		echo "not ok plain: Enter goes to the selected trap ($way): step ${2-}, and not ${1-}"
		failed=1
	fi
done
# The timeline, from one cycle a column to the whole run.
steps() { printf 'trap\ngoto 2000\n%s\npane 5\nquit\n' "$1" | "$trapeze" run s.lua --plain --paused | tr -d , | sed -n 's/^.*cycle *│//p' | tr -s '│ ' ' '; }
closer=$(printf 'closer\n%.0s' $(seq 30))
# shellcheck disable=SC2046
set -- $(steps "$closer")
near=$((${2-0} - ${1-0}))
cycles=$(printf 'trap\ngoto 2000\ngoto cycle x\nquit\n' | "$trapeze" run s.lua --plain --paused | tr -d , | sed -n 's/.*cycle \([0-9]*\)$/\1/p')
# shellcheck disable=SC2046
set -- $(steps "$closer"$'\nwhole')
width=$((${2-0} - ${1-0}))
if [ $near = 12 ] && [ "${1-}" = 0 ] && [ $(($# * width)) -ge "$cycles" ]; then
	echo "ok plain: the timeline zooms from one cycle a column to the whole run"
else
	echo "not ok plain: the timeline zooms from one cycle a column to the whole run: 12 columns are $near cycles; the whole run of $cycles is $*"
	failed=1
fi
says "a cycle that is no number is told what is" 'or `cycle` and a number; the machine is at step 7, cycle [0-9,]+' trap "goto 7" "goto cycle x" quit
says "a cycle after the end of the machine is told" 'step 100,000 .*this machine stops at cycle [0-9,]+: it does not get to cycle 99,000,000' \
	trap "goto cycle 99_000_000" quit
beyond='machine ended before this step; here the next .*stops at cycle 49,577: .*the machine is at cycle 49,577 $'
for first in redraw trap; do # the first machine is not built yet, or it is
	printf '%s\n' $first 'goto 9000' 'goto cycle 99999' 'goto cycle 49577' quit | "$trapeze" run bare-vs-vmm --plain --paused >out 2>&1
	if tr '\n' ' ' <out | grep -Eq "$beyond"; then
		echo "ok plain: $first, a step and a cycle after the end of a machine are told, and its last cycle is reached"
	else
		echo "not ok plain: $first, a step and a cycle after the end of a machine are told, and its last cycle is reached: $(tail -4 out | tr '\n' ' ')"
		failed=1
	fi
done
says "a pane is printed" '2 VCPU .*sscratch' trap "pane 2" quit
says "registers, a walk and a story have commands of their own" '2 VCPU .*sscratch.*6 Page tables .*address 80400010 .*0 Story .*hardware' \
	trap regs "walk 80400010" story quit
says "each phase is told" 'phase 1 of [0-9]*: L1 g1: at 80400000.*phase 2 of [0-9]*: hardware: ' trap phase phase quit
says "a pane has no frame" 'quit ends.[^┌│]*  0 Story [^┌│]*hardware [^┌│]*$' trap story quit
if printf '%s\n' trap story quit | "$trapeze" run s.lua --plain --paused | grep -q '^ *$'; then
	echo "not ok plain: a pane has no empty rows"
	failed=1
else
	echo "ok plain: a pane has no empty rows"
fi
says "a walk of no address is told" 'a register, a symbol or a hexadecimal number is wanted' trap "walk nowhere" quit
says "a field, a kind of trap and its letter are explained" \
	'sstatus bit 8: SPP keeps.*hstatus bit 20: VTVM makes.*store-pf: page fault of a store.*csr: a CSR instruction' \
	trap "define spp" "define VTVM" "define store-pf" "define P" quit
says "a letter is explained as a bit of a page-table entry, and as a kind of trap" \
	'page-table entry bit 0: V says that the entry is valid. sfence: ' trap "define V" quit
says "the words for what was done are explained" 'own: the handler.*preempt: the VMM took.*off: the guest.*->L1: the VMM of that level' \
	trap "define own" "define preempt" "define off" "define ->L1" quit
says "a field is explained with its value" 'Here SPP is 0.*Here INTERRUPT is 1.*Here CODE is 5.*Here CODE is 0x12345678' \
	trap "define spp" "set scause 80000005" "define interrupt" "define code" "set scause 12345678" "define scause.code" quit
says "the name of a register chooses among fields of one name" \
	'stvec bits 1..0: MODE 0.*satp bit 31: MODE 1 turns.*hgatp bit 31: MODE 1.*page-table entry bit 7: D says' \
	trap "define MODE" "define hgatp.MODE" "define pte.D" quit
says "what it does not know is told" "no command begins with 'nonsense'" nonsense quit
cat >unbuilt.lua <<'END'
-- Between two worlds that run, one is declared that is never built
machine {}
guest { name = "first", ram = "8M", source = "_start: addi s0, s0, 1\n j _start" }
run { steps = 50 }
machine {}
guest { name = "never", ram = "8M", source = "_start: j _start" }
machine {}
guest { name = "third", ram = "8M", source = "_start: addi s0, s0, 1\n j _start" }
run { steps = 50 }
END
printf '%s\n' step "goto 50" step back back quit | timeout 60 "$trapeze" run unbuilt.lua --plain --paused >out 2>&1
if tail -1 out | grep -q '^step 49 '; then
	echo "ok plain: one goes back over a world that was never built"
else
	echo "not ok plain: one goes back over a world that was never built: $(tail -3 out)"
	failed=1
fi
cat >broken.lua <<'END'
-- A page table with a piece that lies nowhere, and a superpage that is not aligned
machine { profile = "h" }
vmm { technique = "assist" }
guest { name = "g", ram = "64K", source = [[
_start: li t0, 0x80080008
        csrw satp, t0
here:   j here
        .balign 4096
        .org 0x8000
        .word 0x200000cf, 0x08000001, 0x200004cf
        .org 0x8800
        .word 0x200000cf
        .org 0x9000
]] }
run { steps = 20 }
END
for technique in assist assist-shadow; do
	sed -i "s/technique = .*}/technique = \"$technique\" }/" broken.lua
	printf '%s\n' trap run "walk 400000" "walk 800000" quit | "$trapeze" run broken.lua --plain --paused >out 2>&1
	if grep -q 'there is no memory where the table should be' out && grep -q 'the VMM delivers an access fault\|so that is what the VMM delivers' out &&
		grep -q '200004cf nothing: its superpage is not aligned to 4 MiB' out; then
		echo "ok plain: the walk of a broken table says what is broken, under $technique"
	else
		echo "not ok plain: the walk of a broken table says what is broken, under $technique: $(head -30 out)"
		failed=1
	fi
done
says "every command is listed" 'history .*screen .*answer N' help quit
says "gdb is served once at a time, until that is ended" \
	'gdb: none is served.*target remote :.*one gdb is served already.*gdb: it is no longer served.*target remote :' "gdb off" trap gdb gdb "gdb off" gdb quit
if command -v gdb-multiarch >/dev/null; then
	mkfifo commands
	timeout 300 "$trapeze" run s.lua --plain --paused <commands >out 2>err &
	exec 3>commands
	printf 'trap\ngoto 20\ngdb\n' >&3
	for _ in $(seq 400); do
		port=$(sed -n "s/.*target remote :\([0-9]*\).*/\1/p" out)
		[ -n "$port" ] && break
		sleep 0.1
	done
	gdb-multiarch -nx -batch -iex "set remotetimeout 200" -ex "set architecture riscv:rv32" -ex "target remote :$port" -ex 'print $s0' -ex 'set $s0 = 0x500' -ex 'stepi 40' \
		-ex 'print/x $s0' -ex detach >gdb.out 2>&1
	printf 'set a0 1\nquit\n' >&3
	exec 3>&-
	wait $!
	if grep -q '= 0x50[0-9a-f]' gdb.out && tail -2 out | grep -q 'step 20  FORKED at 20'; then
		echo "ok plain: gdb sees a copy of the moment, and the run stays"
	else
		echo "not ok plain: gdb sees a copy of the moment, and the run stays: $(tail -4 gdb.out out | tr '\n' ' ')"
		failed=1
	fi
else
	echo "skip plain: gdb: gdb-multiarch is not here"
fi
printf 'step\nset a0 5\nstep\nquit\n' | "$trapeze" run s.lua --plain --paused --record r >/dev/null 2>&1
"$trapeze" replay r 2>&1 | grep -q 'changed by hand (a0 = 00000005)' && grep -q '^fork 1 1 a0 = 00000005$' r
if [ $? = 0 ]; then
	echo "ok plain: a recording says that the run was changed, and its replay, too"
else
	echo "not ok plain: a recording says that the run was changed, and its replay, too"
	failed=1
fi
printf 'trap\nrun\nquit\n' | "$trapeze" run bare-vs-vmm --plain --paused >out 2>&1
if grep -q '^step 700  g1/v0  80400168 off+10: ecall$' out; then
	echo "ok plain: after a world without a VMM, the guest of the next world is shown"
else
	echo "not ok plain: after a world without a VMM, the guest of the next world is shown: $(grep '^step' out | tr '\n' ' ')"
	failed=1
fi
printf 'trap\nexport screen.txt\nexport screen.svg\nquit\n' | "$trapeze" run s.lua --plain --paused >out 2>&1
if grep -q '3 Traps' screen.txt && grep -q '<svg.*width="[1-9]' screen.svg && grep -q 'Traps' screen.svg; then
	echo "ok plain: an exported screen shows the panes"
else
	echo "not ok plain: an exported screen shows the panes: $(head -c 200 screen.txt screen.svg)"
	failed=1
fi
exit $failed
