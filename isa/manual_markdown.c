// The ISA manual as Markdown: prose for what the tables cannot say, then the tables.
// Read next: ui/command/isa.c.
#include "isa/manual.h"
#include "isa/pseudo.h"

static const char opening[] =
    "# T32, the toy ISA of trapeze\n"
    "\n"
    "T32 is small enough to read in an evening and real enough to run real compilers' code. Each of its words\n"
    "means what the RISC-V specifications say it means (RV32I, M, A, Zicsr, Zifencei, supervisor level with Sv32\n"
    "and Sstc); every other word is an illegal instruction with `stval` = the word. There is no machine mode:\n"
    "below the kernel is the machine itself, which answers the firmware calls (SBI). This manual is printed from\n"
    "the tables that decoder, assembler, disassembler and engine are made of.\n"
    "\n"
    "## State\n"
    "\n"
    "* 32 registers of 32 bits, `x0` always zero, and the `pc`, a multiple of 4. Little-endian; a byte is the\n"
    "  unit of addresses.\n"
    "* Two modes: U (user) and K (kernel, which RISC-V calls S). K-only instructions and CSRs are illegal\n"
    "  instructions in U.\n"
    "* The control and status registers below.\n"
    "* At reset: mode K, translation off, all registers and CSRs 0 but `stimecmp` (all ones), `a0` (the hart's\n"
    "  number) and `a1` (the address of the device tree).\n"
    "\n";

static const char instructions[] =
    "## Instructions\n"
    "\n"
    "A run of x is bits that are ignored. `imm[12|10:5]` says which bits of the immediate stand there; immediates\n"
    "are sign-extended.\n"
    "\n";

static const char csrs[] =
    "## Control and status registers\n"
    "\n"
    "An access to any other number, or one that mode or access forbid, is an illegal instruction. In U a counter\n"
    "is readable only if its bit in `scounteren` is set. `csrrs` and `csrrc` with `x0`, and their immediate forms\n"
    "with 0, do not write, so they may name a read-only CSR.\n"
    "\n"
    "| number | name | mode | access | meaning | T32's choices | class |\n"
    "|---|---|---|---|---|---|---|\n";

static const char traps[] =
    "## Traps\n"
    "\n"
    "A trap writes `sepc` (the pc of the instruction that trapped or, for an interrupt, of the next one),\n"
    "`scause` and `stval`, keeps the mode in SPP and SIE in SPIE, clears SIE, enters K and goes to `stvec`;\n"
    "interrupts go to base + 4 * number when `stvec` is vectored. `sret` undoes it.\n"
    "\n"
    "An interrupt is taken before an instruction when it is pending in `sip`, enabled in `sie`, and the hart is\n"
    "in U or SIE is set. Of several, external comes first, then software, then timer, and each of them before\n"
    "whatever fault the instruction itself would have. Pending interrupts are looked at again after every `sret`\n"
    "and every write of a CSR.\n"
    "\n"
    "A misaligned load, store or AMO traps before it is translated, so misaligned comes before page fault and\n"
    "access fault. (A machine option has the firmware carry out misaligned loads and stores instead; never AMO,\n"
    "LR or SC.) A jump to an address that is not a multiple of 4 traps at the jump, which then has written no\n"
    "register. `ebreak` leaves its own address in `stval`, `ecall` 0.\n"
    "\n";

static const char translation[] =
    "## Translation\n"
    "\n"
    "With bit 31 of `satp` clear, addresses are physical. With it set, both modes are translated by Sv32: two\n"
    "levels of 1,024 entries of 4 bytes, pages of 4 KiB, superpages of 4 MiB at the first level.\n"
    "\n"
    "* A new `satp` counts from the very next fetch.\n"
    "* An entry is V R W X U G A D in bits 0 to 7, then 2 bits for software and a 22-bit page number. W without R\n"
    "  is reserved, as is a superpage whose low page-number bits are not 0, and A, D or U in an entry that points\n"
    "  to a table: page faults.\n"
    "* A clear A bit, or on a write a clear D bit, is a page fault; the kernel sets them (Svade). A machine\n"
    "  option has hardware set them.\n"
    "* K may touch a U page only while SUM is set, and never executes from one. MXR lets loads read pages that\n"
    "  are only executable.\n"
    "* Entries can name 34 bits of physical address; nothing lives above 32 bits, so that is an access fault, as\n"
    "  is any place with neither RAM nor a device, a page table outside RAM, or a fetch, LR, SC or AMO from a\n"
    "  device.\n"
    "* Translations that worked may be remembered (by ASID, and by the mode, SUM and MXR they were made under)\n"
    "  until `sfence.vma`; those that failed never are. So making an entry valid, or setting its A or D bit,\n"
    "  needs no fence; taking rights away or moving a page does.\n"
    "* Instruction fetch sees every earlier store. `fence.i` is legal and has no further effect.\n"
    "\n";

static const char time_and_order[] =
    "## Time, order and reservations\n"
    "\n"
    "* `instret` counts retired instructions. An SBI call counts, and so does `wfi`; an `ecall` from U, an\n"
    "  `ebreak` and an instruction that faulted do not.\n"
    "* Under the `virtual` clock `time` and `cycle` are one number: retired instructions plus the ticks skipped\n"
    "  in `wfi`. Traps take no time. Under the `wall` clock they are machine cycles: retired instructions plus\n"
    "  what the cost table says of traps, walks and devices.\n"
    "* The timer interrupt is pending while `time` >= `stimecmp`, looked at before every instruction. The SBI's\n"
    "  set_timer is a write of `stimecmp`.\n"
    "* `wfi` retires; then time jumps to the next deadline, and an interrupt that is taken there has `sepc`\n"
    "  behind the `wfi`.\n"
    "* Harts take turns of a fixed number of steps, so each sees the others' memory accesses in order. All FENCE\n"
    "  encodings are legal.\n"
    "* A reservation made by `lr.w` survives traps, `sret` and the hart's own plain stores; any `sc.w` of this\n"
    "  hart, a store by another hart or a device, and, where there are several harts, the end of the hart's turn\n"
    "  end it.\n"
    "\n";

static const char classes[] =
    "## Classes\n"
    "\n"
    "After Popek and Goldberg (1974). An instruction is *privileged* if it traps in U and does not in K. It is\n"
    "*sensitive* if it changes what a monitor must own (control-sensitive), or if its result depends on the mode\n"
    "or on what the real CSRs hold (behaviour-sensitive). Where every sensitive instruction is privileged, a\n"
    "monitor can be built by trap-and-emulate: run the guest's kernel in U, and each instruction that matters\n"
    "traps. `trapeze isa --classify` runs each instruction in both modes and compares.\n"
    "\n"
    "Two kinds are sensitive in a wider sense only. The counters tell how much time others took; with\n"
    "`scounteren` = 0 they are privileged. The outcome of `sc.w` depends on whether somebody else ran since\n"
    "`lr.w`; a program must take a failure at any time anyway.\n"
    "\n";

static const char holes[] =
    "## The profile `holes`\n"
    "\n"
    "These live in the custom-0 space and exist only under this profile: sensitive, and yet they do not trap in\n"
    "U, as some instructions of x86 and the PDP-10 did. With them T32 is no longer virtualizable by\n"
    "trap-and-emulate alone.\n"
    "\n";

// A table cell: '|' would end it.
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

static void print_csrs(FILE *out)
{
    fputs(csrs, out);
    for (const struct csr_info *c = isa_csrs; c->name; c++)
        fprintf(out, "| `0x%03x` | `%s` | %s | %s | %s | %s | %s |\n", c->number, c->name, c->privileged ? "K" : "U, K",
                c->read_only ? "read-only" : "read, write", c->meaning, c->choices, isa_class_name[c->class]);
    fputc('\n', out);
}

static void print_causes(FILE *out)
{
    fputs("| scause | name | letter | meaning |\n|---|---|---|---|\n", out);
    for (const struct cause_info *c = isa_causes; c->name; c++)
        fprintf(out, "| `0x%08x` | %s | %c | %s |\n", (unsigned)c->cause, c->name, c->letter, c->meaning);
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
    print_csrs(out);
    fputs(traps, out);
    print_causes(out);
    fputs(translation, out);
    fputs(time_and_order, out);
    fputs(classes, out);
    fputs(holes, out);
    print_instructions(out, ISA_HOLES);
}
