// What a VMM does for a privileged instruction, with tables wherever possible.
#include "hypervisor/trap.h"
#include "hypervisor/technique.h"
#include "hypervisor/clock.h"
#include "isa/arch/trap.h"

typedef struct hart_state Hart;

void hart_reset(Hart *h, u32 entry, u32 hart, u32 device_tree)
{
    Hart fresh = {0};
    fresh.pc = entry;
    fresh.mode = MODE_K;
    fresh.run = HART_RUNNING;
    fresh.stimecmp = ~(u64)0;
    fresh.scounteren = 7;
    fresh.x[10] = hart;
    fresh.x[11] = device_tree;
    *h = fresh;
}

/* ------------------------------------------------------------ interrupts */
static const struct {
    u32 bit, cause;
} order[] = {
    {1u << 9, 0x80000009u},
    {1u << 1, 0x80000001u},
    {1u << 5, 0x80000005u},
};

u32 hart_pending(const Hart *h, u64 now)
{
    return (h->sip & 2) | (now >= h->stimecmp ? 32 : 0) | (h->external ? 512 : 0);
}

u32 hart_interrupt(const Hart *h, u64 now)
{
    bool open = h->mode == MODE_U || (h->sstatus & 2);
    u32 what = open ? hart_pending(h, now) & h->sie : 0;
    for (int i = 0; i < 3; ++i)
        if (what & order[i].bit)
            return order[i].cause;
    return 0;
}

bool hart_awake(const Hart *h, u64 now)
{
    return hart_pending(h, now) & h->sie;
}

u64 hart_deadline(const Hart *h)
{
    if (!(h->sie & 32))
        return ~0ull;
    return h->stimecmp;
}

/* ------------------------------------------------------------ traps */
struct trapinfo {
    u32 pc, mode, sepc, scause, stval, sstatus;
};

static struct trapinfo info(const Hart *h)
{
    return (struct trapinfo){h->pc, h->mode, h->sepc, h->scause, h->stval, h->sstatus};
}

static bool same(struct trapinfo a, struct trapinfo b)
{
    u32 d = (a.pc ^ b.pc) | (a.mode ^ b.mode) | (a.sepc ^ b.sepc) | (a.scause ^ b.scause) |
            (a.stval ^ b.stval) | (a.sstatus ^ b.sstatus);
    return d == 0;
}

bool trap_enter(Hart *h, u32 cause, u32 tval)
{
    struct trapinfo old = info(h);
    u32 s = h->sstatus;
    u32 sie = s >> 1 & 1, spp = h->mode == MODE_K;
    s &= ~0x122u;
    s |= sie << 5 | spp << 8;
    h->sstatus = s;
    h->sepc = h->pc;
    h->scause = cause;
    h->stval = tval;
    h->pc = (h->stvec >> 2) << 2;
    if ((i32)cause < 0 && h->stvec % 4 == 1)
        h->pc += cause << 2;
    h->mode = MODE_K;
    return !same(old, info(h));
}

void trap_return(Hart *h)
{
    u32 spie = h->sstatus >> 5 & 1;
    h->mode = (h->sstatus >> 8 & 1) ? MODE_K : MODE_U;
    h->pc = h->sepc;
    h->sstatus = (h->sstatus & ~0x102u) | 0x20 | spie << 1;
}

/* ------------------------------------------------------------ CSRs */
/* registers that are one word of the record: where it is, and which bits a write may change */
static const struct plain {
    u16 number, offset;
    u32 bits;
} plains[] = {
    {0x100, offsetof(Hart, sstatus), 0x000c0122}, {0x104, offsetof(Hart, sie), 0x222},
    {0x106, offsetof(Hart, scounteren), 7},       {0x140, offsetof(Hart, sscratch), ~0u},
    {0x141, offsetof(Hart, sepc), ~3u},           {0x142, offsetof(Hart, scause), ~0u},
    {0x143, offsetof(Hart, stval), ~0u},          {0x180, offsetof(Hart, satp), ~0u},
    {0x105, offsetof(Hart, stvec), ~0u},
};

static u32 *word_of(Hart *h, u32 number, u32 *bits)
{
    for (u32 i = 0; i < sizeof plains / sizeof plains[0]; i++) {
        if (plains[i].number != number)
            continue;
        *bits = plains[i].bits;
        return (u32 *)((char *)h + plains[i].offset);
    }
    return 0;
}

static bool allowed(const Hart *h, u32 number)
{
    switch (number & 0xf00) {
    case 0x100:
        return h->mode == MODE_K;
    case 0xc00:
        return h->mode == MODE_K || (h->scounteren & (1u << (number % 32)));
    default:
        return false;
    }
}

bool csr_read(const Hart *h, u32 number, u64 now, u32 *value)
{
    u32 bits;
    if (!allowed(h, number))
        return false;
    const u32 *w = word_of((Hart *)h, number, &bits);
    if (w) {
        *value = *w;
        return true;
    }
    u64 wide;
    switch (number & ~0x80u) {
    case 0xc00:
    case 0xc01:
        wide = now;
        break;
    case 0xc02:
        wide = h->retired;
        break;
    default:
        if (number == 0x144)
            *value = hart_pending(h, now);
        else if (number == 0x14d)
            *value = h->stimecmp;
        else if (number == 0x15d)
            *value = h->stimecmp >> 32;
        else
            return false;
        return true;
    }
    *value = number & 0x80 ? wide >> 32 : wide;
    return true;
}

bool csr_write(Hart *h, u32 number, u32 value)
{
    u32 bits;
    if (!allowed(h, number) || number >= 0xc00)
        return false;
    u32 *w = word_of(h, number, &bits);
    if (w) {
        if (number == 0x105 && (value & 3) > 1)
            return true;
        *w = value & bits;
        return true;
    }
    if (number == 0x144)
        h->sip = value & 2;
    else if (number == 0x14d)
        h->stimecmp = (h->stimecmp & 0xffffffff00000000ull) + value;
    else if (number == 0x15d)
        h->stimecmp = ((u64)value << 32) + (h->stimecmp & 0xffffffffull);
    else
        return false;
    return true;
}

/* ------------------------------------------------------------ instructions */
static enum verdict do_csr(struct turn *t, u32 w)
{
    Hart *h = &t->v->state;
    u32 csr = w >> 20, src = (w >> 15) & 0x1f, rd = (w >> 7) & 0x1f, f3 = (w >> 12) & 7;
    u32 arg = f3 > 4 ? src : h->x[src], old = 0;
    if (!csr_read(h, csr, clock_now(t), &old))
        return REFLECT;
    u32 new[4] = {0, arg, old | arg, old & ~arg};
    if (f3 % 4 == 1 || src) {
        if (!csr_write(h, csr, new[f3 % 4]))
            return REFLECT;
        if (csr == 0x180)
            t->technique->switched(t);
    }
    h->x[rd] = old;
    h->x[0] = 0;
    return ADVANCE;
}

static enum verdict do_sret(struct turn *t, struct decoded d)
{
    (void)d;
    trap_return(&t->v->state);
    return JUMP;
}
static enum verdict do_wfi(struct turn *t, struct decoded d)
{
    (void)t;
    (void)d;
    return BLOCK;
}
static enum verdict do_fence(struct turn *t, struct decoded d)
{
    u32 a = t->v->state.x[d.rs1], s = SATP_ASID(t->v->state.x[d.rs2] << 22);
    t->technique->fence(t, d.rs1 ? &a : 0, d.rs2 ? &s : 0);
    return ADVANCE;
}
static enum verdict do_h0(struct turn *t, struct decoded d)
{
    u32 *x = t->v->state.x, a = x[d.rs1];
    if (d.rd)
        x[d.rd] = ((a << 9) + (a >> 23)) ^ x[d.rs2];
    return ADVANCE;
}
static enum verdict do_h6(struct turn *t, struct decoded d)
{
    u32 b = t->v->state.x[d.rs1] >> 10 & 1;
    t->v->state.sstatus = (t->v->state.sstatus & ~(1u << 18)) | b << 18;
    return ADVANCE;
}
static enum verdict do_h8(struct turn *t, struct decoded d)
{
    if (d.rd)
        t->v->state.x[d.rd] = t->v->state.sscratch ^ 0x72b2740b;
    return ADVANCE;
}

static const struct {
    enum insn insn;
    enum verdict (*run)(struct turn *, struct decoded);
} actions[] = {
    {INSN_sret, do_sret}, {INSN_wfi, do_wfi},   {INSN_sfence_vma, do_fence},
    {INSN_house0, do_h0}, {INSN_house6, do_h6}, {INSN_house8, do_h8},
};

enum verdict emulate_privileged(struct turn *t, struct outcome *out)
{
    if (isa_is_csr(out->trap.insn))
        return do_csr(t, out->trap.insn);
    struct decoded d = isa_decode(out->trap.insn, ISA_HOUSE);
    if (t->v->state.mode == MODE_K)
        for (u32 i = 0; i < sizeof actions / sizeof actions[0]; i++)
            if (actions[i].insn == d.insn)
                return actions[i].run(t, d);
    return REFLECT;
}
