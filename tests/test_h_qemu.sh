#!/bin/bash
# The hypervisor extension against one that nobody here wrote: tests/h/probe.s and the rows below ask QEMU's hart and
# ours the same, and get the same answers. Left out is what the manual leaves open (bits of hie, hcounteren, henvcfgh,
# whether htinst keeps what is written, stval of ebreak and of a refused hlv), and what QEMU 7.2 is known to do
# differently from the manual: what a guest in VU may do to s* registers, VTVM, MXR, A and D bits that are clear, faults
# of stores and fetches on the guest's own tables, AMO on a page that the second stage lacks, hlvx in the second stage,
# and guest physical addresses above 4 GiB. tests/test_h.c and tests/test_h_walk.c have those rules.
# H_ROWS: how many random rows follow (400), from H_SEED on. They also leave out the words that QEMU's hart takes for
# compressed instructions, and hlv by the guest's own tables: QEMU asks the VMM's satp whether a fault there is one of a page.
TRAPEZE=${TRAPEZE:-./trapeze}
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name="h: every case of the probe ends the same as on QEMU"

# Flags of a row: the mode.
U=0 HS=1 VU=2 VS=3 VUP=6 VSP=7 # P: with paging of the guest's own
P0=0x80500000 P1=0x80501000 P2=0x80502000 P3=0x80503000 DATA=data
VTSR=0x400000 VTW=0x200000 HU=0x200 SPVP=0x100 SUM=0x40000 STCE=0x80000000

# Controls of the rows that follow; `plain` sets them back.
plain() { hedeleg=0 hcounteren=0 scounteren=0 henvcfgh=0 hstatus=0 vsstatus=0 a1=data; }

# row "MODES" INSTRUCTION...: at most three instructions, in each of the modes
row() {
	local modes=$1 mode
	shift
	for mode in $modes; do
		echo ".word ${!mode}, $hedeleg, $hcounteren, $scounteren, $henvcfgh, $hstatus, $vsstatus, $a1"
		printf '%s\n' "$@"
		for ((i = $#; i < 3; i++)); do echo nop; done
	done
}

rows() {
	local csr insn
	echo "rows:"
	plain
	# CSRs of the VMM, seen from everywhere
	for csr in hstatus hedeleg hideleg hie htimedelta hcounteren hgeie henvcfg htimedeltah henvcfgh htval hip hvip htinst \
		vsstatus vsie vstvec vsscratch vscause vstval vsip vstimecmp vstimecmph vsatp hgeip; do
		row "U VU VS" "csrr a0, $csr" "csrw $csr, a2"
		row "U VU VS" "csrw $csr, a2"
	done
	for csr in hedeleg hideleg hvip htval htimedelta htimedeltah hip; do
		row HS "li a0, -1" "csrw $csr, a0" "csrr a0, $csr"
		row HS "csrw $csr, a2" "csrrw a0, $csr, zero" nop
	done
	# what the guest's names lead to
	for csr in sscratch stvec scause stval sepc; do
		row "VS VSP" "csrw $csr, a2" "csrr a0, $csr"
		row "VS VSP" "csrw $csr, a2" "li a0, 0"
		row HS "csrr a0, v$csr"
	done
	row "VS VSP" "csrr a0, sstatus"
	row VS "csrr a0, sie" "csrw sie, a2"
	row VS "csrr a0, satp"
	row "VS VU U" "csrr a0, 0x300"
	row "VS VU U" "csrw 0xc01, a2"
	row "VS VU U" ".word 0"
	row "VS VU U" "ecall"
	row "U HS" "ebreak"
	# counters and the timer
	for hcounteren in 0 2 7; do
		for scounteren in 0 2; do
			row "U VS VU" "csrr zero, time"
			row "U VS VU" "csrr zero, instret"
			row "U VS VU" "csrr zero, cycleh"
		done
		scounteren=0
		for henvcfgh in 0 $STCE; do
			row VS "csrr zero, stimecmp"
			row VS "csrw stimecmph, a2" "csrr a0, stimecmph"
		done
		henvcfgh=0
	done
	plain
	# instructions of the system
	row "VS VSP U" "sfence.vma"
	row "U VS HS" "hfence.vvma"
	row "U VS HS" "hfence.gvma"
	row "U VU" "wfi"
	hstatus=$VTW
	row VS "wfi"
	hstatus=$VTSR
	row VS "sret"
	# loads, stores and fetches through both stages
	plain
	for a1 in data $P0 $P1 $P2 $P3; do
		row "VS VU VSP VUP" "lw a0, 0(a1)"
		row "VS VU VSP VUP" "sw a2, 4(a1)"
		row "VS VU VSP VUP" "lb a0, 1(a1)" "sh a0, 6(a1)"
		row "VS VU" "lr.w a0, (a1)" "sc.w a0, a2, (a1)"
	done
	a1=data
	row "VS VU VSP VUP" "amoadd.w a0, a2, (a1)"
	for a1 in $P0 $P3; do
		row "VS VU VSP VUP" "jr a1"
	done
	for a1 in 0x00400010 0x00800020 0x00c00030 0x01000040 0x40000000; do
		row "VSP VUP" "lw a0, 0(a1)"
	done
	for a1 in 0x00800020 0x00c00030 0x40000000; do
		row "VSP VUP" "sw a2, 0(a1)"
		row "VSP VUP" "jr a1"
	done
	# delegated exceptions go to the guest, which reports them
	hedeleg=0xb1ff
	a1=0x00800020
	row "VSP" "lw a0, 0(a1)"
	row "VSP" "sw a0, 0(a1)"
	row "VSP" "jr a1"
	a1=data
	row VU "ecall"
	plain
	# hlv, hlvx and hsv, by everybody
	for insn in hlv.b hlv.bu hlv.h hlv.hu hlv.w; do
		plain
		row "U VS VU" "$insn a0, (a1)"
		for hstatus in 0 $SPVP; do
			for a1 in data $P0 $P1 $P3; do
				row HS "$insn a0, (a1)"
			done
		done
		hstatus=$HU
		a1=data
		row U "$insn a0, (a1)"
	done
	for insn in hlvx.hu hlvx.wu; do
		plain
		row "U VS VU" "$insn a0, (a1)"
		for a1 in data $P0; do
			row HS "$insn a0, (a1)"
		done
	done
	for insn in hsv.b hsv.h hsv.w; do
		plain
		row "U VS VU" "$insn a2, (a1)"
		for a1 in data $P0 $P1 $P3; do
			row HS "$insn a2, (a1)" "hlv.w a0, (a1)"
		done
		hstatus=$HU
		a1=data
		row U "$insn a2, (a1)"
	done
	random_rows
	echo ".word -1"
}

# ---- random rows: three instructions in some mode under some controls, of what QEMU does as the manual says

random=${H_SEED:-1}
# pick WORD...: one of them, in $picked
pick() {
	random=$(((random * 1103515245 + 12345) & 0x7fffffff))
	local n=$((random / 65536 % $# + 1))
	picked=${!n}
}
# What every mode may try, with its result in a0: the address is in a1, a value in a2.
common=("lw a0, 0(a1)" "lw a0, 0(a1)" "lbu a0, 0(a1)" "lh a0, 0(a1)" "sw a2, 0(a1)" "sb a2, 3(a1)" "sh a2, 2(a1)"
	"lr.w a0, (a1)" "ecall" ".word 0" "addi a0, a0, 1" "fence" "fence.i"
	"csrr a0, 0x300" "csrw 0xc01, a2" "csrr zero, time" "csrr zero, instreth" "csrr zero, cycle"
	"csrr a0, hstatus" "csrw vsscratch, a2" "csrrs a0, htval, a2" "csrrci a0, hedeleg, 5" "csrr a0, vsatp" "csrw hgeip, a2"
	"csrr a0, htimedeltah" "csrr a0, vstimecmph" "hlv.w a0, (a1)" "hsv.h a2, (a1)")
guest_kernel=("csrr a0, sstatus" "csrr a0, sie" "csrw sscratch, a2" "csrr a0, sscratch" "csrrs a0, scause, a2" "csrw sepc, a2"
	"csrr a0, sepc" "csrrwi a0, stval, 7" "csrr a0, satp" "csrr zero, stimecmp" "csrsi sstatus, 2" "csrci sstatus, 2"
	"sfence.vma" "hfence.vvma" "hfence.gvma" "csrw scounteren, zero")
vmm=("csrw vsscratch, a2" "csrr a0, vsscratch" "csrw vscause, a2" "csrr a0, vscause" "csrw vsepc, a2" "csrr a0, vsepc"
	"csrr a0, hstatus" "csrr a0, htimedelta" "csrw vstval, a2" "csrrc a0, vstval, a2" "hlv.bu a0, (a1)" "hlv.h a0, (a1)"
	"hsv.w a2, (a1)" "hsv.b a2, (a1)" "hlv.w a0, (a1)" "sfence.vma" "hfence.gvma" "hfence.vvma" "csrr a0, vsstatus")

# The instructions of a mode. The pool is in $pool.
pool_of() {
	case $1 in
	VS | VSP) pool=("${common[@]}" "${guest_kernel[@]}") ;;
	HS) pool=("${vmm[@]}") ;;
	*) pool=("${common[@]}") ;;
	esac
}

random_rows() {
	local number mode insn
	for ((number = 0; number < ${H_ROWS:-400}; number++)); do
		plain
		pick VS VS VSP VSP VU VU VUP U HS
		mode=$picked
		pick data $P0 $P1 $P2 $P3
		a1=$picked
		case $mode in *P)
			pick $a1 0x00800020 0x00c00030 0x01000040 0x40000000
			a1=$picked ;;
		esac
		# What QEMU delegates as another cause stays here, and the handler of VUP has no page that it may execute.
		pick 0 0 0xb1bb 0x2000 0x0100 0xa000
		[ $mode != VUP ] && hedeleg=$picked
		pick 0 2 5 7
		hcounteren=$picked
		pick 0 2 7
		scounteren=$picked
		pick 0 $STCE
		henvcfgh=$picked
		pick 0 0 $SPVP $HU
		hstatus=$picked
		pick 0 $SUM 2
		vsstatus=$picked
		pool_of $mode
		pick "${pool[@]}"
		insn=("$picked")
		pick "${pool[@]}"
		insn+=("$picked")
		pick "${pool[@]}"
		row $mode "${insn[@]}" "$picked"
	done
}

{ cat tests/h/probe.s && rows; } >"$work/probe.s"
if ! "$TRAPEZE" asm --profile h "$work/probe.s" -o "$work/probe.elf"; then
	echo "not ok $name: the probe does not assemble"
	exit 1
fi
for engine in plain fast jit; do
	if ! "$TRAPEZE" boot "$work/probe.elf" --profile h --engine $engine --limit 10000000 </dev/null >"$work/$engine"; then
		tail -2 "$work/$engine"
		echo "not ok $name: the probe does not end, on our machine ($engine)"
		exit 1
	fi
	cmp -s "$work/plain" "$work/$engine" || echo "not ok h: the probe prints something else on the engine $engine"
done
if [ "$(wc -l <"$work/plain")" -gt 400 ]; then
	echo "ok h: $(wc -l <"$work/plain") cases end, on each engine"
else
	echo "not ok h: only $(wc -l <"$work/plain") cases"
fi
if ! command -v qemu-system-riscv32 >/dev/null; then
	echo "skip $name: qemu-system-riscv32 is not installed"
	exit 0
fi
timeout 400 qemu-system-riscv32 -M virt -nographic -monitor none -serial stdio -bios "$BUILD/guests/shim.elf" \
	-kernel "$work/probe.elf" </dev/null >"$work/qemu" 2>"$work/stderr"
# Where we refuse a hlv or hsv, stval is its word. QEMU leaves something else there.
paste -d ' ' "$work/plain" "$work/qemu" | awk -v ours="$work/ours" -v theirs="$work/theirs" '
	$3 ~ /^6.....73$/ { $3 = $11 = "-" }
	{ print $1, $2, $3, $4, $5, $6, $7, $8 > ours; print $9, $10, $11, $12, $13, $14, $15, $16 > theirs }'
if [ -s "$work/qemu" ] && cmp -s "$work/ours" "$work/theirs"; then
	echo "ok $name"
else
	echo "not ok $name (row, scause, stval, htval, htinst, hstatus, sepc, a0; < ours, > QEMU)"
	diff "$work/ours" "$work/theirs" | head -60 | sed 's/^/# /'
	[ -n "${KEEP:-}" ] && cp "$work"/* "$KEEP"
	exit 1
fi
