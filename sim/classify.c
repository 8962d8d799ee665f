// Measures the class of each instruction on a machine of its own.
// Read sim/classify.h first.
#include "sim/classify.h"
#include "isa/arch/house.h"
#include "isa/arch/sv32.h"
#include "isa/board/sbi.h"
#include "sim/machine.h"

#include <stdio.h>
#include <string.h>

// Where things are in the machine's RAM.
enum { CODE = 0x80000000u, HANDLER = 0x80001000u, TARGET = 0x80002000u, WORDS = 0x80003000u };
enum { ROOT = 0x80004000u, TABLE = 0x80005000u, PAGE_A = 0x80006000u, PAGE_B = 0x80007000u };
#define MAPPED 0x40000000u // the virtual address of PAGE_A or PAGE_B
#define WORD_COUNT 8

// The states that an instruction is tried from: its operands rs1 and rs2, and values that a monitor
// would keep in CSRs.
static const struct start {
    u32 rs1, rs2, sstatus;
    u32 private; // in sscratch, scause, stval
    u32 past;    // instructions that others have retired, and ticks that others have slept
} starts[] = {
    {WORDS, 5, 0, 0, 0},
    {WORDS + 8, 0xffffffffu, SSTATUS_SPP | SSTATUS_SPIE, 0, 0},
    {WORDS, 0, SSTATUS_SUM | SSTATUS_MXR, 3, 0},
    {0xffffffffu, WORDS, SSTATUS_SPIE, 8, 0},
};
enum { STARTS = sizeof starts / sizeof *starts };

struct outcome {
    bool trapped;
    struct hart_state hart;
    struct h_state extension;
    u32 words[WORD_COUNT];
};

static void set_word(struct machine *m, u32 address, u32 word)
{
    machine_write(m, address, &word, sizeof word);
}

#define ALL_RIGHTS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)

// What the profile `h` adds to a start. The second stage leads from WORDS to WORDS or to PAGE_A, by
// a bit of `private`: whoever sees through it has another result then.
static struct h_state extension_of(const struct start *start)
{
    struct h_state h;
    h_reset(&h);
    h.other.sscratch = h.other.scause = h.other.stval = start->private;
    h.hideleg = IP_VS;
    h.hgatp = SATP_MODE | ROOT >> PAGE_SHIFT;
    return h;
}

static void prepare_extension(struct machine *m, const struct start *start)
{
    u32 seen = start->private & 4 ? PAGE_A : WORDS;
    *machine_hart_extension(m, 0) = extension_of(start);
    set_word(m, ROOT + 4 * (CODE >> 22), PTE_MAKE(TABLE, PTE_V));
    set_word(m, TABLE, PTE_MAKE(CODE, ALL_RIGHTS));
    set_word(m, TABLE + 4 * ((WORDS - CODE) >> PAGE_SHIFT), PTE_MAKE(seen, ALL_RIGHTS));
    for (u32 i = 0; i < WORD_COUNT; i++)
        set_word(m, PAGE_A + 4 * i, 0x0a0b0c0du + i);
}

// The same for both modes. Nothing is pending. The timer is enabled and far ahead, so `wfi` has
// something to wait for.
static void prepare(struct machine *m, u32 word, enum mode mode, const struct start *start)
{
    struct hart_state *h;
    machine_boot(m, CODE, 0);
    machine_hart_drop_reservation(m, 0);
    h = machine_hart(m, 0);
    for (u32 i = 1; i < 32; i++)
        h->x[i] = 0x01010101u * i;
    h->x[X_A1] = start->rs1;
    h->x[X_A2] = start->rs2;
    h->x[X_A6] = SBI_TIME_SET_TIMER; // the SBI call that ecall makes from K
    h->x[X_A7] = SBI_TIME;
    h->mode = mode;
    h->sstatus = start->sstatus;
    h->sscratch = h->scause = h->stval = start->private;
    h->stvec = HANDLER;
    h->scounteren = 0;
    h->sepc = TARGET;
    h->sie = IP_STIP;
    h->stimecmp = 1000000000;
    h->retired = h->idle = start->past;
    for (u32 i = 0; i < WORD_COUNT; i++)
        set_word(m, WORDS + 4 * i, 0x11111111u * i);
    set_word(m, CODE, word);
    if (machine_config(m)->profile & ISA_H)
        prepare_extension(m, start);
}

static struct outcome try(struct machine *m, u32 word, enum mode mode, const struct start *start)
{
    struct outcome o;
    prepare(m, word, mode, start);
    machine_run(m, 1);
    o.hart = *machine_hart(m, 0);
    o.extension = *machine_hart_extension(m, 0);
    o.trapped = o.hart.pc == HANDLER;
    machine_read(m, WORDS, o.words, sizeof o.words);
    return o;
}

static bool changed_extension(const struct machine *m, const struct outcome *o,
                              const struct start *start)
{
    struct h_state before = extension_of(start);
    return (machine_config(m)->profile & ISA_H) &&
           memcmp(&o->extension, &before, sizeof before) != 0;
}

// Returns true if an instruction that did not trap changed what a monitor must own.
static bool changed_control(const struct hart_state *h, enum mode mode, const struct start *start)
{
    return h->virt || h->mode != mode || h->run != HART_RUNNING || h->idle != start->past ||
           h->sstatus != start->sstatus || h->stvec != HANDLER || h->scounteren ||
           h->sscratch != start->private || h->sepc != TARGET || h->scause != start->private ||
           h->stval != start->private || h->sie != IP_STIP || h->sip || h->satp ||
           h->stimecmp != 1000000000;
}

static bool is_same_result(const struct outcome *a, const struct outcome *b)
{
    return !memcmp(a->hart.x, b->hart.x, sizeof a->hart.x) && a->hart.pc == b->hart.pc &&
           !memcmp(a->words, b->words, sizeof a->words);
}

// Returns true if the instruction makes the hart forget a translation. The experiment: a load
// makes the hart remember a translation. Then the page-table entry is changed without a fence,
// the instruction runs, and a second load shows if the old translation still holds.
static bool forgets_translations(struct machine *m, u32 word, enum mode mode)
{
    const struct start start = {.rs1 = MAPPED};
    const u32 load = 0x0005a683; // lw a3, 0(a1)
    u32 user = mode == MODE_U ? PTE_U : 0;
    prepare(m, load, mode, &start);
    set_word(m, CODE + 4, word);
    set_word(m, ROOT + 4 * (CODE >> 22),
             PTE_MAKE(CODE, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D | user));
    set_word(m, ROOT + 4 * (MAPPED >> 22), PTE_MAKE(TABLE, PTE_V));
    set_word(m, TABLE, PTE_MAKE(PAGE_A, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D | user));
    set_word(m, PAGE_A, 'A');
    set_word(m, PAGE_B, 'B');
    struct hart_state *h = machine_hart(m, 0);
    h->satp = SATP_MODE | ROOT >> PAGE_SHIFT;
    machine_hart_flush(m, 0, NULL, NULL);
    machine_run(m, 1);
    set_word(m, TABLE, PTE_MAKE(PAGE_B, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D | user));
    machine_run(m, 1);
    if (h->pc == HANDLER)
        return false;
    h->mode = mode;
    h->run = HART_RUNNING;
    h->satp = SATP_MODE | ROOT >> PAGE_SHIFT;
    h->sstatus = 0;
    h->x[X_A1] = MAPPED;
    h->x[X_A3] = 0;
    h->pc = CODE;
    machine_run(m, 1);
    return h->pc == CODE + 4 && h->x[X_A3] != 'A';
}

// The same for the translations of a guest: the loads are its, and the instruction is the VMM's.
static bool forgets_guest_translations(struct machine *m, u32 word)
{
    const struct start start = {.rs1 = WORDS};
    const u32 load = 0x0005a683; // lw a3, 0(a1)
    if (!(machine_config(m)->profile & ISA_H))
        return false;
    prepare(m, load, MODE_U, &start);
    set_word(m, CODE + 4, word);
    // The guest's own tables are the same as those of the second stage, which must map them, too.
    for (mpa page = ROOT; page <= PAGE_B; page += PAGE_SIZE)
        set_word(m, TABLE + 4 * ((page - CODE) >> PAGE_SHIFT), PTE_MAKE(page, ALL_RIGHTS));
    struct hart_state *h = machine_hart(m, 0);
    machine_hart_flush(m, 0, NULL, NULL);
    h->satp = SATP_MODE | ROOT >> PAGE_SHIFT;
    h->virt = true;
    machine_run(m, 1);
    h->satp = 0;
    h->virt = false;
    h->mode = MODE_K;
    set_word(m, TABLE + 4 * ((WORDS - CODE) >> PAGE_SHIFT), PTE_MAKE(PAGE_A, ALL_RIGHTS));
    machine_run(m, 1);
    if (h->pc == HANDLER)
        return false;
    *machine_hart_extension(m, 0) = extension_of(&start);
    h->virt = true;
    h->satp = SATP_MODE | ROOT >> PAGE_SHIFT;
    h->mode = MODE_U;
    h->run = HART_RUNNING;
    h->x[X_A1] = WORDS;
    h->x[X_A3] = 0;
    h->pc = CODE;
    machine_run(m, 1);
    return h->x[X_A3] == 0x0a0b0c0d;
}

// ---- one row

// Nothing is known yet: `traps_u` and `traps_k` hold until a state shows otherwise.
static struct classified new_row(const char *name, enum isa_class claimed)
{
    struct classified row = {
        .claimed = (u8)claimed, .traps_u = true, .traps_k = true, .privileged = true};
    snprintf(row.name, sizeof row.name, "%s", name);
    return row;
}

// Returns true if two tries that did not trap end in different results.
static bool results_differ(const struct outcome *a, const struct outcome *b)
{
    return !a->trapped && !b->trapped && !is_same_result(a, b);
}

// Returns true if the result changes, in one of the modes, when the instruction starts from
// another state.
static bool depends_on(struct machine *m, u32 word, const struct start *other,
                       const struct outcome *u, const struct outcome *k)
{
    struct outcome u2 = try(m, word, MODE_U, other), k2 = try(m, word, MODE_K, other);
    return results_differ(u, &u2) || results_differ(k, &k2);
}

// Returns true if the result depends on the mode, or on what the CSRs hold.
static bool shows_state(struct machine *m, u32 word, const struct start *start,
                        const struct outcome *u, const struct outcome *k)
{
    struct start other = *start;
    other.sstatus ^= SSTATUS_SPP | SSTATUS_SPIE;
    other.private ^= 5;
    return results_differ(u, k) || depends_on(m, word, &other, u, k);
}

// Returns true if the result depends on how much others have done before.
static bool shows_others(struct machine *m, u32 word, const struct start *start,
                         const struct outcome *u, const struct outcome *k)
{
    struct start later = *start;
    later.past += 1000;
    return depends_on(m, word, &later, u, k);
}

static void measure(struct machine *m, u32 word, struct classified *row)
{
    for (const struct start *start = starts; start < starts + STARTS; start++) {
        struct outcome u = try(m, word, MODE_U, start), k = try(m, word, MODE_K, start);
        row->traps_u &= u.trapped;
        row->traps_k &= k.trapped;
        row->privileged &= u.trapped || k.trapped;
        row->control |= !u.trapped && changed_control(&u.hart, MODE_U, start);
        row->control |= !k.trapped && changed_control(&k.hart, MODE_K, start);
        row->control |= !u.trapped && changed_extension(m, &u, start);
        row->control |= !k.trapped && changed_extension(m, &k, start);
        row->behaviour |= shows_state(m, word, start, &u, &k);
        row->resource |= shows_others(m, word, start, &u, &k);
    }
    row->control |= forgets_translations(m, word, MODE_K) ||
                    forgets_translations(m, word, MODE_U) || forgets_guest_translations(m, word);
}

// Compares with what the tables claim. `privileged` is what their MODE column says.
static void judge(struct classified *row, bool privileged)
{
    static const struct {
        bool control, behaviour;
    } expected[ISA_CLASSES] = {[ISA_CONTROL] = {true, false}, [ISA_BEHAVIOUR] = {false, true}};
    row->privileged &= !row->traps_k;
    if (row->claimed == ISA_TRAPPING) {
        row->agrees = row->traps_u;
        return;
    }
    // A reservation cannot be lost here, where nobody else runs.
    bool resource_agrees = !row->resource || row->claimed == ISA_RESOURCE;
    row->agrees = resource_agrees && row->control == expected[row->claimed].control &&
                  row->privileged == privileged &&
                  // What controls something may well differ in its result, too.
                  (row->control || row->behaviour == expected[row->claimed].behaviour);
}

static bool is_csr_instruction(const struct insn_info *info)
{
    return info->format == ISA_FORMAT_CSR || info->format == ISA_FORMAT_CSRI;
}

static struct classified classify_instruction(struct machine *m, enum insn insn)
{
    const struct insn_info *info = &isa_insns[insn];
    bool privileged = info->privileged;
    struct classified row = new_row(info->mnemonic, info->class);
    if (house_has(insn)) {
        struct house_drawn drawn = house_draw(machine_config(m)->profile, insn);
        row.claimed = drawn.class;
        privileged = drawn.in_k && !drawn.in_u;
    }
    measure(
        m, isa_encode((struct decoded){.insn = (u8)insn, .rd = 10, .rs1 = 11, .rs2 = 12, .imm = 8}),
        &row);
    judge(&row, privileged);
    return row;
}

// The six CSR instructions with one CSR number.
static void measure_csr(struct machine *m, u32 number, struct classified *row)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++)
        if (is_csr_instruction(&isa_insns[i]))
            measure(m,
                    isa_encode(
                        (struct decoded){.insn = (u8)i, .rd = 10, .rs1 = 11, .imm = (i32)number}),
                    row);
    // And reading alone, which is all that a read-only CSR allows.
    measure(
        m, isa_encode((struct decoded){.insn = INSN_csrrs, .rd = 10, .rs1 = 0, .imm = (i32)number}),
        row);
}

static struct classified classify_csr(struct machine *m, const struct csr_info *csr)
{
    char name[24];
    snprintf(name, sizeof name, "csrr* %s", csr->name);
    struct classified row = new_row(name, csr->class);
    measure_csr(m, csr->number, &row);
    judge(&row, true); // scounteren is 0, so a counter is as privileged as the others
    return row;
}

static bool exists(const struct machine *m, u32 number)
{
    const struct csr_info *csr = isa_csr_find(number);
    return csr && !(csr->profile & ~machine_config(m)->profile);
}

// A number that no CSR has must trap in both modes. Reading is tried on every one, the other forms
// on a few.
static struct classified classify_others(struct machine *m)
{
    struct classified row = new_row("csrr* others", ISA_INNOCUOUS);
    for (u32 number = 0; number < 0x1000; number++) {
        if (exists(m, number))
            continue;
        struct decoded read = {.insn = INSN_csrrs, .rd = 10, .imm = (i32)number};
        struct outcome u = try(m, isa_encode(read), MODE_U, starts),
                       k = try(m, isa_encode(read), MODE_K, starts);
        row.traps_u &= u.trapped;
        row.traps_k &= k.trapped;
        if (number % 0x100 == 7)
            measure_csr(m, number, &row);
    }
    judge(&row, false);
    row.agrees &= row.traps_u && row.traps_k;
    return row;
}

u32 classify(u32 profile, struct classified *rows, char *error, size_t error_size)
{
    struct machine_config config = machine_config_default();
    u32 count = 0;
    config.ram = BOARD_RAM_MIN;
    config.profile = profile;
    struct machine *m = machine_new(&config, error, error_size);
    if (!m)
        return 0;
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++)
        if (!is_csr_instruction(&isa_insns[i]) && !(isa_insns[i].profile & ~profile))
            rows[count++] = classify_instruction(m, i);
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++)
        if (!(csr->profile & ~profile))
            rows[count++] = classify_csr(m, csr);
    rows[count++] = classify_others(m);
    machine_free(m);
    return count;
}
