#!/bin/bash
# Our assembler against LLVM's, for every T32 instruction and pseudo-instruction with many operands, and the disassembler against our
# assembler. The cases are made from the tables (`trapeze isa --names`), so a new row is tested by being there.
set -u
trapeze=${TRAPEZE:-./trapeze}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# cases: one line for each instruction and choice of operands; the i-th operand of a line takes the value i steps on, so that fields differ.
cases() {
	awk -F '\t' '
	BEGIN {
		v["rd"] = v["rs1"] = v["rs2"] = "zero ra sp t0 s0 fp a0 a5 s11 t6 x17"
		v["(rs1)"] = "(zero) (ra) (s0) (a7) (t6)"
		v["imm"] = "0 1 -1 7 -2048 2047 0x123 %lo(0x12345678)"
		v["imm(rs1)"] = "0(sp) -1(a0) 2047(t6) -2048(zero) %lo(0xabcdef12)(s3) (ra)"
		v["shamt"] = "0 1 15 31"
		v["uimm"] = "0 1 16 31"
		v["place"] = "0(sp) -1(a0) 2047(t6) -2048(zero) 4(ra)"
		v["upper"] = "0 1 0x12345 0xfffff 0x80000"
		v["imm20"] = "0 1 0x12345 0xfffff %hi(0x12345fff)"
		v["csr"] = "sstatus sie stvec scounteren sscratch sepc scause stval sip satp cycle time instret cycleh timeh instreth 0x14d 0x15d 0 0xfff 0x7c0"
		v["pred"] = v["succ"] = "iorw i o r w rw io iw"
		v["branch"] = ".+4 .-4 .+4094 .-4096 .+2048 .-2 .+1234"
		v["jump"] = ".+4 .-4 .+0xffffe .-0x100000 .+2048 .+0x800 .-0xabcde"
	}
	{
		operands = $2 == "" ? 0 : split($2, word, ", ")
		for (round = 0; round < (operands ? 24 : 1); round++) {
			line = $1
			for (i = 1; i <= operands; i++) {
				name = word[i]
				if (name == "target")
					name = ($1 == "j" || $1 == "jal") ? "jump" : "branch"
				if (name == "imm(rs1)" && $1 ~ /^j/) # LLVM wants a number before the parenthesis of a jump,
					name = "place"
				if ($1 == "auipc" && name == "imm20") # and no %hi in auipc
					name = "upper"
				count = split(v[name], value, " ")
				line = line (i > 1 ? ", " : " ") value[(round * (2 * i - 1) + 3 * i) % count + 1]
			}
			print line
		}
	}'
}

# Assembles with LLVM and with ours, and compares.
compare() { # NAME FILE
	sed 's/ \.[+]/ /; s/ \.-/ -/' "$2" >"$work/llvm.s" # a number as target is a distance to LLVM, an address to us
	if ! llvm-mc --triple=riscv32 -mattr=+m,+a,-relax -filetype=obj "$work/llvm.s" -o "$work/llvm.o" 2>"$work/err" ||
		! llvm-objcopy -O binary -j .text "$work/llvm.o" "$work/llvm.bin" 2>>"$work/err"; then
		echo "not ok $1: llvm-mc refuses a case: $(head -1 "$work/err")"
		return
	fi
	if ! "$trapeze" asm "$2" --flat --base 0x40000000 -o "$work/ours.bin" 2>"$work/err"; then
		echo "not ok $1: ours refuses a case: $(head -1 "$work/err")"
		return
	fi
	if ! cmp "$work/llvm.bin" "$work/ours.bin" >"$work/err" 2>&1; then
		byte=$(sed -n 's/.*byte \([0-9]*\).*/\1/p' "$work/err")
		echo "not ok $1: first difference in word $((${byte:-1} / 4)): $(sed -n "$((${byte:-1} / 4 + 1))p" "$2")"
		return
	fi
	echo "ok $1 ($(($(stat -c %s "$work/ours.bin") / 4)) words)"
}

# Text to words to text to words.
again() { # NAME FILE
	"$trapeze" asm "$2" --flat --base 0x40000000 -o "$work/once.bin" &&
		"$trapeze" dis --flat --base 0x40000000 "$work/once.bin" | cut -c21- >"$work/again.s" &&
		"$trapeze" asm "$work/again.s" --flat --base 0x40000000 -o "$work/twice.bin"
	if cmp -s "$work/once.bin" "$work/twice.bin"; then echo "ok $1"; else echo "not ok $1"; fi
}

"$trapeze" isa --names | cases >"$work/insn.s"
"$trapeze" isa --pseudo | cases >"$work/pseudo.s"
for order in aq rl aqrl; do
	for name in lr sc amoswap amoadd amoxor amoand amoor amomin amomax amominu amomaxu; do
		[ $name = lr ] && echo "lr.w.$order a0, (a1)" || echo "$name.w.$order a0, a2, (a1)"
	done
done >"$work/order.s"
for number in 0 1 -1 2047 2048 -2048 -2049 4096 0x800 0xfff 0x12345678 0x7fffffff -0x80000000 0x80000000 0xffffffff 0xfffff800 0xfffff7ff 0x10000000; do
	echo "li a0, $number"
	echo "li t6, $number"
done >"$work/li.s"
echo fence >>"$work/order.s"

again "disassembly assembles to the same words" "$work/insn.s"
again "disassembled pseudo-instructions assemble to the same words" "$work/pseudo.s"
if ! command -v llvm-mc >/dev/null || ! command -v llvm-objcopy >/dev/null; then
	echo "skip our words equal llvm-mc's: no llvm-mc here"
	exit 0
fi
compare "every instruction equals llvm-mc's" "$work/insn.s"
compare "every pseudo-instruction equals llvm-mc's" "$work/pseudo.s"
compare "orders of atomics and fences equal llvm-mc's" "$work/order.s"
compare "li equals llvm-mc's" "$work/li.s"
