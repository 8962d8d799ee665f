#!/bin/bash
# Makes the seeds of the input fuzzer from what the tree holds, in OUT/TARGET/, and puts the inputs of kept/ beside them.
# usage: tests/fuzz/inputs/seeds.sh OUT    from the repository's root; TRAPEZE and BUILD say what was built
set -eu
out=$1
rm -rf "$out"
mkdir -p "$out"/{image,assembly,script,answers,recording,debugger}

# image: an ELF file with line information, small ones of the assembler, a flat one
cp "$BUILD/guests/hello.elf" "$out/image/"
"$TRAPEZE" asm scenarios/guests/hello/hello.s -o "$out/image/assembled.elf"
"$TRAPEZE" asm scenarios/guests/hello/hello.s --flat -o "$out/image/flat"
"$TRAPEZE" asm tests/hostile/storm.s -o "$out/image/storm.elf"

# assembly and scripts: all that is here
for file in scenarios/guests/*/*.s scenarios/compare/*.s tests/hostile/*.s; do
	cp "$file" "$out/assembly/$(echo "$file" | tr / -)"
done
for file in scenarios/*.lua scenarios/lessons/*.lua labs/*/lab.lua; do
	cp "$file" "$out/script/$(echo "$file" | tr / -)"
done

# answers: the first byte says which lab and which test (answers.c). Digits of ASCII, so that the files can be read
for test in 0 2 4 6 8; do
	{ printf '%s' "$test"; "$TRAPEZE" grade 00-trap-anatomy --key --seed 1; } >"$out/answers/anatomy-$test"
done
for test in 1 3; do
	{ printf '%s' "$test"; cat labs/01-virtualizable/solution/classes.txt; } >"$out/answers/classes-$test"
done

# recordings: of a short run, and of one with two worlds
for scenario in first-trap same-tick; do
	"$TRAPEZE" run $scenario --headless --limit 3000 --record "$out/recording/$scenario" >/dev/null 2>&1 || true
	head -c 20000 "$out/recording/$scenario" >"$out/recording/$scenario.cut"
done

# debugger: packets of gdb's remote protocol, each with the sum of its bytes
packet() {
	local sum=0 i
	for ((i = 0; i < ${#1}; i++)); do sum=$((sum + $(printf %d "'${1:i:1}"))); done
	printf '+$%s#%02x' "$1" $((sum & 255))
}
converse() { for p in "$@"; do packet "$p"; done; }
converse qSupported QStartNoAckMode '?' 'qXfer:features:read:target.xml:0,fff' qfThreadInfo qsThreadInfo Hg1 g p20 m80400000,40 \
	>"$out/debugger/begin"
converse QStartNoAckMode Z0,80400010,4 'vCont;c' g s bs bc z0,80400010,4 'vCont;s:1' D >"$out/debugger/walk"
converse QStartNoAckMode M80400000,4:13000000 P5=78563412 X80400000,4:abcd Z2,80400000,4 Z4,80400100,40 c T1 qC k >"$out/debugger/change"
converse QStartNoAckMode 'vCont?' qRcmd,68656c70 qRcmd,7472617073 qRcmd,73686164 'qThreadExtraInfo,1' qAttached >"$out/debugger/monitor"

cp -R tests/fuzz/inputs/kept/. "$out/"
