#!/bin/bash
# The language of labs: a test that never ends loses its own points alone, errors of a lab name their line, and claims are not to be had.
# tests/test_reports.sh has the reports. usage: tests/test_grade.sh   (TRAPEZE: the program)
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
labs=$(realpath labs)
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
mkdir lab work
echo 'anything <b>&"--|>' >work/a.txt

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok grade: $2"
	else
		echo "not ok grade: $2"
		sed 's/^/#   /' said | head -20
	fi
}
# lab: the script of ./lab comes on standard input, after its lab{...}
lab() {
	{ echo "-- A lab of tests"; echo "lab { files = { [\"a.txt\"] = \"1K\" }, points = ${1-100} }"; cat; } >lab/lab.lua
}
grade() { # grade OPTION...: the report in ./said, the status in $status
	"$trapeze" grade ./lab --submission work "$@" >said 2>&1 </dev/null
	status=$?
}
expect() { # expect NAME STATUS PATTERN...
	local name=$1 want=$2 pattern good=0
	shift 2
	[ $status = "$want" ] || good=1
	for pattern; do grep -qE -- "$pattern" said || good=1; done
	verdict $good "$name"
}

# ---- each test is on its own
SPIN='source = "j ."'
lab <<END
test("before", { points = 30 }, function() return true end)
test("endless", { points = 20, limit = 1e6 }, function() machine {} guest { $SPIN, ram = "1M" } run() return true end)
test("endless twin", { points = 20, limit = 1e6 }, function() local t = twin { $SPIN, ram = "1M" } t:run() return t:same() end)
test("after it", { points = 10, after = "endless" }, function() return true end)
test("last", { points = 20 }, function() return true end)
END
grade
expect "a test that never ends loses its own points alone" 1 '30 of 30 +before' ' 0 of 20 +endless$' 'more than 1000000 machine steps' \
	' 0 of 20 +endless twin' '20 of 20 +last' '50 of 100 '
expect "a test that needs it is blocked, and says by what" 1 ' 0 of 10 +after it' 'needs: endless'
cp said first
grade && cmp -s said first
[ $status = 1 ] && cmp -s said first
verdict $? "the same submission gets the same bytes again"
LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo COLUMNS=20 nice "$trapeze" grade "$here/lab" --submission "$here/work" >said 2>&1
cmp -s said first
verdict $? "whatever the locale, the time zone and the directory's name"
grade --only "after it"
expect "a part of the tests runs with what it needs, and is no grade" 1 'endless$' 'after it' 'partial run, no grade'
! grep -q before said
verdict $? "and without the others"

# ---- cases, shares, words
lab <<'END'
local seen = {}
test("cases", { points = 10, cases = 4 }, function(case, number) return number ~= 3, "case " .. number .. " is bad" end)
test("thirds", { points = 10, cases = 3, tags = "slow, quick" }, function(case, number) return 1 / 3 end)
test("seeds", { points = 10, cases = 2 }, function(case, number)
    local bad = case == seen[1] or case >= 2 ^ 53 or case < 0
    seen[#seen + 1] = case
    return not bad
end)
test("partial", { points = 40 }, function() return partial(45, { full = 30, none = 60 }) end)
test("three words", { points = 30 }, function() return false, "what should be", "what is", "where it is" end)
END
grade
expect "cases share the points, fractions are cut, the first case that fails is named" 1 ' 7 of 10 +cases' 'case 3 of 4' 'case 3 is bad' ' 3 of 10 +thirds'
expect "each case has a seed of its own" 1 '10 of 10 +seeds'
expect "a number earns its share" 1 '20 of 40 +partial'
expect "what was expected, what happened and where stand in lines of their own" 1 'expected  what should be' 'happened  what is' 'where     where it is'
expect "and the command that runs the case again" 1 "again +trapeze grade lab --submission . --seed 1 --only 'cases' --case 3"
grade --format json
cp said last.json
grade --failed last.json
expect "the tests that failed last time run alone" 1 ' 7 of 10 +cases' 'partial' 'no grade'
! grep -q seeds said
verdict $? "and those that passed do not"
grade --tag quick
expect "tests run by tag, one of several" 1 ' 3 of 10 +thirds' 'partial run, no grade'
! grep -q cases said
verdict $? "and those without it do not"
grade --tag nothing
expect "a tag that no test has" 2 "has the tag 'nothing'"
grade --tag quic
expect "the beginning of a tag is no tag" 2 "has the tag 'quic'"
grade --failed lab/lab.lua
expect "a report that is none" 3 'is no report of'
grade --only cases --format gradescope
expect "a platform gets no part for a grade" 2 'a part of the tests is none'
grade --only cases --case 2
expect "one case can be run alone" 0 '10 of 10 +cases' 'no grade'
grade --only cases --case 5
expect "a case that is not there" 2 "test 'cases' has 4 cases"

lab <<<'test("it'"'"'s; $(so)", { points = 100 }, function() return false, "no" end)'
grade
again=$(sed -n 's/^ *again *trapeze grade lab --submission . --seed 1 //p' said)
eval "\"$trapeze\" grade ./lab --submission work $again" >said 2>&1
status=$?
expect "a shell can read the command that runs a test again, whatever its name" 1 "0 of 100  it's; .\(so\)" 'partial run'

# ---- errors of the lab's author
wrong() { # wrong NAME PATTERN: the script on standard input has an error, told with file and line; there is no report
	lab 100
	grade
	[ $status = 3 ] && grep -qE "lab.lua:[0-9]+: .*$2" said && ! grep -q ' of 100' said
	verdict $? "$1"
}
wrong "an unknown key of a test" "test has no field 'point'; its fields are: points" <<<'test("a", { point = 1 }, function() end)'
wrong "an unknown key of a twin" "twin has no field 'guest'" <<<'test("a", { points = 100 }, function() twin { guest = 1 } end)'
wrong "points that are no number" 'points: an integer' <<<'test("a", { points = "many" }, function() end)'
wrong "a test twice" "two tests 'a'" <<<'test("a", { points = 1 }, print) test("a", { points = 1 }, print)'
wrong "a test after one that is not there" "no test 'b'" <<<'test("a", { points = 1, after = "b" }, print)'
wrong "a test that returns nothing" 'a test returns true, false' <<<'test("a", { points = 100 }, function() end)'
for value in '"yes"' 2 -1 0/0 '{}'; do
	wrong "a test that returns $value" 'a test returns true, false' <<<"test('a', { points = 100 }, function() return $value end)"
done
wrong "a test that returns a table as its message" 'a test returns texts, and no table' <<<'test("a", { points = 100 }, function() return false, {} end)'
wrong "a test inside a test" 'for the top level' <<<'test("a", { points = 100 }, function() test("b", { points = 1 }, print) return true end)'
wrong "a budget that is turned round" 'full is the smaller' <<<'test("a", { points = 100 }, function() return partial(3, { full = 9, none = 2 }) end)'
wrong "a limit that is a word" 'limit: a number from 1 to 1000000000000 is wanted' <<<'test("a", { points = 100, limit = "long" }, print)'
wrong "a test with an error" 'attempt to' <<<'test("a", { points = 100 }, function() return nil + 1 end)'
wrong "what a VMM says of its guest is no reason for points" "a twin has no 'reg'.*is a claim" <<<"test('a', { points = 100 }, function() return twin { $SPIN }:reg 'a0' end)"
wrong "an unknown key of a guest" "a guest of meter has no field 'image'" <<<"test('a', { points = 100 }, function() meter { vmm = 't32', guests = { { image = 'hello' } } } end)"
wrong "a label that is not there" "guest 1 has no label 'x'" <<<"test('a', { points = 100 }, function() meter { vmm = 't32', guests = { { $SPIN, watch = 'x' } } } end)"
wrong "a guest that a meter does not have" 'the number of a guest' <<<"test('a', { points = 100 }, function() meter { vmm = 't32', guests = { { $SPIN } } }:ran(2) end)"
wrong "two guests of a meter at depth 2" 'with a depth of 2 one guest' <<<"test('a', { points = 100 }, function() meter { vmm = 't32', depth = 2, guests = { { $SPIN }, { $SPIN } } } end)"
wrong "what a VMM says counts nothing in a meter" "a meter has no 'fills'" <<<"test('a', { points = 100 }, function() meter { vmm = 't32', guests = { { $SPIN } } }:fills() end)"
wrong "a twin outside of a test" 'inside a test' <<<"twin { $SPIN }"
wrong "a submission outside of a test" 'inside a test' <<<'submission "a.txt"'
wrong "a second argument of answers" "answers takes a file name and nothing else" <<<'test("t", { points = 100 }, function() return answers("a.txt", "words") end)'
for files in '{ "a.txt" }' '{ ["../a.txt"] = "1K" }' '{ ["a.txt"] = "1G" }' '{ ["a.txt"] = true }' '"a.txt"'; do
	{ echo "-- Files"; echo "lab { files = $files, points = 100 }"; echo 'test("a", { points = 100 }, function() return true end)'; } >lab/lab.lua
	grade
	expect "files = $files" 3 'lab.lua:2: (files|size): '
done
lab 90 <<<'test("a", { points = 100 }, function() return true end)'
grade
expect "points that do not add up" 3 'its tests are worth 100 points, and lab\{\} says 90'
echo 'test("a", { points = 100 }, function() return true end)' >lab/lab.lua
grade
expect "tests before lab{}" 3 'lab.lua:1: lab\{...\} comes before the tests'

# ---- twins
lab <<'END'
local mode = "nop\n rdmode s3\n li a7, 8\n ecall"
local off = "li a7, 8\n ecall"
test("same", { points = 25 }, function() local t = twin { source = off, ram = "1M" } t:run() return t:same() end)
test("differs", { points = 25 }, function() local t = twin { source = mode, ram = "1M", profile = "holes" } t:run() return t:same() end)
test("counts", { points = 25 }, function()
    local t = twin { source = off, ram = "1M", vmm = "t32", policy = "drop-all" }
    t:run()
    return t:exits() >= 1 and t:innocuous() == 0 and t:power() == "off" and t:steps() > t:direct()
end)
test("nested", { points = 5 }, function()
    local t = twin { source = off, ram = "1M", depth = 2, enlightened = true }
    t:run()
    return t:same() and t:exits() >= 1 and t:all_exits() > 2 * t:exits()
end)
test("another", { points = 20 }, function() local a = twin { source = off } twin { source = off } return not pcall(a.run, a) end)
END
grade
expect "a twin finds what a VMM cannot keep from its guest" 1 '25 of 25 +same' ' 0 of 25 +differs' 'expected  s3 = 0x00000001' 'happened  s3 = 0x00000000' \
	'where     at 0x80000004 in K: rdmode s3'
expect "a twin counts; one that was replaced is over" 1 '25 of 25 +counts' '5 of 5 +nested' '20 of 20 +another'

# ---- meters
lab <<'END'
local busy = "1: addi s0, s0, 1\n j 1b"
local sleeps = "li t0, 0x20\n csrw sie, t0\n li s0, 400000\n csrw stimecmp, s0\n csrw stimecmph, zero\n wfi\nawake: addi s1, s1, 1\n j awake"
test("shares", { points = 50 }, function()
    local m = meter { vmm = "t32", quantum = 10000, guests = { { source = busy, weight = 300 }, { source = busy } } }
    m:run(2000000)
    local share = m:ran(1) / (m:ran(1) + m:ran(2))
    return math.abs(share - 0.75) < 0.03 and m:gap(2) > m:gap(1) and m:longest(2) < 12000 and not m:off()
end)
test("arrives", { points = 50 }, function()
    local m = meter { vmm = "t32", guests = { { source = sleeps, watch = "awake" }, { source = "li a7, 8\n ecall" } } }
    m:run(390000)
    local before = m:ran(1)
    m:run(500000)
    local at = m:arrivals(1)[1]
    return before == 3 and at > 400000 and at < 410000 and m:ran(2) == 1 and m:cycles() >= 500000
end)
END
grade
expect "a meter measures shares, and when a guest wakes" 0 '50 of 50 +shares' '50 of 50 +arrives'

# ---- two guests of one VMM, each with its own bare machine
lab <<'END'
local count = "li t0, 3000\n1: csrw sscratch, t0\n csrr t1, sscratch\n bne t0, t1, 2f\n addi t0, t0, -1\n bnez t0, 1b\n li a7, 8\n ecall\n2: j 2b"
local odd = "li t0, 3000\n1: addi t0, t0, -1\n csrr t1, sstatus\n bnez t0, 1b\n rdmode s3\n li a7, 8\n ecall"
local function two(second)
    local t = twin { source = count, ram = "1M", vmm = "t32", profile = "holes", neighbour = { source = second, ram = "1M" } }
    t:run()
    return t:same()
end
test("both", { points = 50 }, function() return two(count) end)
test("second", { points = 50 }, function() return two(odd) end)
END
grade
expect "two guests live as two bare machines do, and a difference says whose it is" 1 '50 of 50 +both' ' 0 of 50 +second' 'where     guest 2, at .*rdmode s3'
wrong "a neighbour with an unknown key" "neighbour has no field 'vmm'" <<<'test("a", { points = 100 }, function() twin { source = "nop", neighbour = { vmm = "t32" } } end)'

# ---- a host in trouble is no zero
if [ "$(id -u)" = 0 ]; then
	chmod a+rX "$here" && chmod -R a+rX lab
	other='setpriv --reuid 65534 --regid 65534 --clear-groups'
	if $other bash -c "exec '$trapeze' --version" >/dev/null 2>&1; then
		for file in work work/a.txt; do
			mode=$(stat -c %a $file)
			chmod 000 $file
			$other "$trapeze" grade ./lab --submission work >report 2>said </dev/null
			[ $? = 4 ] && [ ! -s report ] && grep -q 'not graded: .* cannot be read: Permission denied' said
			verdict $? "$file, which the grader may not read, is no zero"
			chmod "$mode" $file
		done
	else
		echo "skip grade: nobody else may run $trapeze"
	fi
fi
lab <<<'test("a", { points = 100 }, function() return true end)'
limited() { # limited NAME LIMIT...: under this limit of the host there is status 4, words that say so, and no report
	local name=$1
	shift
	$as bash -c "ulimit $*; exec '$trapeze' grade ./lab --submission work" >report 2>said </dev/null
	[ $? = 4 ] && [ ! -s report ] && grep -q 'not graded' said
	verdict $? "$name"
}
case ${BUILD:-build} in
*san*) echo "skip grade: the sanitizers need more than these limits" ;;
*)
	as=
	# Root has no limit of processes, so there the grader runs as somebody else.
	if [ "$(id -u)" = 0 ]; then
		as='setpriv --reuid 65534 --regid 65534 --clear-groups'
		chmod -R a+rX "$here"
	fi
	if $as bash -c "exec '$trapeze' --version" >/dev/null 2>&1; then
		limited "without a process there is no grade" -u 0
	else
		echo "skip grade: nobody else may run $trapeze"
	fi
	as=
	lab <<<'test("a", { points = 100 }, function() local t = twin { image = "kite", ram = "16M" } t:run() return t:same() end)'
	for size in 12000 20000 40000; do limited "with $size KiB of memory there is no grade" -v $size; done
	lab <<<'test("a", { points = 100, limit = 1e12 }, function() machine {} guest { source = "j .", ram = "1M" } run { steps = 1000000000000 } return true end)'
	limited "without time there is no grade" -t 1
	;;
esac
lab <<<'test("a", { points = 100 }, function() return true end)'
"$trapeze" grade "$labs/00-trap-anatomy" --submission "$labs/00-trap-anatomy/solution" >/dev/full 2>said
[ $? != 0 ]
verdict $? "a report that cannot be written is no success"

# ---- whatever the answers hold, there is a report, and the other answers keep their points
fill() { head -c "$1" /dev/zero | tr '\0' "$2"; } # fill BYTES CHARACTER
"$trapeze" grade "$labs/00-trap-anatomy" --key --seed 1 >key
for kind in 'a b' 'a1 ' '1 1' 'a#b' '"%"' '...' 'program 5'; do
	for middle in ' ' a 1 ';' '%'; do
		{ cat key; printf %s "$kind"; fill 50000 "$middle"; echo "$kind"; } >work/answers.txt
		timeout 200 "$trapeze" grade "$labs/00-trap-anatomy" --seed 1 --submission work >said 2>&1 && break 2
		[ "$(grep -c '^ *20 of 20 ' said)" = 4 ] || break 2
	done
done
[ "$kind$middle" = 'program 5%' ] && [ "$(grep -c '^ *20 of 20 ' said)" = 4 ]
verdict $? "a line of 50,000 characters loses the points of its own program alone (it was $kind, then $middle)"
lab <<'END'
test("a", { points = 100 }, function()
    local lines = answers("a.txt")
    local long = ("word "):rep(51) .. "w..."
    return #lines == 3 and lines[1].text == "one two 3" and lines[2].line == 4 and lines[2].text == long and
        lines[3].text == ("\u{e9}"):rep(127) .. "\u{e9}...", #lines .. lines[2].text
end)
END
{ printf '  one\t \ttwo  3 # four\n\n # five\n  '; for _ in $(seq 100); do printf 'word   '; done; printf '\n'; for _ in $(seq 300); do printf '\303\251'; done; } >work/a.txt
grade
expect "a line of answers has one blank between its words, and ends after 256 bytes, between two characters" 0

# ---- a signal that reaches the grader alone ends all that it has started
graders() { grep -lae "$here/[s]pinning" /proc/[0-9]*/cmdline 2>/dev/null | wc -l; }
await() { # await COMMAND...: until it is true, 40 seconds at most
	for _ in $(seq 400); do "$@" && return; sleep 0.1; done
	return 1
}
no_graders() { [ "$(graders)" = 0 ]; }
several_graders() { [ "$(graders)" -ge "$1" ]; }
lab <<END
test("a", { points = 100, limit = 1e12 }, function() machine {} guest { $SPIN, ram = "1M" } run { steps = 1000000000000 } return true end)
END
mv lab spinning
mkdir class && cp -R work class/ada && cp -R work class/bob
for signal in TERM INT KILL; do
	# Whoever started the tests in the background may have them ignore SIGINT.
	env --default-signal=INT "$trapeze" grade "$here/spinning" --submission work >said 2>&1 &
	await several_graders 2
	began=$?
	kill -$signal $! && wait $! 2>/dev/null
	[ $began = 0 ] && await no_graders
	verdict $? "after SIG$signal to grade nothing goes on computing"
done
"$trapeze" grade-all "$here/spinning" --submissions class --out out --jobs 2 >said 2>&1 &
await several_graders 5
began=$?
kill -TERM $! && wait $! 2>/dev/null
[ $began = 0 ] && await no_graders
verdict $? "after SIGTERM to grade-all nothing goes on computing"

# ---- a build that a signal ends
if ! command -v clang >/dev/null || ! command -v ld.lld >/dev/null; then
	echo "skip grade: a killed build leaves no folder: clang or ld.lld is not installed"
else
	mkdir temporary
	TMPDIR=$here/temporary "$trapeze" grade 04-shadow --submission "$labs/04-shadow/start" >said 2>&1 </dev/null &
	grader=$!
	for _ in {1..400}; do
		[ -n "$(ls temporary)" ] && break
		sleep 0.05
	done
	appeared=$(ls temporary)
	kill -KILL $grader
	wait $grader 2>/dev/null
	for _ in {1..400}; do
		[ -z "$(ls temporary)" ] && break
		sleep 0.05
	done
	echo "the folder: '$appeared'; left: '$(ls temporary)'" >said
	[ -n "$appeared" ] && [ -z "$(ls temporary)" ]
	verdict $? "a killed build leaves no folder"
fi
