#!/bin/bash
# trapeze run --record and trapeze replay: a replay is the same run, whatever the engine, or it is said where it first differs and why.
set -u
cd "$(dirname "$0")/.." || exit 1
trapeze=${TRAPEZE:-./trapeze}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
is() { # is NAME CONDITION...
	local name=$1
	shift
	if "$@"; then
		echo "ok replay: $name"
	else
		echo "not ok replay: $name"
		failed=1
	fi
}
says() { # says TEXT STATUS COMMAND...: the command ends with this status, and its output has this text
	local text=$1 status=$2
	shift 2
	"$@" >"$folder/out" 2>&1
	local got=$?
	[ $got = "$status" ] && grep -q -- "$text" "$folder/out" && return 0
	sed 's/^/# /' "$folder/out"
	echo "# status $got, $status is wanted, with: $text"
	return 1
}

not() {
	! "$@"
}

cat >"$folder/s.lua" <<'EOF'
-- Two guests
machine { clock = "wall" }
vmm { quantum = 5000 }
guest { name = "a", image = "kite", append = "selftest" }
guest { name = "b", image = "kite", append = "selftest" }
run { steps = 3000000 }
machine {}
guest { image = "kite", append = "selftest" }
run { steps = 300000 }
EOF
is "a run can be recorded" says "checks passed" 0 "$trapeze" run "$folder/s.lua" --headless --record "$folder/r"
for engine in jit fast plain; do
	is "the engine $engine replays it, event by event" says "events are the same as recorded" 0 "$trapeze" replay "$folder/r" --engine $engine
done
is "a scenario that comes with trapeze is recorded by its name" says "" 0 "$trapeze" run holes --headless --record "$folder/holes"
is "and replayed" says "events are the same" 0 "$trapeze" replay "$folder/holes"

cat >"$folder/h.lua" <<'EOF'
-- Guest mode beside trap-and-emulate, and in guest mode
machine { profile = "h", clock = "wall" }
vmm { code = "t32", quantum = 5000 }
guest { name = "a", image = "kite", append = "selftest", technique = "assist" }
guest { name = "b", image = "kite", append = "selftest", technique = "trap" }
run { steps = 1000000 }
machine { profile = "h" }
vmm { technique = "assist" }
local inner = vmm { technique = "assist" }
guest { image = "kite", append = "selftest", inside = inner }
run { steps = 1000000 }
EOF
is "a run in guest mode can be recorded" says "checks passed" 0 "$trapeze" run "$folder/h.lua" --headless --record "$folder/h"
for engine in jit fast plain; do
	is "the engine $engine replays it" says "events are the same as recorded" 0 "$trapeze" replay "$folder/h" --engine $engine
done

# One digit of one event: the replay says which one.
line=$((8 + 500))
sed "${line}s/^\(.\)\(.\)/\1$(sed -n "${line}s/^.\(.\).*/\1/p" "$folder/r" | tr '0-9a-f' '1-9a-f0')/" "$folder/r" >"$folder/changed"
is "an event that differs is named" says "in world 1 event 500 differs, at step" 1 "$trapeze" replay "$folder/changed"
sed 's/^version .*/version 0.0/' "$folder/changed" >"$folder/older"
is "another version of trapeze is named as a reason" says "another version of trapeze made the recording" 1 "$trapeze" replay "$folder/older"
head -n 600 "$folder/r" >"$folder/short"
echo end >>"$folder/short"
is "a recording that ends early is told" says "the recording ends before event 593" 1 "$trapeze" replay "$folder/short"

sed -i 's/5000/6000/' "$folder/s.lua"
is "a scenario that was changed is told" says "the scenario's file has been changed since" 1 "$trapeze" replay "$folder/r"
mv "$folder/s.lua" "$folder/t.lua"
is "a scenario that is gone is told" says "say where it is with --scenario" 3 "$trapeze" replay "$folder/r"
sed -i 's/6000/5000/' "$folder/t.lua"
is "and found where it is now" says "events are the same" 0 "$trapeze" replay "$folder/r" --scenario "$folder/t.lua"

head -n 600 "$folder/r" >"$folder/cut"
is "a recording that was cut off is told" says "cut:601: the recording ends too early" 3 "$trapeze" replay "$folder/cut"
sed '20s/.*/nonsense/' "$folder/r" >"$folder/bad"
is "a line that is wrong is told with its number" says "bad:20: an event is a letter" 3 "$trapeze" replay "$folder/bad"
printf '%s\n' run run 'answer 1' 'input x' run quit | timeout 60 "$trapeze" run tests/fuzz/inputs/echo.lua --plain --paused --record "$folder/echo" >/dev/null 2>&1
sed 's/^w [0-9]*/w 9999/' "$folder/echo" >"$folder/late"
for film in "" "--cast $folder/late.cast"; do
	# shellcheck disable=SC2086
	is "input that comes later than the guest waits for it is told ${film:+in a film, too}" says "did not come again" 1 timeout 20 "$trapeze" replay "$folder/late" $film
done
is "a file that is no recording is told" says "this is no recording" 3 "$trapeze" replay tests/test_replay.sh
is "a file that is not there is told" says "cannot read it" 3 "$trapeze" replay "$folder/nothing"
cp "$folder/t.lua" "$folder/same.lua"
is "a recording never takes the place of its scenario" says "is the scenario itself" 2 "$trapeze" run "$folder/same.lua" --headless --record "$folder/same.lua"
is "and the scenario is what it was" cmp "$folder/t.lua" "$folder/same.lua"
is "a recording that cannot be written is told before the run" says "cannot write" 3 "$trapeze" run holes --headless --record /nowhere/r

# ---- what a person did beside typing
at_keys() { # at_keys RECORDING SCENARIO COMMAND...: the dashboard in lines, with these commands
	local to=$1 scenario=$2
	shift 2
	printf '%s\n' "$@" quit | timeout 300 "$trapeze" run "$scenario" --plain --paused --record "$to" >"$folder/said" 2>&1
}
cat >"$folder/branch.lua" <<'EOF'
-- The answer decides what runs
lesson { 90, "An answer" }
machine {}
vmm {}
guest { source = "_start: addi t0, t0, 1\n csrw sscratch, t0\n j _start" }
run { steps = 10 }
say { "a text", look = "3" }
local q = ask { "which?", "short", "long", right = 1, why = { "x", "y" } }
run { steps = 30 }
reveal(q, 1)
run { steps = 3000 }
EOF
at_keys "$folder/lesson" "$folder/branch.lua" run run "answer 2" run run run
is "a lesson with a wrong answer is recorded" grep -q '^answer 2 1$' "$folder/lesson"
is "and replayed to its end" says "events are the same" 0 "$trapeze" replay "$folder/lesson"
is "with no word of leaving" not grep -q 'left the run' "$folder/out"
at_keys "$folder/left" "$folder/branch.lua" run "bookmark début" run
is "a run that a person leaves is the same as far as it went" says "here the person left the run" 0 "$trapeze" replay "$folder/left"
is "its film has the bookmark as a marker, and ends there" "$trapeze" replay "$folder/left" --cast "$folder/left.cast"
is "the marker has its name" grep -q '"m","début"' "$folder/left.cast"
is "the film ends at the question" not grep -q '"m","reveal\|DONE' "$folder/left.cast"
at_keys "$folder/back" "$folder/branch.lua" run run "answer 1" step "bookmark far" "goto 3" "bookmark near"
is "who goes back before leaving has recorded what was seen" says "here the person left" 0 "$trapeze" replay "$folder/back"
is "a film of it has both bookmarks" "$trapeze" replay "$folder/back" --cast "$folder/back.cast"
is "in the order of the run" test "$(grep -o '"m","\(near\|far\)"' "$folder/back.cast" | tr '\n' ' ')" = '"m","near" "m","far" '
at_keys "$folder/stops" "$folder/branch.lua" run run "bookmark late" "answer 1"
is "a bookmark at the second of two stops" "$trapeze" replay "$folder/stops" --cast "$folder/stops.cast"
is "stands there in the film, and not at the first, which has as many steps" \
	test "$(grep -o '"m","\(a text\|late\|which?\)"' "$folder/stops.cast" | tr '\n' ' ')" = '"m","a text" "m","late" "m","which?" '
at_keys "$folder/jump" "$folder/branch.lua" run run "bookmark late" "answer 1" "jump late" "bookmark again"
is "a jump to it comes back to the second stop" test "$(grep '^bookmark' "$folder/jump" | cut -d' ' -f2-4 | uniq -c | tr -s ' ')" = ' 2 0 10 2'
cat >"$folder/worlds.lua" <<'EOF'
-- Three worlds, and a kernel that prints what is typed
local source = [[
_start: li a7, 2
        ecall
        bltz a0, next
        li a7, 1
        ecall
next:   addi s1, s1, 1
        j _start
]]
for world = 1, 3 do
    machine {}
    vmm {}
    guest { source = source }
    run { steps = 400 }
    mark("world " .. world .. " is over")
end
EOF
at_keys "$folder/typed" "$folder/worlds.lua" run "step" "step" "input ab" run run
is "what was typed early in a later world is typed again there" says "events are the same" 0 "$trapeze" replay "$folder/typed"
is "and in a film" "$trapeze" replay "$folder/typed" --cast "$folder/typed.cast"
at_keys "$folder/searched" "$folder/worlds.lua" run run "input ab" "step 3" "history s1" laststop "step 3"
is "a search types at a stop what was typed there, and not before the stop" \
	says "events are the same" 0 "$trapeze" replay "$folder/searched"
at_keys "$folder/around" "$folder/worlds.lua" run run "step" "bookmark far" "back" laststop "goto 5" run "jump far" run run
is "a run that goes back by two worlds, and comes again, is recorded whole" \
	says "events are the same" 0 "$trapeze" replay "$folder/around"
is "all three worlds of it" test "$(grep -c '^world' "$folder/around")" -eq 3
cat >"$folder/between.lua" <<'EOF'
-- Two worlds, and a stop of the script where there is none
lesson { 99, "between" }
machine {}
guest { source = "_start: addi s0, s0, 1\n j _start" }
run { steps = 300 }
machine {}
say "The first machine is gone."
guest { source = "_start: addi s0, s0, 2\n j _start" }
run { steps = 300 }
EOF
at_keys "$folder/between" "$folder/between.lua" run run
is "a run with a stop between two worlds is replayed" says "events are the same" 0 "$trapeze" replay "$folder/between"
is "to its end" not grep -q 'left the run' "$folder/out"
at_keys "$folder/gone" "$folder/between.lua" run
is "one who leaves it at the stop is seen to leave" says "here the person left the run" 0 "$trapeze" replay "$folder/gone"
is "and a film of that ends there" "$trapeze" replay "$folder/gone" --cast "$folder/gone.cast"
at_keys "$folder/forked" "$folder/branch.lua" step "set t0 100" run run
is "a fork is told" says "was changed by hand (t0 = 00000100)" 1 "$trapeze" replay "$folder/forked"
at_keys "$folder/nothing" "$folder/branch.lua"
is "a run that was left before anything ran is replayed" says "0 events are the same" 0 "$trapeze" replay "$folder/nothing"

# Every kind of damage is told, or does no harm: no crash, no hang.
damaged=0
for kind in lesson left back forked; do
	lines=$(wc -l <"$folder/$kind")
	for change in 's/[0-9]/99999999999999999999/' 's/[0-9]/-7/' 's/ /  /' 's/$/ more/' 's/.*//' 's/.*/answer 7 9/' 's/.*/left 5/' 'd' 's/[a-z]/\x80/'; do
		line=$((7 + damaged % (lines < 24 ? lines - 6 : 18)))
		sed "${line}${change}" "$folder/$kind" >"$folder/damaged"
		timeout 200 "$trapeze" replay "$folder/damaged" >"$folder/out" 2>&1
		status=$?
		[ $status -le 3 ] || { echo "# $kind, line $line, $change: status $status" && damaged=1000; }
		damaged=$((damaged + 1))
	done
done
is "36 damaged recordings do no harm" test $damaged -eq 36
exit $failed
