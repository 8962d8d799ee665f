#!/bin/bash
# Makes the seeds of the input fuzzer from what the tree holds, in OUT/TARGET/, and puts the inputs of kept/ beside them.
# usage: tests/fuzz/inputs/seeds.sh OUT    from the repository's root; TRAPEZE and BUILD say what was built
set -eu
out=$1
rm -rf "$out"
mkdir -p "$out"/{image,assembly,script,answers,recording,debugger,keys}

# image: an ELF file with line information, small ones of the assembler, a flat one, and one of the linker with symbols of C
cp "$BUILD/guests/hello.elf" "$BUILD/guests/shim.elf" "$out/image/"
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

# recordings: of the lesson that the target runs, with input; of a short run; of two worlds; and one that has each kind of line
for seed in 1 2; do
	printf '%s\n' 'bookmark here' run run 'answer 1' 'input hello' run step 'bookmark there' 'input x' run 'set a0 7' quit |
		"$TRAPEZE" run tests/fuzz/inputs/echo.lua --seed $seed --plain --paused --record "$out/recording/echo-$seed" >/dev/null 2>&1
done
for scenario in first-trap same-tick; do
	"$TRAPEZE" run $scenario --headless --limit 3000 --record "$out/recording/$scenario" >/dev/null 2>&1 || true
	head -c 20000 "$out/recording/$scenario" >"$out/recording/$scenario.cut"
done
printf '%s\n' 'trapeze recording 1' 'version 0.1' 'scenario two-guests.lua' 'source 2f6a5b03558454dc' 'seed 7' 'limit 3000' 'interactive 1' \
	'fork 1 12 a0 = 00000007' 'bookmark 1 30 2 my moment' 'bookmark 2 40 0 x' 'answer 1 0' 'answer 2 -1' 'left 50' 'world 2f3aa81feaf623cc' \
	id1827b34 'i 5 0 61' b3e136db6 'w 9 1 0a' d15681651 'world 00000000000000ff' p95627254 end >"$out/recording/all"

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

# keys: a lesson from its beginning to its end, commands, panes, the mouse, a paste, typing to a guest (keys.c says what 0, fe and ff are)
printf 'ccc\r\xff\x01\rccccq' >"$out/keys/lesson"
printf 'tttsssSTn\x7f:goto 50\r:break csr\rc:break store sp 8\rc:bookmark x\r:jump x\r:set a0 7\r:original\r:untrap\r' >"$out/keys/travel"
printf 't:filter P g1\r:find ecall\r:history a0\r:changed sp\r:history page sp\r:runback\r:define sa\t\r:address sp\r:theme light\r' >"$out/keys/ask"
printf '1z2z3z4z5[]6+-7z8j9k0tt\xff\x00\xff\x06\xff\x07\xfe\x01\xfe\x03?\xff\x07\x1b?\xfe\x04\t\xff\x08' >"$out/keys/panes"
printf 't\033[<0;20;5M\033[<0;20;5m\033[<65;10;12M\033[M !!\033[200~goto 5\rq\033[201~:\033[200~goto\t5\033[201~\r\033]11;rgb:0000/0000/0000\a' \
	>"$out/keys/mouse"
printf 't7ihello\r\xc3\xa9\x7f\x1b\x00\xc3\x00\xe2\x82\x1b[1;5A\x1bOP\xe9q\xff\x14' >"$out/keys/typing"

cp -R tests/fuzz/inputs/kept/. "$out/"
