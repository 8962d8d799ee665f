#!/bin/bash
# Code that a student hands in: what the object may hold, and what code inside the machine cannot gain. More of it is in tests/test_attacks.sh,
# which tries all attacks that we know of.
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
[ -n "$first" ] && [ "$first" = "$second" ] && grep -q "\"toolchain\":	\".*clang version" <<<"$first"
verdict $? "the same submission gets the same bytes from another folder"

hand_in <<'END'
#pragma clang diagnostic ignored "-Wdate-time"
static const char when[] __attribute__((used)) = __DATE__;
END
refused "the date, even with the warning about it switched off" "undeclared identifier '__DATE__'"

# ---- the object holds what it should not
hand_in <<<'static int counter; int count(void); int count(void) { return ++counter; }'
refused "a variable outside of functions" 'a variable outside of functions'
for section in .text.v .rodata.v; do
	hand_in <<<"__attribute__((section(\"$section\"), used)) static int counter = 1;"
	refused "nor a variable in a section called $section" "the section $section is writable"
done
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
attack "a VMM that changes a register of its guest" 'expected' "${USE}    t->v->state.x[9] ^= 1;\n&/"
attack "a VMM that counts an instruction too many" 'expected' "${USE}    t->v->state.retired++;\n&/"
attack "a VMM that keeps a wrong CSR" 'expected' "${USE}    t->v->state.sstatus |= SSTATUS_SPP;\n&/"
attack "a VMM that writes to its guest's memory" 'expected' "${USE}    *(u32 *)hw_page(t->hw, hw_config(t->hw)->guest[0].ram_at + 0x100) += 1;\n&/"

# ---- a host whose box is weaker: without Landlock there is another user for root alone
case ${BUILD:-build} in
*san*) echo "skip build: a host without Landlock: the sanitizers must be the first library" ;;
*)
	cat >no_landlock.c <<'CODE'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
long syscall(long number, ...)
{
	long a[4], (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	va_list list;
	va_start(list, number);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number < 444 || number > 446)
		return real(number, a[0], a[1], a[2], a[3]);
	errno = ENOSYS;
	return -1;
}
CODE
	cc -shared -fPIC -o no_landlock.so no_landlock.c -ldl && chmod a+rx no_landlock.so
	cp "$shadow" w/
	weaker() { # weaker OPTION...: grades on such a host; the report is in ./said, the status in $status
		$as env LD_PRELOAD="$here/no_landlock.so" "$trapeze" grade 04-shadow --submission w --only boots "$@" >said 2>&1 </dev/null
		status=$?
	}
	chmod 777 tmp && chmod -R a+rX w
	as=
	if [ "$(id -u)" = 0 ]; then
		weaker
		[ $status = 0 ] && grep -q '^note: the compiler ran as another user, but this host has no Landlock' said
		verdict $? "without Landlock, root builds as another user, and the report says so"
		weaker --format json && python3 -c 'import json; assert "no Landlock" in json.load(open("said"))["build"]["box"]' 2>>said
		verdict $? "the report in JSON as well"
		echo 'the secret of the course' >secret && chmod 600 secret
		hand_in <<<"#include \"$here/secret\""
		weaker
		[ $status = 1 ] && ! grep -q 'the secret of' said && grep -q 'ermission denied\|not found' said
		verdict $? "and what only root may read is not read"
		cp "$shadow" w/
		as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	fi
	# setpriv itself still has all rights, so another program starts trapeze.
	if $as env "$trapeze" --version >/dev/null 2>&1; then
		weaker
		[ $status = 4 ] && grep -q 'not graded: .*no box' said
		verdict $? "without Landlock and root there is no box, and no grade"
		weaker --trust
		[ $status = 0 ] && grep -q '^note: the compiler ran without a box' said
		verdict $? "but with --trust there is one, and the report says so"
	else
		echo "skip build: nobody else may run $trapeze"
	fi
	if python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(444, 0, 0, 1) <= 0)'; then
		"$trapeze" grade 04-shadow --submission w --only boots >said 2>&1 && ! grep -q note: said
		verdict $? "a host with Landlock has nothing to say"
	else
		echo "skip build: this host has no Landlock"
	fi
	;;
esac
