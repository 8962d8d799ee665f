#!/bin/bash
# Bad input: each is answered by one clear message on stderr that names the file and a way out, with the right status and nothing half-written.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# refused NAME STATUS WORDS ARGUMENT...: status, the words on stderr, nothing on stdout, no new file.
refused() {
	local name=$1 status=$2 words=$3 why=
	shift 3
	ls -A >files_before 2>/dev/null
	: >files_after
	timeout 200 "$trapeze" "$@" >out 2>err </dev/null
	got=$?
	ls -A >files_after
	[ $got = "$status" ] || why="status $got, not $status: $(head -1 err)"
	grep -qF -- "$words" err || why="${why:-no \"$words\" in: $(head -2 err)}"
	[ -s out ] && why="${why:-it wrote to stdout}"
	cmp -s <(grep -v '^\(out\|err\|files_after\)$' files_before) <(grep -v '^\(out\|err\|files_after\)$' files_after) || why="${why:-it left a file}"
	if [ -z "$why" ]; then echo "ok bad input: $name"; else echo "not ok bad input: $name: $why"; fi
}

# elf CLASS DATA MACHINE ENTRY PADDR FILESZ MEMSZ [PADDR2]: an ELF file with one segment, or two, of as many bytes as it says
le() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 24 & 255)))"; }
half() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))"; }
segment() { le 1; le 256; le "$1"; le "$1"; le "$2"; le "$3"; le 5; le 4096; } # PADDR FILESZ MEMSZ
elf() {
	local count=$(($# > 7 ? 2 : 1))
	printf '\177ELF'"\\x$1\\x$2"'\1\0\0\0\0\0\0\0\0\0'
	half 2; half "$3"; le 1; le "$4"; le 52; le 0; le 0; half 52; half 32; half $count; half 0; half 0; half 0
	segment "$5" "$6" "$7"
	[ $count = 2 ] && segment "$8" "$6" "$7"
	head -c $((256 - 52 - 32 * count)) /dev/zero
	for _ in 1 2 3 4; do le 0x13; done
}
elf 1 1 243 0x80400000 0x80400000 16 16 >good.elf
elf 2 1 243 0x80400000 0x80400000 16 16 >elf64.elf
elf 1 2 243 0x80400000 0x80400000 16 16 >big.elf
elf 1 1 62 0x80400000 0x80400000 16 16 >x86.elf
elf 1 1 243 0x80400000 0x80400000 99999 99999 >cut.elf
elf 1 1 243 0x80400000 0x80400000 16 0x7fffffff >huge.elf
elf 1 1 243 0x80400000 0x10000000 16 16 >low.elf
elf 1 1 243 0x90400000 0x80400000 16 16 >entry.elf
elf 1 1 243 0x80400000 0x80400000 16 16 0x80400008 >overlap.elf
head -c 40 good.elf >short.elf
head -c 3 good.elf >tiny.elf && : >empty.bin
head -c 300000 /dev/urandom >noise.bin
{ head -c 28 good.elf; le 0xfffffff0; tail -c +33 good.elf; } >tables.elf
head -c 9000000 /dev/zero >large.bin
mkdir folder
mkfifo pipe
printf '_start: addi a0, a0, 5000\n        frobnicate a0\n' >bad.s
echo 'run {' >syntax.lua
printf 'machine {}\nlocal x = nil\nx.y = 1\n' >nil.lua
printf '\033Lua\x54\0' >bytecode.lua
echo 'while true do end' >loop.lua
echo 'local t = {} for i = 1, 1e9 do t[i] = {i} end' >memory.lua
printf 'machine {}\nguest { ram = "64K", source = [[\n_start: nop\n addi a0, frob, 1\n]] }\nrun()\n' >long.lua
printf 'local s = ("a"):rep(30000)\nlocal x = s:find((".-"):rep(30) .. "b")\n' >slow.lua
echo 'machine {} guest { source = "nop\n  addi a0, a0, 9999" } run()' >source.lua
echo 'machine {} guest { image = "short.elf" } run()' >image.lua

refused "two kinds of run at once" 2 "--twin and --state cannot be combined" boot good.elf --depth 1 --twin --state s
refused "a state on standard output" 2 "name a file" boot good.elf --state -
refused "two reports in one file" 2 "name two" boot good.elf --state both --stats both
refused "a recording and a trace in one file" 2 "name two" run first-trap --record both --trace both
refused "a missing image" 3 "nothing.elf" boot nothing.elf
refused "a folder as image" 3 "folder" boot folder
refused "a pipe as image is not waited for" 3 "pipe" boot pipe
refused "an empty image" 3 "empty.bin" boot empty.bin
refused "a truncated ELF header" 3 "short.elf" boot short.elf
refused "an ELF cut in a segment" 3 "cut.elf" boot cut.elf
refused "a 64-bit ELF" 3 "64-bit" boot elf64.elf
refused "a big-endian ELF" 3 "big-endian" boot big.elf
refused "an ELF for another processor" 3 "RISC-V" boot x86.elf
refused "an ELF segment larger than RAM" 3 "--ram" boot huge.elf
refused "an ELF segment outside RAM" 3 "0x10000000" boot low.elf
refused "an ELF entry outside its segments" 3 "0x90400000" boot entry.elf
refused "overlapping ELF segments" 3 "overlap" boot overlap.elf
refused "an ELF whose tables lie nowhere" 3 "tables.elf" boot tables.elf
refused "an image larger than RAM" 3 "--ram" boot large.bin --ram 8M
refused "RAM that ends below the kernel" 3 "--ram" boot good.elf --ram 1M
refused "an assembler error names file, line and column" 3 "bad.s:1:" boot bad.s
refused "each assembler error is told" 3 "bad.s:2:" boot bad.s
refused "a guest's name with a slip" 3 "did you mean 'hello'?" boot helo
refused "a missing initrd" 3 "no-initrd" boot good.elf --initrd no-initrd
refused "a missing disk" 3 "no-disk" boot good.elf --disk no-disk
refused "an initrd larger than RAM" 3 "large.bin" boot good.elf --initrd large.bin --ram 8M
refused "boot arguments without end" 3 "boot arguments" boot good.elf --append "$(head -c 5000 /dev/zero | tr '\0' x)"
refused "a state file in no folder" 3 "nowhere/s" boot good.elf --state nowhere/s --limit 10
refused "a trace file in no folder" 3 "nowhere/t" boot good.elf --trace nowhere/t --limit 10

refused "a state file without a name" 3 "name of a file is empty" boot good.elf --state "" --limit 10
refused "a trace file without a name" 3 "name of a file is empty" boot good.elf --trace "" --limit 10

refused "no image" 2 "which image?" boot
refused "two images" 2 "one too many" boot good.elf good.elf
refused "an unknown option" 2 "--frob" boot good.elf --frob
refused "an option without its value" 2 "ram" boot good.elf --ram
refused "a depth that is not there yet" 2 "depth" boot good.elf --depth 9
refused "a depth that is no number" 2 "--depth x" boot good.elf --depth x
refused "RAM too small" 2 "--ram 4K" boot good.elf --ram 4K
refused "RAM too large" 2 "--ram 3G" boot good.elf --ram 3G
refused "RAM that is no whole page" 2 "4096" boot good.elf --ram 2000001
refused "no hart" 2 "--harts 0" boot good.elf --harts 0
refused "a profile that does not exist" 2 "t32, holes, h or house:SEED" boot good.elf --profile x86
refused "a guest and a VMM beyond 2 GiB, with the sum" 2 "= 2" boot good.elf --depth 1 --ram 2G
refused "an unknown command" 2 "boot" bot

refused "a missing scenario" 3 "nothing.lua" run nothing.lua
refused "a scenario whose name is nearly right" 3 "did you mean 'two-guests'?" run two-guest
refused "a lesson whose name is nearly right" 3 "did you mean '01-one-trap'?" run 01-one-tap
refused "a folder as scenario" 3 "folder" run folder
truncate -s 500M half.img
{ echo 'machine {} vmm {}' && for i in 1 2 3 4 5; do echo "guest { image = 'hello', ram = '64K', disk = 'half.img' }"; done && echo 'run()'; } >disks.lua
refused "a syntax error names file and line" 3 "syntax.lua:2:" run syntax.lua
refused "bytecode" 3 "bytecode.lua" run bytecode.lua
refused "no scenario" 2 "which scenario?" run
refused "two scenarios" 2 "one too many" run nil.lua nil.lua
refused "a seed that is no number" 2 "--seed x" run nil.lua --seed x

# These begin to run, so their (empty) result is on stdout.
failing() { # failing NAME WORDS FILE
	timeout 200 "$trapeze" run "$3" --headless >out 2>err </dev/null
	got=$?
	if [ $got = 3 ] && grep -qF -- "$2" err; then
		echo "ok bad input: $1"
	else
		echo "not ok bad input: $1: status $got: $(head -2 err)"
	fi
}
failing "a Lua error names file and line" "nil.lua:3:" nil.lua
failing "a Lua error has a traceback" "stack traceback:" nil.lua
failing "an endless scenario" "loop.lua:1:" loop.lua
failing "a scenario that takes all memory" "memory" memory.lua
failing "an assembler error in a scenario" "source:2:" source.lua
failing "an assembler error in a text of several lines names the script's own line and column" "long.lua:4:11: error" long.lua
failing "a library function that does not come back is ended, with the line that called it" "slow.lua:2: the script spent more than" slow.lua
failing "disks that are too much together, with the sum" "2621440000 bytes together" disks.lua
failing "a bad image in a scenario" "short.elf" image.lua

printf '# a\0b\n nop\n# c\0\n ecall # \033[2J' >zero.s
"$trapeze" asm zero.s --list >out 2>err
if [ $? = 0 ] && printf '80400000  00000013   nop\n80400004  00000073   ecall # ?[2J\n' | cmp -s - out; then
	echo "ok bad input: a listing of a source with zero bytes has the right lines, and nothing that a terminal obeys"
else
	echo "not ok bad input: a listing of a source with zero bytes: $(head -3 out err)"
fi

mixed=ok
# Whatever is in a file, it is an image or it is refused; either way trapeze ends by itself.
for i in $(seq 40); do
	{ head -c $((RANDOM % 300)) good.elf; head -c $((RANDOM % 300)) /dev/urandom; tail -c +$((RANDOM % 300 + 1)) good.elf; } >mixed.elf
	timeout 200 "$trapeze" boot mixed.elf --depth $((i % 2)) --limit 10000 --ram 8M >out 2>err </dev/null
	case $? in 0 | 1 | 3 | 4) ;; *) mixed="not ok" && echo "# status $?: $(base64 -w0 mixed.elf)" ;; esac
done
echo "$mixed bad input: an ELF mixed with noise runs or is refused"
timeout 200 "$trapeze" boot noise.bin --limit 100000 >out 2>err </dev/null
case $? in 0 | 1 | 4) echo "ok bad input: noise runs, traps and ends" ;; *) echo "not ok bad input: noise: $(head -2 err)" ;; esac

# ---- a name that is near to another
refused "a lab's name with a slip" 3 "did you mean '00-trap-anatomy'?" grade 00-trap-anatomi
refused "a lab's name that is not whole" 3 "did you mean '04-shadow'?" build 04-shado
refused "a replay of a lab's name with a slip" 3 "did you mean '05-schedule'?" replay 05-shedule
refused "a recording's name with a slip" 3 "did you mean 'syntax.lua'?" replay sintax.lua
refused "a replay of a folder" 3 "this folder is no lab and no handout" replay folder
