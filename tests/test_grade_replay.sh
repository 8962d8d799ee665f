#!/bin/bash
# trapeze replay LAB: a case of a test runs again up to the event at which it fails, in lines or in the dashboard, and from there one can go back
# to the first instruction. The reports say the event, the last traps and the command. usage: tests/test_grade_replay.sh   (TRAPEZE: the program)
set -u
. "$(dirname "$0")/terminal.sh"
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
shadow=$(realpath hypervisor/shadow.c)
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
mkdir lab work tmp
export TMPDIR=$here/tmp
chmod 755 "$here" tmp

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok replay-lab: $2"
	else
		echo "not ok replay-lab: $2"
		sed 's/^/#   /' said | head -20
	fi
}
replay() { # replay STATUS OPTION...: what it says in ./said
	local want=$1
	shift
	"$trapeze" replay "$@" >said 2>&1 </dev/null
	[ $? = "$want" ]
}

cat >lab/lab.lua <<'END'
-- A small lab
lab { files = { ["a.txt"] = "4K" }, points = 100 }
local function differs(number)
    local last = number == 3 and "rdmode s3" or "nop"
    local t = twin { source = "csrw sscratch, x0\n csrw sepc, x0\n nop\n " .. last .. "\n li a7, 8\n ecall", ram = "1M", profile = "holes" }
    t:run()
    return t
end
test("twins", { points = 40, cases = 4 }, function(case, number) return differs(number):same() end)
test("budget", { points = 20 }, function() return differs(1):exits() < 2, "too many exits" end)
test("endless", { points = 20, limit = 1e5 }, function() local t = twin { source = "j .", ram = "1M" } t:run() return t:same() end)
test("worlds", { points = 20 }, function()
    machine {}
    guest { source = "li t0, 5\n ebreak\n li a7, 8\n ecall", ram = "1M" }
    run { steps = 2 }
    return false, "not what was predicted"
end)
END

# ---- what the reports say
"$trapeze" grade ./lab --submission work >said
grep -q "replay    trapeze replay lab --submission . --seed 1 --test 'twins' --case 3" said
verdict $? "the report says the command that replays a case"
[ "$(grep -A2 'traps     ' said | head -3 | tr -s ' ' | paste -sd'|')" = \
	' traps fetch-page-fault 80000000 at 80000000| illegal-insn 80000000 csrw sscratch, zero| illegal-insn 80000004 csrw sepc, zero' ]
verdict $? "and the last traps, oldest first"
grep -q "guest     source:4, the guest's own line" said
verdict $? "and the line of the guest's source"
"$trapeze" grade ./lab --submission work --format json | python3 -c 'import json, sys
t = {t["name"]: t for t in json.load(sys.stdin)["tests"]}
e = t["twins"]["event"]
assert e["pc"] == 0x8000000c and e["step"] >= 3 and e["seq"] > 2, e
assert len(t["twins"]["traps"]) == 3 and "--case 3" in t["twins"]["replay"]
assert "event" not in t["budget"] and "replay" in t["worlds"]' 2>said
verdict $? "json has the event, its step, the traps and the command; a test without a difference has no event"

# ---- in lines
replay 1 ./lab --submission work --test twins --case 3 --plain && grep -q 'csrw sscratch' said && grep -q '^twins, case 3 of 4: failed' said &&
	grep -q '^expected  s3 = 0x00000001' said && ! grep -q power said
verdict $? "a replay prints the events up to the one at which the case fails, and what was expected"
cp said first
replay 1 ./lab --submission work --test twins --plain && cmp -s said first
verdict $? "without a case it is the first that fails, and the same bytes"
replay 0 ./lab --submission work --test twins --case 1 --plain && grep -q 'case 1 of 4: passed' said && grep -q 'power' said
verdict $? "a case that passes is shown to its end"
replay 1 ./lab --submission work --test budget --plain && grep -q 'too many exits' said
verdict $? "a test without a difference is shown, too"
replay 1 ./lab --submission work --test worlds --plain && grep -q 'not what was predicted' said
verdict $? "and one that builds its own world"
replay 2 ./lab --submission work --test nothing && grep -q "there is no test 'nothing'" said
verdict $? "a test that is not there"
replay 2 ./lab --submission work --test twins --case 9 && grep -q "has 4 cases" said
verdict $? "a case that is not there"
replay 2 ./lab --submission work && grep -q "so say which test with --test" said
verdict $? "a lab without a test"
replay 3 nowhere --test twins && grep -q 'no such lab' said
verdict $? "a lab that is not there"

# ---- in the folder of a handout
mkdir 00-trap-anatomy && cd 00-trap-anatomy || exit 1
echo 00-trap-anatomy >lab && echo 7 >seed && "$trapeze" grade 00-trap-anatomy --key --seed 7 >answers.txt
"$trapeze" grade . >../said 2>&1 && grep -q '100 of 100 .*(seed 7)' ../said
cd .. && verdict $? "in the folder of a handout, grade . knows the lab and the seed"
sed -i 's/ K$/ U/' 00-trap-anatomy/answers.txt
test=$("$trapeze" grade 00-trap-anatomy 2>&1 | grep -m1 -o "replay    .*--test '[^']*'" | sed "s/.*--test '//; s/'$//")
replay 1 00-trap-anatomy --test "$test" --plain && grep -q "^$test, case 1 of 1: failed" said
verdict $? "and so does replay"
echo '../../lab' >00-trap-anatomy/lab
"$trapeze" grade 00-trap-anatomy/ >said 2>&1
[ $? = 3 ]
verdict $? "a handout names no path"

# ---- in the dashboard
if why=$(lacks_terminal tmux); then
	echo "skip replay-lab: $why"
else
	tm() { tmux -S "$here/socket" "$@" 2>/dev/null; }
	shows() { # shows PATTERN: within 80 s
		for _ in $(seq 400); do
			tm capture-pane -p >said
			grep -qE -- "$1" said && return 0
			sleep 0.2
		done
		return 1
	}
	tm new-session -d -x 100 -y 30 "LC_ALL=C.UTF-8 $trapeze replay ./lab --submission work --test twins --case 3; sleep 9"
	shows 'PAUSED' && shows 'expected s3 = 0x00000001' && shows 'traps 3 ' && shows '80000010'
	verdict $? "the dashboard waits at the event, and says what was expected"
	for _ in 1 2 3 4 5 6; do tm send-keys T && sleep 0.2; done
	shows 'traps 0 ' && shows 'insns 0 '
	verdict $? "from there one can go back to the first instruction"
	tm send-keys c && shows 'FINISHED|DONE|OVER|END|ended' && tm send-keys q && shows '^twins, case 3 of 4: failed'
	verdict $? "and forward to the end"
	tm send-keys q
	tm kill-server
fi

# ---- code
if ! command -v clang >/dev/null || ! command -v ld.lld >/dev/null; then
	echo "skip replay-lab: clang and lld are not here"
	exit 0
fi
sed 's/PTE_A | PTE_D | (walk->rights/PTE_A | PTE_D | PTE_W | (walk->rights/' "$shadow" >work/shadow.c
line=$(grep -n 'PTE_A | PTE_D | PTE_W' work/shadow.c | cut -d: -f1)
"$trapeze" grade 04-shadow --submission work --only boots >said
grep -qE 'source    shadow.c:[0-9]+, which wrote this entry' said && [ -n "$line" ] && [ -z "$(ls tmp)" ]
verdict $? "a wrong page-table entry names the line of the student's file that wrote it"
awk -v line="$line" '/came there from line/ { gsub(",", ""); for (i = 1; i <= NF; i++) if ($i + 0 > line && $i < line + 15) found = 1 } END { exit !found }' said
verdict $? "and the lines that led there"
replay 1 04-shadow --submission work --test boots --plain && grep -qE '^source    shadow.c:[0-9]+' said && [ -z "$(ls tmp)" ]
verdict $? "a replay of code builds it, runs it, and leaves nothing behind"
echo 'no C' >work/shadow.c
replay 1 04-shadow --submission work --test boots && grep -q 'does not build' said && [ -z "$(ls tmp)" ]
verdict $? "code that does not build is told so"
