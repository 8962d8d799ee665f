// The ISA manual as Markdown: text for what the tables cannot say, and then the tables.
// Read next: isa/note.h.
#include "isa/field.h"
#include "isa/manual.h"
#include "isa/pseudo.h"

static const char opening[] =
    "# T32, the toy ISA of trapeze\n"
    "\n"
    "T32 is small enough to read in an evening, and real enough to run the code of real\n"
    "compilers. Each T32 word means what the RISC-V specifications say it means (RV32I, M,\n"
    "A, Zicsr, Zifencei, and the supervisor level with Sv32 and Sstc). Every other word is\n"
    "an illegal instruction, with `stval` = the word. There is no machine mode: below the\n"
    "kernel is the machine itself, which answers the calls of the firmware (SBI). This\n"
    "manual is printed from the tables that the decoder, the assembler, the disassembler\n"
    "and the engines are made of.\n"
    "\n"
    "## State\n"
    "\n"
    "* There are 32 registers of 32 bits, of which `x0` is always zero, and the `pc`, a\n"
    "  multiple of 4. Addresses count bytes, and words are little-endian.\n"
    "* There are two modes: U (user) and K (kernel, which RISC-V calls S). In U, an\n"
    "  instruction or a CSR that only K may use is an illegal instruction.\n"
    "* The control and status registers are listed below.\n"
    "* After reset a hart is in mode K and translation is off. All registers and CSRs are\n"
    "  0, with four exceptions: `stimecmp` is all ones, `scounteren` is 7 (the firmware\n"
    "  opens the counters to U, as OpenSBI does), `a0` is the number of the hart, and `a1`\n"
    "  is the address of the device tree.\n"
    "\n";

static const char instructions[] =
    "## Instructions\n"
    "\n"
    "In the column of bits, a run of x stands for bits that are ignored. `imm[12|10:5]`\n"
    "says which bits of the immediate stand there. Immediates are sign-extended.\n"
    "\n";

static const char csrs[] =
    "## Control and status registers\n"
    "\n"
    "It is an illegal instruction to access any other number, or to do what the mode or the\n"
    "access of a register forbids. In U a counter can be read only if its bit in\n"
    "`scounteren` is set. `csrrs` and `csrrc` with `x0`, and their immediate forms with 0,\n"
    "do not write; so they may name a read-only register.\n"
    "\n";

static const char traps[] =
    "## Traps\n"
    "\n"
    "A trap writes `sepc`, `scause` and `stval`, keeps the mode in SPP and SIE in SPIE,\n"
    "clears SIE, enters mode K, and continues at `stvec`. `sepc` is the pc of the\n"
    "instruction that trapped or, for an interrupt, of the next instruction. If `stvec` is\n"
    "vectored, an interrupt continues at base + 4 * number. `sret` undoes all this.\n"
    "\n"
    "An interrupt is taken before an instruction if it is pending in `sip`, it is enabled\n"
    "in `sie`, and the hart is in U or SIE is set. Of several interrupts, external comes\n"
    "first, then software, then timer. Each of them comes before any fault of the\n"
    "instruction itself. The hart looks again for interrupts after every `sret` and every\n"
    "write of a CSR.\n"
    "\n"
    "A misaligned load, store or AMO traps before its address is translated, so\n"
    "\"misaligned\" comes before page fault and access fault. (With a machine option the\n"
    "firmware carries out misaligned loads and stores instead, but never AMO, LR or SC.) A\n"
    "jump to an address that is not a multiple of 4 traps at the jump, which then has\n"
    "written no register. After `ebreak`, `stval` is its own address; after `ecall` it is\n"
    "0.\n"
    "\n";

static const char translation[] =
    "## Translation\n"
    "\n"
    "While bit 31 of `satp` is clear, addresses are physical. While it is set, Sv32\n"
    "translates the addresses of both modes: there are two levels of tables with 1,024\n"
    "entries of 4 bytes, pages of 4 KiB, and superpages of 4 MiB at the first level.\n"
    "\n"
    "* A new `satp` is valid from the very next fetch on.\n"
    "* An entry has V R W X U G A D in bits 0 to 7, then 2 bits for software, then a page\n"
    "  number of 22 bits. W without R is reserved, and so is a superpage whose low\n"
    "  page-number bits are not 0, and A, D or U in an entry that points to a table. All of\n"
    "  these are page faults.\n"
    "* A clear A bit is a page fault, and so is a clear D bit if the access is a write. The\n"
    "  kernel sets them (Svade). With a machine option the hardware sets them.\n"
    "* K may access a U page only while SUM is set, and never executes one. While MXR is\n"
    "  set, loads can read pages that are only executable.\n"
    "* Entries can name 34 bits of physical address, but nothing lives above 32 bits, so a\n"
    "  larger address is an access fault. So is a place without RAM and without a device, a\n"
    "  page table outside RAM, and a fetch, LR, SC or AMO from a device.\n"
    "* A translation that worked may be remembered until `sfence.vma`, by the ASID and by\n"
    "  the mode, SUM and MXR under which it was made. A translation that failed is never\n"
    "  remembered. So a kernel needs no fence when it makes an entry valid or sets its A or\n"
    "  D bit. It needs one when it takes rights away or moves a page.\n"
    "* An instruction fetch sees every earlier store. `fence.i` is legal and does nothing\n"
    "  more.\n"
    "\n";

static const char time_and_order[] =
    "## Time, order and reservations\n"
    "\n"
    "* `instret` counts retired instructions. An SBI call is counted, and so is `wfi`. An\n"
    "  `ecall` from U, an `ebreak` and an instruction that faulted are not counted.\n"
    "* Under the `virtual` clock `time` and `cycle` are the same number: the retired\n"
    "  instructions plus the ticks that `wfi` skipped. Traps take no time. Under the `wall`\n"
    "  clock they are machine cycles: the retired instructions plus the costs of traps,\n"
    "  walks and devices from the cost table.\n"
    "* The timer interrupt is pending while `time` >= `stimecmp`. The hart compares them\n"
    "  before every instruction. The SBI call set_timer is a write of `stimecmp`.\n"
    "* `wfi` retires; then time jumps to the next deadline. An interrupt that is taken\n"
    "  there has the address behind the `wfi` in `sepc`.\n"
    "* Harts take turns of a fixed number of steps, so each hart sees the memory accesses\n"
    "  of the others in order. All FENCE encodings are legal.\n"
    "* A reservation that `lr.w` made survives traps, `sret` and plain stores of the same\n"
    "  hart. It ends with any `sc.w` of this hart, with a store by another hart or by a\n"
    "  device, and with the turn of its hart if there are several harts.\n"
    "\n";

static const char board[] =
    "## The board\n"
    "\n"
    "The devices are those of QEMU's `virt` board, at the same addresses. The header of each\n"
    "device in `isa/board` says what its registers do with every value.\n"
    "\n"
    "* The lines of the devices are levels. The PLIC makes a request when a line is high,\n"
    "  and no further request until that one is completed. If the line is still high at\n"
    "  the completion, the PLIC makes the next request at once, so the interrupt is pending\n"
    "  again before the next instruction. A driver that completes before it has served its\n"
    "  device is interrupted once more; no interrupt is lost.\n"
    "* The interrupt of a device is pending before the instruction that follows the access\n"
    "  which caused it. So are the results of a disk request in memory.\n"
    "* The UART takes no byte from its line before the guest listens: before the guest\n"
    "  enables the interrupt of received data, or looks for input 17 times (loads LSR for\n"
    "  another reason than its output), or has loaded LSR and RBR 1,000 times. Input that is\n"
    "  there while a guest starts waits on the line, and a driver that empties the receiver\n"
    "  when it starts loses none of it. To reset the receiver's FIFO while the interrupt is\n"
    "  not enabled makes the guest deaf again, and a byte that it did not read goes back.\n"
    "* The virtio disk has the registers of virtio-mmio version 1, or of version 2 with\n"
    "  `--virtio modern`. It is in slot 0, or in the one that `--disk-slot` names.\n"
    "\n";

static const char classes[] =
    "## Classes\n"
    "\n"
    "The classes are those of Popek and Goldberg (1974). An instruction is *privileged* if\n"
    "it traps in U and does not trap in K. It is *sensitive* if it changes what a monitor\n"
    "must own (control-sensitive), or if its result depends on the mode or on the real CSRs\n"
    "(behaviour-sensitive). If every sensitive instruction is privileged, a monitor can be\n"
    "built by trap-and-emulate: it runs the guest's kernel in U, and each instruction that\n"
    "matters traps. `trapeze isa --classify` runs each instruction in both modes and\n"
    "compares.\n"
    "\n"
    "Two kinds of instructions are sensitive only in a wider sense. The counters show how\n"
    "much time others have used; with `scounteren` = 0 they are privileged. The outcome of\n"
    "`sc.w` depends on whether somebody else ran since `lr.w`; but every program must be\n"
    "ready for a failure at any time.\n"
    "\n";

static const char holes[] =
    "## The profile `holes`\n"
    "\n"
    "These instructions lie in the custom-0 space and exist only in this profile. They are\n"
    "sensitive, and yet they do not trap in U, like some instructions of x86 and of the\n"
    "PDP-10. With them T32 can no longer be virtualized by trap-and-emulate alone.\n"
    "\n";

static const char house[] =
    "## The profile `house`\n"
    "\n"
    "`house:SEED` is a machine with twelve instructions in the custom-1 space. What each of them\n"
    "does is drawn by the seed (0 to 65535): some compute, some trap in U, one traps in both\n"
    "modes, and some are sensitive and yet do not trap in U. `house:SEED,3,7` is the same\n"
    "machine, but `house3` and `house7` always trap in U: they are mended.\n"
    "\n";

static const char hypervisor[] =
    "## The profile `h`\n"
    "\n"
    "This is RISC-V's hypervisor extension: the hardware itself runs a guest's kernel. A VMM in\n"
    "mode K prepares the guest's CSRs (`vs...`), sets SPV in `hstatus`, and executes `sret`. The\n"
    "hart is then virtual: the names `sstatus`, `stvec`, ... `satp` mean the guest's registers,\n"
    "and every address is translated twice, by the guest's tables and by those of `hgatp`.\n"
    "\n"
    "* The modes of a guest are called VS and VU. The K of a VMM is called HS.\n"
    "* A trap of a guest goes to its own handler if `hedeleg` or `hideleg` says so, and then\n"
    "  nobody else takes part in it. Every other trap goes to HS, and the hart is not virtual any\n"
    "  more: SPV and SPVP of `hstatus` keep what it was, and GVA says that `stval` is an address\n"
    "  of the guest.\n"
    "* An instruction that is allowed in HS but not to the guest, as the controls stand, is a\n"
    "  virtual instruction: cause 22, and `stval` is the word.\n"
    "* The tables of `hgatp` have a root of 16 KiB with 4,096 entries, so they translate guest\n"
    "  physical addresses of 34 bits. They are read as by U. If they do not allow an access, it\n"
    "  is a guest page fault, and `htval` is the guest physical address shifted right by 2. If\n"
    "  the access was to a table of the guest, `htinst` says so.\n"
    "* MXR of the VMM's `sstatus` is valid in both stages, that of the guest in its own stage.\n"
    "* `hfence.vvma` is the guest's `sfence.vma`, executed by the VMM. `hfence.gvma` makes "
    "changes\n"
    "  of the second stage valid; here it forgets all translations of the VMID.\n"
    "* Interrupts of the VMM come before those of the guest. A trap of a guest that changes\n"
    "  nothing at all parks the hart until an interrupt of the VMM, since the guest can never\n"
    "  leave it.\n"
    "* The firmware has the fences 3 to 6 of RFENCE, and the device tree says `h`.\n"
    "\n";

// Prints the text of a table cell, in which a '|' would end the cell.
static void print_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void print_instructions(FILE *out, enum isa_profile profile)
{
    fputs("| instruction | bits 31 to 0 | meaning | mode | class |\n|---|---|---|---|---|\n", out);
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        const struct insn_info *info = &isa_insns[i];
        const char *syntax = isa_format_syntax[info->format];
        if (info->profile != profile)
            continue;
        fprintf(out, "| `%s%s%s` | `", info->mnemonic, *syntax ? " " : "", syntax);
        print_cell(out, info->pattern);
        fprintf(out, "` | %s | %s | %s |\n", info->meaning, info->privileged ? "K" : "U, K",
                isa_class_name[info->class]);
    }
    fputc('\n', out);
}

static void print_registers(FILE *out)
{
    fputs("## Registers\n\n| register | name |\n|---|---|\n", out);
    for (int i = 0; i < 32; i++)
        fprintf(out, "| `x%d` | `%s`%s |\n", i, isa_reg_names[i], i == 8 ? " or `fp`" : "");
    fputc('\n', out);
}

static void print_csrs(FILE *out, enum isa_profile profile)
{
    fputs("| number | name | mode | access | meaning | T32's choices | class |\n"
          "|---|---|---|---|---|---|---|\n",
          out);
    for (const struct csr_info *c = isa_csrs; c->name; c++) {
        if (c->profile != profile)
            continue;
        fprintf(out, "| `0x%03x` | `%s` | %s | %s | %s | %s | %s |\n", c->number, c->name,
                c->privileged ? "K" : "U, K", c->read_only ? "read-only" : "read, write",
                c->meaning, c->choices, isa_class_name[c->class]);
    }
    fputc('\n', out);
}

static void print_field_head(FILE *out)
{
    fputs("| field | bits | meaning |\n|---|---|---|\n", out);
}

static void print_field(FILE *out, const struct isa_field *field)
{
    char bits[ISA_FIELD_BITS];
    fprintf(out, "| `%s` | %s | %s |\n", field->path, isa_field_bits(field, bits), field->meaning);
}

// The fields of the CSRs of this profile.
static void print_csr_fields(FILE *out, enum isa_profile profile)
{
    print_field_head(out);
    for (const struct isa_field *f = isa_fields; f->name; f++) {
        const struct csr_info *csr = isa_csr_named(f->owner);
        if (csr && csr->profile == profile)
            print_field(out, f);
    }
    fputc('\n', out);
}

// The fields of an entry of a page table.
static void print_entry_fields(FILE *out)
{
    print_field_head(out);
    for (const struct isa_field *f = isa_fields; f->name; f++)
        if (!isa_csr_named(f->owner))
            print_field(out, f);
    fputc('\n', out);
}

static void print_causes(FILE *out, enum isa_profile profile)
{
    fputs("| scause | name | meaning |\n|---|---|---|\n", out);
    for (const struct cause_info *c = isa_causes; c->name; c++) {
        if (c->profile != profile)
            continue;
        fprintf(out, "| `0x%08x` | %s | %s |\n", (unsigned)c->cause, c->name, c->meaning);
    }
    fputc('\n', out);
}

void manual_markdown(FILE *out)
{
    fputs(opening, out);
    print_registers(out);
    fputs(instructions, out);
    print_instructions(out, ISA_T32);
    fputs("## Pseudo-instructions\n\n| written | stands for |\n|---|---|\n", out);
    manual_pseudo_rows(out);
    fputc('\n', out);
    fputs(csrs, out);
    print_csrs(out, ISA_T32);
    print_csr_fields(out, ISA_T32);
    fputs(traps, out);
    print_causes(out, ISA_T32);
    fputs(translation, out);
    print_entry_fields(out);
    fputs(time_and_order, out);
    fputs(board, out);
    fputs(classes, out);
    fputs(holes, out);
    print_instructions(out, ISA_HOLES);
    fputs(house, out);
    print_instructions(out, ISA_HOUSE);
    fputs(hypervisor, out);
    print_instructions(out, ISA_H);
    print_csrs(out, ISA_H);
    print_csr_fields(out, ISA_H);
    print_causes(out, ISA_H);
}
