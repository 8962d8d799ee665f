#!/bin/bash
# What somebody might try in order to get points, to see what is not meant to be seen, or to harm the grader: 54 attacks by number. Each gets a
# fair score or none, with words that say why; nothing else is touched, and nothing is left behind. usage: tests/test_attacks.sh
set -u
. "$(dirname "$0")/processes.sh"
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
shadow=$(realpath hypervisor/shadow.c)
hello=$(realpath scenarios/guests/hello/hello.s)
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
mkdir w tmp lab class
export TMPDIR=$here/tmp
chmod 755 "$here" tmp w
seen=" "

attack() { # attack NUMBER STATUS NAME: the result of an attack; what was said is in ./said. The folder for temporary files must be empty
	seen+="$1 "
	if [ "$2" -eq 0 ] && [ -z "$(ls tmp)" ]; then
		echo "ok attacks: $1 $3"
	else
		echo "not ok attacks: $1 $3"
		sed 's/^/#   /' said | head -20
		ls tmp
	fi
}
no_attack() { # no_attack NUMBER REASON: it cannot be tried on this host
	seen+="$1 "
	echo "skip attacks: $1: $2"
}

# ---- files: a lab that asks for predictions
traps=00-trap-anatomy
"$trapeze" grade $traps --key >key
grade() { # grade LAB OPTION...: the report in ./said, the exit status in $status, the total in $score
	"$trapeze" grade "$1" --submission w "${@:2}" >said 2>&1 </dev/null
	status=$?
	score=$(awk 'END { print $1 }' said)
}
zero() { # zero NUMBER NAME WORDS: what lies in ./w gets 0 points and the words
	grade $traps
	[ $status = 1 ] && [ "$score" = 0 ] && grep -qF -- "$3" said
	attack "$1" $? "$2"
	rm -rf w && mkdir w
}
full() { # full NUMBER NAME: what lies in ./w gets full marks all the same
	grade $traps
	[ $status = 0 ] && [ "$score" = 100 ]
	attack "$1" $? "$2"
	rm -rf w && mkdir w
}

cat >lab/lab.lua <<'END'
-- Climbing
lab { files = { ["a.txt"] = "1K" }, points = 100 }
test("a", { points = 100 }, function() return submission("../key") ~= nil, "nothing" end)
END
grade ./lab
[ $status = 3 ] && grep -q 'a plain file name is wanted' said && ! grep -q program said
attack 1 $? "a name that climbs out of the submission is no name"
ln -s "$here/key" w/answers.txt
zero 2 "a symbolic link" 'is a symbolic link'
mkfifo w/answers.txt
zero 3 "a FIFO, and nobody waits for it" 'is not a regular file'
if mknod w/answers.txt c 1 5 2>/dev/null; then
	zero 4 "a device" 'is not a regular file'
else
	no_attack 4 "no device can be made here"
fi
mkdir w/answers.txt
zero 5 "a folder" 'is not a regular file'
cp key w/answers.txt
(while :; do head -c 100000 /dev/zero | tr '\0' '#'; done >>w/answers.txt) 2>/dev/null &
grower=$!
until [ "$(stat -c %s w/answers.txt)" -gt 1000000 ]; do sleep 0.05; done
grade $traps
kill $grower && wait $grower 2>/dev/null
[ $status = 1 ] && [ "$score" = 0 ] && grep -q 'is too large' said
attack 6 $? "a file that grows while it is read"
rm w/answers.txt && truncate -s 1G w/answers.txt
zero 7 "a file of 1 GiB" 'is too large'
cp key w/answers.txt
(cd w && seq -f 'f%.0f' 100000 | xargs touch)
full 8 "a hundred thousand files more"
{ cat key; printf '\0'; } >w/answers.txt
zero 9 "a zero byte" 'is not a text file'
iconv -t UTF-16 key >w/answers.txt
zero 9 "UTF-16" 'is not a text file'
sed 's/$/\r/' key >w/answers.txt
full 9 "lines that end as on another system"
cp key w/Answers.txt
zero 10 "a name in another case" 'answers.txt is missing'
cp key w/answers.txt && echo 'program 1' >w/ANSWERS.TXT
full 10 "a second name that differs in case alone"
echo 'test("a", { points = 100 }, function() return true end)' >w/lab.lua
zero 11 "a lab.lua of one's own" 'answers.txt is missing'

# ---- the compiler
if [ -x /usr/bin/clang ] && [ -x /usr/bin/ld.lld ]; then compiler=yes; else compiler=; fi
hand_in() { { cat; cat "$shadow"; } >w/shadow.c; } # what comes on standard input, before the right solution
refused() { # refused NUMBER NAME PATTERN: what was handed in does not build
	"$trapeze" build 04-shadow --submission w >said 2>&1 </dev/null
	[ $? = 1 ] && grep -qE -- "$3" said && ! grep -q 'the secret of the course\|root:' said && ! grep -q $'\033' said
	attack "$1" $? "$2"
}
fair() { # fair NUMBER NAME: it builds, and the test `boots` gets its points, no more and no less
	grade 04-shadow --only boots
	[ $status = 0 ] && grep -q '^ *10 of 10' said && grep -q 'no grade' said
	attack "$1" $? "$2"
}
edit() { # edit SED: an edit of the right solution is handed in
	sed "$1" "$shadow" >w/shadow.c
	cmp -s "$shadow" w/shadow.c && echo "not ok attacks: the edit changes nothing: $1"
}
loses() { # loses NUMBER NAME PATTERN [TEST]: the test gives no points, with these words
	grade 04-shadow --only "${4-boots}"
	[ $status = 1 ] && grep -qE -- "$3" said && grep -qE "^ +0 of [0-9]+ +${4-boots}" said
	attack "$1" $? "$2"
}
USE='/^bool shadow_use/,/^}/s/^    struct shadow_choice \*last/'
echo 'the secret of the course' >secret && chmod 644 secret

if [ ! "$compiler" ]; then
	for number in 12 {13..29} {30..37} {39..44} 45 46 47 48; do no_attack "$number" "clang and lld are not here"; done
else
	cp "$shadow" w/
	for name in shadow.c.o vmm.elf rest.a vmm.ld symbols include; do echo hostile >w/$name; done
	fair 12 "objects and images that were built before"
	rm -rf w && mkdir w
	hand_in <<<"#include \"$here/secret\""
	refused 13 "an include of a file of the host" 'error: .*(secret|not found|denied)'
	hand_in <<<"#include \"$shadow\""
	refused 13 "an include of the solution" 'error: .*(shadow|not found|denied)'
	hand_in <<<"__asm__(\".section .rodata\\n.incbin \\\"$here/secret\\\"\");"
	refused 14 "a file of the host as data" 'error'
	hand_in <<<'__asm__(".section .rodata\n.incbin \"/usr/bin/clang\"");'
	refused 14 "a large file of the system as data" 'larger than|too large|was stopped|error'
	hand_in <<<'#include "/dev/stdin"'
	fair 15 "an include of standard input, which is empty"
	hand_in <<<'#include "shadow.c"'
	refused 16 "a file that includes itself" 'In file included from'
	{ echo '#define A0 1+1'; for i in $(seq 1 40); do echo "#define A$i A$((i - 1))+A$((i - 1))"; done; echo 'static int x(void) { return A40; }'; } | hand_in
	refused 17 "a macro that grows without end" 'was stopped|error'
	hand_in <<<'static const char giant[1u << 30] = {1}; const char *give(void); const char *give(void) { return giant; }'
	refused 18 "a giant array" 'was stopped|error|not yours|too large'
	hand_in <<<'#pragma clang __debug crash'
	refused 19 "a compiler that crashes leaves no dump" 'was stopped|Stack dump|error'
	hand_in <<<'#pragma comment(lib, "nowhere")'
	fair 20 "a library that the object names"
	hand_in <<<'__attribute__((section(".trampoline"), used)) static void there(void) { }'
	refused 21 "code in the page of the trampoline" 'section .trampoline has no place'
	hand_in <<<'__attribute__((constructor)) static void early(void) { __asm__ volatile("nop"); }'
	refused 22 "code that runs by itself" 'has no place in a VMM|init_array'
	hand_in <<<'void page_free_all(void); void page_free_all(void) { }'
	refused 23 "a function that is given" 'page_free_all is not yours to define'
	hand_in <<<'__attribute__((weak)) void page_free(void) { }'
	refused 24 "a weak symbol" 'is weak|conflicting types|not yours'
	hand_in <<<'__asm__(".globl hw_off\n.set hw_off, 0x80400000");'
	refused 24 "a symbol with an address of its own" 'has an address of its own'
	{ echo 'void machine_write(void);'; sed "${USE}    machine_write();\n&/" "$shadow"; } >w/shadow.c
	refused 25 "a call of the simulator from inside the machine" 'undefined symbol: machine_write'
	edit "${USE}    __asm__ volatile(\".word 0x0000006f\");\n&/"
	loses 26 "machine code as data does what it does: this one jumps to itself" 'does not end'
	hand_in <<<'const char *when = __TIME__;'
	refused 27 "the time of day" "undeclared identifier '__TIME__'"
	printf '#error "\033[2J\033]0;owned\007"\n' | hand_in
	refused 28 "escape sequences in an error" 'error'
	mkdir evil && echo '#error evil' >evil/gmem.h && cp evil/gmem.h evil/stdint.h
	cp "$shadow" w/shadow.c
	env CPATH="$here/evil" C_INCLUDE_PATH="$here/evil" LD_PRELOAD="$here/evil/none.so" \
		"$trapeze" grade 04-shadow --submission w --only boots >said 2>/dev/null
	grep -q '^ *10 of 10' said
	attack 29 $? "variables of the environment that mislead a compiler"

	# ---- inside the machine
	edit "${USE}    for (const char *c = \"100 of 100\"; *c; c++) hw_console(t->hw, 1, (u8)*c);\n&/"
	loses 30 "full marks on the guest's console" 'console output'
	forge="    hw_note(t->hw, \&(struct note){.kind = EVENT_FILL, .vm = 1});\n    t->vm->exits = 1;\n    t->v->emulated = 0;\n&"
	edit "s/(!asid || SATP_ASID(space->satp) == \*asid)/(!asid || true)/; ${USE}$forge/"
	loses 31 "forged notes and records earn nothing" 'up to 300 gets all points' 'forgets what the fence names'
	edit "${USE}$forge/"
	fair 32 "and they cost nothing"
	edit "${USE}    t->vmm->magic = 0; t->vmm->version = 0;\n&/"
	fair 33 "a VMM that nobody can read the records of"
	edit "${USE}    if (t->v->state.pc == 0x80400000)\n        ((void (*)(void))hw_page(t->hw, hw_config(t->hw)->guest[0].ram_at + 0x400000))();\n&/"
	loses 34 "the guest's code in real K" 'in mode K'
	cat >interpret <<'END'
    u32 word = *(const u32 *)hw_page(t->hw, hw_config(t->hw)->guest[0].ram_at + (t->v->state.pc - BOARD_RAM));\
    if (!(t->v->state.satp >> 31) \&\& (word \& 0x707f) == 0x13) {\
        if (word >> 7 \& 31)\
            t->v->state.x[word >> 7 \& 31] = t->v->state.x[word >> 15 \& 31] + (u32)((i32)word >> 20);\
        t->v->state.pc += 4;\
        t->v->state.retired++;\
    }\
END
	edit "${USE}$(cat interpret)\n&/"
	loses 35 "a VMM that interprets instructions of its guest" 'carried out [0-9]+ of them itself|expected'
	edit 's/mpa target = ram->at/mpa target = t->vm_at + 0 * ram->at/'
	loses 36 "guest code in frames of the VMM" "nobody.s memory|memory of this guest"
	"$trapeze" asm "$hello" --flat -o hello.bin && word=$(od -An -tx4 -N4 hello.bin | tr -d ' ')
	edit "${USE}    if (*(u32 *)hw_page(t->hw, hw_config(t->hw)->guest[0].ram_at + 0x400000) != 0x$word)\n        t->v->state.x[9] ^= 1;\n&/"
	grade 04-shadow --only 'random programs, cached' --case 1
	[ $status = 1 ] && grep -q '10 of 10 *boots' said && grep -q ' 0 of 25' said
	attack 37 $? "a VMM that knows one guest lives right for that one alone"
	edit "${USE}    hw_off(t->hw, POWER_OFF, 0);\n&/"
	loses 39 "power-off at once" 'the guest goes on'
	edit "${USE}    for (;;) hw_now(t->hw);\n&/"
	loses 40 "a loop in K" 'does not end'
	edit "${USE}    __asm__ volatile(\"csrw stvec, zero; .word 0\");\n&/"
	loses 41 "a storm of traps in the VMM" 'does not end|the guest goes on|VMM has ended'
	cat >lab/lab.lua <<'END'
-- Neighbours
lab { files = { ["shadow.c"] = "64K" }, build = "shadow", points = 100 }
local count = "li t0, 3000\n1: csrw sscratch, t0\n csrr t1, sscratch\n addi t0, t0, -1\n bnez t0, 1b\n li a7, 8\n ecall"
test("isolation", { points = 100, limit = 1e7 }, function()
    local t = twin { vmm = built(), source = count, ram = "1M", neighbour = { source = count, ram = "1M" } }
    t:run()
    return t:same()
end)
END
	cp "$shadow" w/shadow.c
	grade ./lab
	lives=$status
	edit 's/mpa target = ram->at/mpa target = (1u << 20) + ram->at/'
	grade ./lab
	[ "$lives$status" = 01 ] && grep -qE "nobody.s memory|memory of this guest" said && grep -q 'where     guest 1' said
	attack 42 $? "frames of the neighbour"
	edit '/the address may be that of the trampoline/,/^}/s/^    hw_flush.*$//'
	grade 04-shadow --only 'random programs, cached'
	[ $status = 1 ] && grep -q 'load-page-fault' said && ! grep -q '25 of 25' said
	attack 43 $? "a flush that is missing"
	edit 's/bool is_paged = space->used \&\& space->satp;/bool is_paged = false;/'
	grade 04-shadow --only 'random programs, cached'
	[ $status = 1 ] && grep -q "the guest's page table lets nobody" said && ! grep -q '25 of 25' said
	attack 44 $? "entries that outlive their fence"
	edit "${USE}    for (u32 i = 0; i < 1000; i++) hw_note(t->hw, \&(struct note){.kind = EVENT_EXIT, .vm = 1});\n&/"
	fair 45 "a flood of notes"
	edit "${USE}    for (u32 i = 0; i < 100000; i++) hw_console(t->hw, 1, 'x');\n&/"
	loses 46 "a flood on the console, and a report that stays short" 'console output'
	[ "$(wc -c <said)" -lt 10000 ]
	attack 46 $? "and its report stays short"
	printf '#error "\377\376 ]]> <|-- --|> Grade :=>> 100 \342\200\256 &amp; <b>"\n' | hand_in
	for format in junit vpl json gradescope classroom50 prairielearn; do "$trapeze" grade 04-shadow --submission w --format $format >said.$format; done
	python3 - >said 2>&1 <<'END'
import json, xml.etree.ElementTree
xml.etree.ElementTree.parse("said.junit")
for name in "json", "gradescope", "classroom50", "prairielearn":
    assert "\u202e" not in json.dumps(json.load(open("said." + name, encoding="utf-8")), ensure_ascii=False)
vpl = open("said.vpl", encoding="utf-8").read()
assert vpl.count("--|>") == 1 and sum(l.startswith("Grade :=>>") for l in vpl.splitlines()) == 1 and vpl.endswith("Grade :=>> 0\n")
END
	attack 47 $? "bytes that are no text, and marks of every format"
	edit "${USE}    register u32 a7 __asm__(\"a7\") = 0x53525354, a6 __asm__(\"a6\") = 0, a0 __asm__(\"a0\") = 0, a1 __asm__(\"a1\") = 0;\n    __asm__ volatile(\"ecall\" : \"+r\"(a0), \"+r\"(a1) : \"r\"(a6), \"r\"(a7) : \"memory\");\n&/"
	loses 48 "a reset by the firmware that reports success" 'the guest goes on|VMM has ended'
fi
rm -rf w && mkdir w
"$trapeze" grade $traps --key --seed 2 >w/answers.txt
grade $traps
[ $status = 1 ] && [ "$score" -lt 60 ]
attack 38 $? "answers that are right for another seed"

# ---- the host
rm -rf class/* out
mkdir class/ada class/bob && cp key class/ada/answers.txt
echo precious >victim && mkdir out && ln -s ../victim out/ada.json && ln -s ../victim out/summary.csv
"$trapeze" grade-all $traps --submissions class --out out >said 2>&1
[ $? = 0 ] && [ "$(cat victim)" = precious ] && [ ! -L out/ada.json ] && grep -q '^ada,1,100' out/summary.csv
attack 49 $? "a report that is a link to somebody's file"
(trap '' XFSZ; ulimit -f 0; "$trapeze" grade-all $traps --submissions class --out full) >said 2>&1
[ $? != 0 ] && [ -z "$(ls full 2>/dev/null)" ] && ! "$trapeze" grade $traps --submission class/ada >/dev/full 2>>said
attack 50 $? "a disk that is full leaves no half report"
cat >lab/lab.lua <<'END'
-- Long
lab { files = { ["a.txt"] = "1K" }, points = 100 }
test("long", { points = 100, limit = 1e12 }, function() machine {} guest { source = "j .", ram = "1M" } run { steps = 1e12 // 1 | 0 } return true end)
END
"$trapeze" grade ./lab --submission w >report 2>said </dev/null &
grader=$!
while kill -0 $grader 2>/dev/null; do # the first child only reads the lab, and may be over before the signal comes
	child=$(child_of $grader) && kill -9 "$child" 2>/dev/null
	sleep 0.05
done
wait $grader
[ $? = 4 ] && [ ! -s report ] && grep -q 'not graded' said
attack 51 $? "a child that is killed gives no grade, and no report"
(ulimit -t 1; exec "$trapeze" grade ./lab --submission w) >report 2>said </dev/null
[ $? = 4 ] && [ ! -s report ] && grep -q 'not graded: this host stopped the test' said
attack 51 $? "nor does a limit of the host, however long the test would run"
for n in $(seq 12); do mkdir class/s$n && cp key class/s$n/answers.txt; done
rm -rf out one
"$trapeze" grade-all $traps --submissions class --out one >said 2>&1
"$trapeze" grade-all $traps --submissions class --out out >said 2>&1 &
"$trapeze" grade-all $traps --submissions class --out out --regrade >said2 2>&1
wait $!
diff -r -x changes.csv -x before one out >said
attack 52 $? "two graders at once write what one writes"
LC_ALL=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 "$trapeze" grade-all $traps --submissions class --out comma >said 2>&1
diff -r one comma >said
attack 53 $? "a locale that writes numbers with a comma"
echo 'a secret of the course' >course
seed=$("$trapeze" grade-all $traps --submissions class --secret course --seeds | awk -F, '$1 == "ada" { print $2 }')
"$trapeze" grade $traps --key --seed "$seed" >class/ada/answers.txt && cp class/ada/answers.txt class/bob/ && ln -s ada class/eve
"$trapeze" grade-all $traps --submissions class --secret course --out secret.out >said 2>&1
awk -F, '$1 == "ada" { ada = $3 } $1 == "bob" { bob = $3 } $1 == "eve" { eve = 1 } END { exit !(ada == 100 && bob < 60 && !eve) }' secret.out/summary.csv
attack 54 $? "the submission of somebody else, copied or linked"

# ---- all of them
missing=$(for n in $(seq 54); do [[ $seen == *" $n "* ]] || echo -n "$n "; done)
[ -z "$missing" ]
echo "missing: $missing" >said
attack 0 $? "every attack has been tried"
