#!/bin/bash
# Code that a student hands in: what the compiler may read, what the object may hold, and what code inside the machine cannot gain. Each attack
# gets a fair score or none, with words that say why, and touches nothing else.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
shadow=$(realpath hypervisor/shadow.c)
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
mkdir w tmp
export TMPDIR=$here/tmp
chmod 755 "$here" tmp

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok build: $2"
	else
		echo "not ok build: $2"
		sed 's/^/#   /' said | head -20
	fi
}
if ! command -v clang >/dev/null || ! command -v ld.lld >/dev/null; then
	echo "skip build: clang and lld are not here"
	exit 0
fi
hand_in() { # the file comes on standard input; it goes before the right solution
	{ cat; cat "$shadow"; } >w/shadow.c
}
build() { "$trapeze" build 04-shadow --submission w >said 2>&1 </dev/null; }
refused() { # refused NAME PATTERN
	build
	[ $? = 1 ] && grep -qE -- "$2" said && [ -z "$(ls tmp)" ]
	verdict $? "$1"
}

hand_in </dev/null
build
verdict $? "the right solution builds, and nothing is left behind"
first=$("$trapeze" grade 04-shadow --submission w --only boots --format json)
mkdir elsewhere && cp w/shadow.c elsewhere/
second=$(cd elsewhere && LC_ALL=C.UTF-8 "$trapeze" grade 04-shadow --only boots --format json)
[ -n "$first" ] && [ "$first" = "$second" ]
verdict $? "the same submission gets the same bytes from another folder"

# ---- the compiler reads what it should not
echo 'the secret of the course' >secret
chmod 644 secret
hand_in <<<"#include \"$here/secret\""
refused "a file of the host cannot be included" 'error: .*(secret|file not found|Permission denied)'
! grep -q 'the secret of the course' said
verdict $? "and its text is in no message"
hand_in <<<"__asm__(\".section .rodata\\n.incbin \\\"$here/secret\\\"\");"
refused "nor embedded by the assembler" 'error'
hand_in <<<'#include "/etc/passwd"'
refused "nor can a file that everybody may read" 'error'
! grep -q 'root:' said
verdict $? "and its text is in no message, either"
hand_in <<<'#include "/dev/stdin"'
build
verdict $? "standard input is empty, and nobody waits for it"
hand_in <<<'#include "shadow.c"'
refused "a file that includes itself" 'In file included from ./shadow.c:1'
{ echo '#define A0 1+1'; for i in $(seq 1 40); do echo "#define A$i A$((i - 1))+A$((i - 1))"; done; echo 'static int x(void) { return A40; }'; } | hand_in
refused "a macro that grows without end" 'was stopped|error'
hand_in <<<'static const char giant[1u << 30] = {1}; const char *give(void); const char *give(void) { return giant; }'
refused "a giant array" 'was stopped|error|not yours|too large'
hand_in <<<'const char *when = __TIME__;'
refused "the time of day" "undeclared identifier '__TIME__'"
hand_in <<'END'
#pragma clang diagnostic ignored "-Wdate-time"
static const char when[] __attribute__((used)) = __DATE__;
END
refused "nor with the warning about it switched off" "undeclared identifier '__DATE__'"
printf '#error "\033[2J\033]0;owned\007"\n' | hand_in
refused "escape sequences in an error move no terminal" 'error'
! grep -q $'\033' said
verdict $? "because they are printed as text"

# ---- the object holds what it should not
hand_in <<<'static int counter; int count(void); int count(void) { return ++counter; }'
refused "a variable outside of functions" 'a variable outside of functions'
for section in .text.v .rodata.v; do
	hand_in <<<"__attribute__((section(\"$section\"), used)) static int counter = 1;"
	refused "nor a variable in a section called $section" "the section $section is writable"
done
hand_in <<<'__attribute__((constructor)) static void early(void) { __asm__ volatile("nop"); }'
refused "code that runs by itself" 'has no place in a VMM|init_array'
hand_in <<<'__attribute__((section(".trampoline"))) static void there(void) { } void *volatile keep(void); void *volatile keep(void) { return (void *)there; }'
refused "a section of its own" 'section .trampoline has no place'
hand_in <<<'__attribute__((weak)) void page_free(void) { }'
refused "a weak symbol" 'is weak|conflicting types|not yours'
hand_in <<<'__asm__(".globl hw_off\n.set hw_off, 0x80400000");'
refused "a symbol with an address of its own" 'has an address of its own'
hand_in <<<'void page_free_all(void); void page_free_all(void) { }'
refused "a function that is not the student's to define" 'page_free_all is not yours to define'
hand_in <<<'#pragma comment(lib, "nowhere")'
build
verdict $? "a library that the object names is not looked for"
{ echo 'void nowhere(void);'; sed '/^bool shadow_use/,/^}/s/^    struct shadow_choice/    nowhere();\n&/' "$shadow"; } >w/shadow.c
refused "a function that nobody has" 'undefined symbol: nowhere'
sed 's/^bool shadow_use(/static bool other_use(/; s/^bool shadow_switch/bool shadow_switch/' "$shadow" >w/shadow.c
refused "a function that is missing" 'shadow_use|error'

# ---- files
file() { # file NAME PATTERN: what ./w holds does not build, and all points are lost with these words
	"$trapeze" grade 04-shadow --submission w >said 2>&1 </dev/null
	[ $? = 1 ] && grep -q ' 0 of 100' said && grep -qE -- "$2" said && [ -z "$(ls tmp)" ]
	verdict $? "$1"
}
rm w/shadow.c
file "a file that is missing" 'shadow.c is missing'
ln -s "$shadow" w/shadow.c
file "a link" 'shadow.c is a symbolic link'
rm w/shadow.c && mkfifo w/shadow.c
file "a FIFO" 'is not a regular file'
rm w/shadow.c && mkdir w/shadow.c
file "a folder" 'is not a regular file'
rmdir w/shadow.c && head -c 70000 /dev/zero | tr '\0' ' ' >w/shadow.c
file "a file that is too large" 'is too large'
head -c 1000 /dev/urandom >w/shadow.c
file "bytes that are no program" 'error'
cp "$shadow" w/shadow.c
for name in lab.lua rest.a vmm.elf vmm.ld symbols shadow.c.o include; do echo hostile >w/$name; done
"$trapeze" grade 04-shadow --submission w --only boots >said 2>&1
grep -q '10 of 10' said
verdict $? "files that the lab does not name are not looked at"

# ---- what the code does inside the machine
attack() { # attack NAME PATTERN SED: an edit of the right solution does not pass `boots`
	sed "$3" "$shadow" >w/shadow.c
	cmp -s "$shadow" w/shadow.c && echo "not ok build: $1: the edit changes nothing" && return
	"$trapeze" grade 04-shadow --submission w >said 2>&1 </dev/null
	[ $? = 1 ] && grep -qE -- "$2" said && ! grep -q '100 of 100' said && [ -z "$(ls tmp)" ]
	verdict $? "$1"
}
USE='/^bool shadow_use/,/^}/s/^    struct shadow_choice \*last/'
rm -rf w/*
attack "a VMM that prints full marks on the guest's console" 'console output' "${USE}    for (const char *c = \"100 of 100\"; *c; c++) hw_console(t->hw, 1, (u8)*c);\n&/"
attack "a VMM that switches the machine off at once" 'the guest goes on' "${USE}    hw_off(t->hw, POWER_OFF, 0);\n&/"
attack "a VMM that never ends" 'does not end' "${USE}    for (;;) hw_now(t->hw);\n&/"
attack "a VMM that changes a register of its guest" 'expected' "${USE}    t->v->state.x[9] ^= 1;\n&/"
attack "a VMM that counts an instruction too many" 'expected' "${USE}    t->v->state.retired++;\n&/"
attack "a VMM that keeps a wrong CSR" 'expected' "${USE}    t->v->state.sstatus |= SSTATUS_SPP;\n&/"
attack "a VMM that writes to its guest's memory" 'expected' "${USE}    *(u32 *)hw_page(t->hw, t->vm->ram_at + 0x100) += 1;\n&/"
attack "a VMM that maps its own page for the guest" 'nobody.s memory|memory of this guest' \
	's/mpa target = gmem_mpa(t->vm, walk->address/mpa target = t->vm_at + 0 * gmem_mpa(t->vm, walk->address/'
# Notes and records are claims. Forged ones cost nothing and gain nothing.
sed "${USE}    hw_note(t->hw, \&(struct note){.kind = EVENT_FILL, .vm = 1});\n    t->vm->exits = 1;\n    t->v->emulated = 0;\n&/" "$shadow" >w/shadow.c
"$trapeze" grade 04-shadow --submission w >said 2>&1
grep -q '100 of 100' said
verdict $? "forged notes and records change no point"
