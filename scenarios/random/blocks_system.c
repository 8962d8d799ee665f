// Blocks of privileged life: CSRs, mode changes, calls, breakpoints, interrupts, time. Each may
// start in U, where most of it traps.
#include "scenarios/random/gen.h"

// ---- CSRs

struct csr_choice {
    u32 number;
    bool portable; // reads and writes as on QEMU
};
static const struct csr_choice csrs[] = {
    {CSR_sstatus, true},    {CSR_sie, true},         {CSR_sscratch, true}, {CSR_scause, false},
    {CSR_stval, false},     {CSR_sip, true},         {CSR_sepc, false},    {CSR_stimecmp, false},
    {CSR_stimecmph, false}, {CSR_scounteren, false}, {CSR_cycle, false},   {CSR_time, false},
    {CSR_instret, false},   {CSR_cycleh, false},     {CSR_timeh, false},   {CSR_instreth, false},
};

static u32 random_csr(struct program *p)
{
    const struct csr_choice *choice;
    do
        choice = &RNG_PICK(&p->rng, csrs);
    while (p->portable && !choice->portable);
    return choice->number;
}

// What may be written where another implementation is asked too: fields that T32 has not are left
// alone.
static u32 value_for(struct program *p, u32 csr)
{
    struct rng *r = &p->rng;
    if (!p->portable)
        return csr == CSR_stimecmph && rng_percent(r, 60) ? 0 : gen_value(p);
    switch (csr) {
    case CSR_sstatus:
        return (u32)rng_next(r) &
               (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR);
    case CSR_sie:
    case CSR_sip:
        return (u32)rng_next(r) & IP_SSIP;
    case CSR_scause:
        return (u32)rng_next(r) & 0x8000000f;
    default:
        return gen_value(p);
    }
}

static void csr_access(struct program *p)
{
    static const char *const names[] = {"csrrw", "csrrs", "csrrc"};
    struct rng *r = &p->rng;
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        u32 csr = random_csr(p), rd = rng_percent(r, 30) ? 0 : gen_register(p);
        u32 kind = rng_below(r, 100);
        const char *name = RNG_PICK(r, names);
        if (kind < 25)
            piece_line(p, "    csrr x%u, 0x%x", rd, csr);
        else if (kind < 45)
            piece_line(p, "    %si x%u, 0x%x, %s", name, rd, csr, p->portable ? "2" : "@5");
        else
            piece_line(p, "    li t1, 0x%x\n    %s x%u, 0x%x, t1", value_for(p, csr), name, rd,
                       csr);
    }
}

// CSRs that do not exist, cannot be written, or belong to nobody's mode.
static void csr_refused(struct program *p)
{
    static const u32 portable[] = {0x300, 0x304, 0x305,         0x341, 0x342, 0xf11, 0xf14, 0x000,
                                   0x001, 0x003, 0x180 | 0x200, 0x7c0, 0xb00, 0xb02, 0x3a0};
    struct rng *r = &p->rng;
    u32 csr = RNG_PICK(r, portable);
    if (!p->portable)
        do
            csr = rng_below(r, 0x1000);
        while (isa_csr_find(csr) && !isa_csr_find(csr)->read_only);
    piece_line(p, "    csrrw @d, 0x%x, @s", csr);
}

// Trap vector and page table can only be written with values that leave the program a handler.
static void csr_vital(struct program *p)
{
    static const char *const reads[] = {"csrrs", "csrrc"};
    struct rng *r = &p->rng;
    if (rng_percent(r, 60))
        piece_line(p, "    la t0, vectors@h\n    addi t0, t0, %u\n    csrrw @d, stvec, t0",
                   rng_below(r, 4));
    piece_line(p, "    %s @d, stvec, x0", RNG_PICK(r, reads));
    piece_line(p, "    %s @d, satp, x0", RNG_PICK(r, reads));
}

static void counters(struct program *p)
{
    static const char *const names[] = {"cycle", "time", "instret", "cycleh", "timeh", "instreth"};
    struct rng *r = &p->rng;
    if (rng_percent(r, 50))
        piece_line(p, "    csrwi scounteren, %u", rng_below(r, 8));
    for (u32 n = 1 + rng_below(r, 3); n; n--)
        piece_line(p, "    csrr @d, %s", RNG_PICK(r, names));
}

// ---- modes

// Into t0: the address of label 1, in the alias that U may execute if translation is on.
static void put_user_address(struct program *p)
{
    piece_line(p,
               "    la t0, 1f\n    csrr t1, satp\n    bgez t1, 2f\n    slli t0, t0, 10\n    srli "
               "t0, t0, 10\n    li "
               "t1, 0x%x\n    or t0, t0, t1\n2:",
               VA_ALIAS);
}

static void to_user(struct program *p)
{
    gen_to_kernel(p);
    put_user_address(p);
    if (rng_percent(&p->rng, 80))
        piece_line(p, "    csrci sstatus, 2");
    piece_line(p, "    csrw sepc, t0\n    li t1, 0x100\n    csrc sstatus, t1\n    sret\n1:");
    if (rng_percent(&p->rng, 30))
        piece_line(p, "    csrr x%u, sstatus", gen_register(p)); // a trap, unlike on some machines
}

static void to_kernel(struct program *p)
{
    gen_to_kernel(p);
}

// sret with whatever the status register says; the address suits U or K at random.
static void return_anyhow(struct program *p)
{
    struct rng *r = &p->rng;
    if (rng_percent(r, 80))
        gen_to_kernel(p);
    if (rng_percent(r, 50))
        put_user_address(p);
    else
        piece_line(p, "    la t0, 1f");
    piece_line(p, "    li t1, 0x%x\n    csrw sstatus, t1\n    csrw sepc, t0\n    sret\n1:",
               (u32)rng_next(r) & (SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR));
}

static void user_traps(struct program *p)
{
    static const char *const portable[] = {"ebreak",           "ecall",        "sret", "sfence.vma",
                                           "csrr a0, sstatus", "csrw sepc, a0"};
    struct rng *r = &p->rng;
    to_user(p);
    for (u32 n = 1 + rng_below(r, 2); n; n--)
        piece_line(p, "    %s", RNG_PICK(r, portable));
    if (!p->portable && rng_percent(r, 30))
        piece_line(p, "    wfi"); // illegal, if we are in U
}

static void breakpoint(struct program *p)
{
    piece_line(p, "    ebreak");
}

// ---- firmware

static void firmware(struct program *p)
{
    // extension, function, and first arguments: about one in three is an error
    static const struct {
        u32 extension, functions;
    } calls[] = {
        {0x10, 8},       {0x10, 8},     {0x735049, 2},   {0x52464e43, 8}, {0x52464e43, 8},
        {0x48534d, 1},   {0x48534d, 3}, {0x53525354, 2}, {0x4442434e, 4}, {0, 1},
        {1, 1},          {2, 1},        {3, 1},          {4, 1},          {5, 1},
        {6, 1},          {7, 1},        {9, 1},          {0x0a000000, 3}, {0x504d55, 2},
        {0x54494d45, 2},
    };
    static const u32 arguments[] = {0,          1,          2,           3,
                                    0xffffffff, 0x80000000, LAYOUT_DATA, LAYOUT_DATA + 0x1ff8,
                                    0x10,       0x54494d45, 0x4442434e};
    struct rng *r = &p->rng;
    u32 call = rng_below(r, sizeof calls / sizeof *calls);
    u32 function = rng_below(r, calls[call].functions + 1);
    if (calls[call].extension == 0x48534d && function == 1) // the hart would stop itself
        function = 0;
    for (u32 a = 0; a < 5; a++)
        piece_line(p, "    li a%u, 0x%x", a,
                   rng_percent(r, 85) ? RNG_PICK(r, arguments) : gen_value(p));
    if (calls[call].extension == 0x48534d && function == 0) // nor start one that is there
    {
        int hart = RNG_PICK(r, ((int[]){0, 2, 9, -1}));
        piece_line(p, "    li a0, %d", hart == 2 && p->harts > 2 ? 7 : hart);
    }
    if (calls[call].extension == 0x53525354) // nor does it switch off: no such reset
        piece_line(p, "    li a0, 0x%x", 3 + rng_below(r, 100));
    if (calls[call].extension == 0x4442434e)
        piece_line(p, "    li a0, @5\n    li a2, %u", rng_percent(r, 90) ? 0 : 1);
    if (calls[call].extension == 0x48534d && function == 3) // may wait, so something must come
        piece_line(
            p,
            "    csrw stimecmp, zero\n    csrw stimecmph, zero\n    li t0, 0x20\n    csrs sie, t0");
    piece_line(p, "    li a6, %u\n    li a7, 0x%x\n    ecall", function, calls[call].extension);
}

// Calls that every firmware refuses alike.
static void unknown_call(struct program *p)
{
    static const u32 extensions[] = {0x0a000000, 0x4b, 0x12345678, 0x08ffffff, 0x7f};
    piece_line(p, "    li a6, @5\n    li a7, 0x%x\n    ecall", RNG_PICK(&p->rng, extensions));
    if (rng_percent(&p->rng, 40))
        piece_line(
            p,
            "    li a0, 0x0a000000\n    li a6, 3\n    li a7, 0x10\n    ecall"); // probe: not there
}

// ---- interrupts and time

static void put_interrupts_on(struct program *p)
{
    struct rng *r = &p->rng;
    if (rng_percent(r, 70))
        piece_line(p, "    csrsi sstatus, 2");
    else if (rng_percent(r, 30))
        piece_line(p, "    csrci sstatus, 2");
}

static void software_interrupt(struct program *p)
{
    gen_to_kernel(p);
    put_interrupts_on(p);
    piece_line(p, "    csrsi sie, 2\n    csrsi sip, 2");
    if (!p->portable && rng_percent(&p->rng, 40))
        piece_line(p, "    wfi");
    piece_line(p, "    csrr x%u, sip", gen_register(p));
}

static void put_deadline(struct program *p, u32 ticks)
{
    piece_line(p, "    csrr t0, time\n    addi t0, t0, %u", ticks);
    if (rng_percent(&p->rng, 60))
        piece_line(
            p,
            "    li t1, 0x20\n    csrs sie, t1\n    csrw stimecmp, t0\n    csrw stimecmph, zero");
    else
        piece_line(p,
                   "    li t1, 0x20\n    csrs sie, t1\n    mv a0, t0\n    li a1, 0\n    li a6, 0\n "
                   "   li a7, %s\n    ecall",
                   rng_percent(&p->rng, 70) ? "0x54494d45" : "0");
}

static void deadline(struct program *p)
{
    gen_to_kernel(p);
    put_interrupts_on(p);
    put_deadline(p, rng_below(&p->rng, 120));
    if (rng_percent(&p->rng, 30))
        to_user(p);
    if (rng_percent(&p->rng, 30))
        piece_line(p, "    li t0, %u\n1:  addi t0, t0, -1\n    bnez t0, 1b",
                   20 + rng_below(&p->rng, 60));
}

static void wait(struct program *p)
{
    gen_to_kernel(p);
    put_interrupts_on(p);
    put_deadline(p, rng_below(&p->rng, 2000));
    piece_line(p, "    wfi\n    csrr x%u, time", gen_register(p));
}

// What the handler does from now on: fix page faults or not; a periodic timer or none.
static void policy(struct program *p)
{
    struct rng *r = &p->rng;
    gen_to_kernel(p);
    piece_line(p, "    li t0, VARS@h\n    li t1, %u\n    sw t1, 8(t0)", rng_below(r, 2));
    if (!p->portable)
        piece_line(p, "    li t1, %u\n    sw t1, 12(t0)",
                   rng_percent(r, 50) ? 0 : 40 + rng_below(r, 400));
}

const struct block_kind blocks_system[] = {
    {"CSRs", 10, true, false, csr_access},
    {"CSRs refused", 3, true, false, csr_refused},
    {"stvec and satp", 2, true, true, csr_vital},
    {"counters", 3, false, false, counters},
    {"to U", 8, true, true, to_user},
    {"to K", 3, true, true, to_kernel},
    {"sret anyhow", 4, true, true, return_anyhow},
    {"traps of U", 4, true, true, user_traps},
    {"breakpoint", 1, true, true, breakpoint},
    {"firmware call", 5, false, true, firmware},
    {"unknown firmware call", 2, true, true, unknown_call},
    {"software interrupt", 3, true, true, software_interrupt},
    {"deadline", 5, false, true, deadline},
    {"wait", 3, false, true, wait},
    {"policy", 2, true, true, policy},
    {0},
};
