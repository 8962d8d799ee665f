#!/bin/bash
# The commands asm, dis and isa as a person or a script meets them: what they print, how they end, what they say of bad input.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# expect NAME STATUS PATTERN COMMAND...: the status, and a line of the output (either stream) that matches.
expect() {
	name=$1 status=$2 pattern=$3
	shift 3
	"$@" >out 2>&1
	got=$?
	if [ $got -ne "$status" ]; then
		echo "not ok $name: status $got, not $status: $(head -1 out)"
	elif [ -n "$pattern" ] && ! grep -q -- "$pattern" out; then
		echo "not ok $name: no \"$pattern\" in: $(head -1 out)"
	else
		echo "ok $name"
	fi
}

cat >good.s <<'END'
        .globl _start
_start: li a0, 0x12345678
        ret
END
printf 'start:\n\taddi a0, a0, 5000\n' >bad.s
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0' >elf64
printf '\177ELF\1\2\1\0\0\0\0\0\0\0\0\0' >big-endian
printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0' >truncated

expect "asm writes an ELF file beside its source" 0 "" "$trapeze" asm good.s
expect "dis shows it with its labels" 0 "^_start:" "$trapeze" dis good.elf
expect "dis shows address, word and text" 0 "^80400004  67850513  addi a0, a0, 1656" "$trapeze" dis good.elf
head -c 4150 good.elf >cut.elf
expect "dis refuses a truncated ELF file" 3 "truncated" "$trapeze" dis cut.elf
expect "asm --flat and dis --base agree" 0 "" "$trapeze" asm good.s --flat --base 0x1000 -o good.bin
expect "dis takes a flat file" 0 "^00001008  00008067  ret" "$trapeze" dis good.bin --base 0x1000
expect "dis takes words" 0 "^80400000  00000073  ecall" "$trapeze" dis 0x73
expect "asm --list shows lines beside words" 0 "80400000  12345537  _start: li a0" "$trapeze" asm --list good.s
expect "asm reads standard input" 0 "80400000  00000013  nop" "$trapeze" asm --list - <<<nop

rm -f bad.elf
expect "asm tells file, line and column" 3 "^bad.s:2:15: error: 5000 is not within -2048 to 2047" "$trapeze" asm bad.s
expect "asm shows the line and a caret" 3 "^  	             ^" "$trapeze" asm bad.s
if [ -e bad.elf ] || ls ./*.part >/dev/null 2>&1; then echo "not ok asm leaves nothing behind after an error"; else echo "ok asm leaves nothing behind after an error"; fi
expect "asm names a file that is not there" 3 "missing.s: .*No such file" "$trapeze" asm missing.s
expect "asm refuses a folder" 3 "is a folder; name a file" "$trapeze" asm .
expect "asm refuses to write where it cannot" 3 "no/such/place" "$trapeze" asm good.s -o no/such/place
expect "asm wants a file" 2 "name a file to assemble" "$trapeze" asm
expect "asm wants a sound base" 2 "multiple of 4" "$trapeze" asm good.s --base 2
expect "asm refuses an unknown option" 2 "unrecognized option" "$trapeze" asm --bogus
expect "asm knows the profile holes only when asked" 3 "of the profile .holes. only" "$trapeze" asm --list - <<<"rdmode a0"
expect "asm --profile holes" 0 "0000050b" "$trapeze" asm --profile holes --list - <<<"rdmode a0"
head -c 200000 /dev/urandom >noise
expect "asm survives noise" 3 "error" "$trapeze" asm noise
expect "dis survives noise" 0 "" "$trapeze" dis noise
expect "dis refuses a 64-bit ELF file" 3 "not a 32-bit little-endian" "$trapeze" dis elf64
expect "dis refuses a big-endian ELF file" 3 "not a 32-bit little-endian" "$trapeze" dis big-endian
expect "dis refuses an ELF header alone" 3 "truncated" "$trapeze" dis truncated
expect "dis wants something" 2 "name a file, or words" "$trapeze" dis

expect "isa lists everything" 0 "store-page-fault" "$trapeze" isa
expect "isa explains an instruction" 0 "imm\[12|10:5\] rs2 rs1 000" "$trapeze" isa beq
expect "isa explains a CSR by number" 0 "^satp, CSR 0x180" "$trapeze" isa 0x180
expect "isa takes no number beyond 32 bits for a CSR" 2 "no instruction, CSR, field or cause" "$trapeze" isa 0x100000180
expect "isa tells the profile of a CSR" 0 "profile     h$" "$trapeze" isa hgatp
expect "isa explains a field of a register" 0 "^sstatus.SPP, bit 8 of sstatus" "$trapeze" isa spp
expect "isa lists the fields of a register" 0 "^    ASID        bits 30..22 " "$trapeze" isa satp
expect "isa suggests a near field" 2 "did you mean 'hstatus.SPVP'" "$trapeze" isa hstatus.SPVPP
expect "isa explains a cause" 0 "scause 0x0000000f" "$trapeze" isa store-page-fault
expect "isa explains a pseudo-instruction" 0 "is beq rs1, zero, target" "$trapeze" isa beqz
expect "isa suggests a near name" 2 "did you mean 'sfence.vma'" "$trapeze" isa sfence_vm
expect "isa --classify finds no hole in T32" 0 "monitor can be built" "$trapeze" isa --classify
expect "asm knows a house" 0 "0000152b" "$trapeze" asm --profile house:42 --list - <<<"house1 a0, x0, x0"
expect "dis knows a house" 0 "house1 a0, zero, zero" "$trapeze" dis --profile house:42 0x0000152b
expect "isa tells the profile of an instruction of a house" 0 "profile     house (not in any RISC-V)$" "$trapeze" isa house7
expect "isa does not tell the classes of a house" 2 "is the exercise of the lab" "$trapeze" isa --classify --profile house:42
expect "a profile without its seed" 2 "house:SEED is wanted" "$trapeze" isa --profile house
expect "isa --classify finds the holes" 0 "^4 sensitive instructions are not privileged" "$trapeze" isa --classify --profile holes
for command in asm dis isa; do
	expect "$command --help" 0 "^usage: trapeze $command" "$trapeze" $command --help
	expect "$command --version" 0 "^trapeze " "$trapeze" $command --version
done
"$trapeze" isa --markdown >manual.md
missing=""
for word in $("$trapeze" isa --names --profile holes | cut -f1) satp stimecmph fetch-page-fault sstatus.SPP pte.D hgatp.VMID; do
	grep -q -- "\`$word[\` ]\|| $word |" manual.md || missing="$missing $word"
done
if [ -z "$missing" ]; then echo "ok the manual has every name"; else echo "not ok the manual has every name: not$missing"; fi
