// Random programs for machines with the hypervisor extension. Contract: tests/random_h.h.
#include "tests/random_h.h"

#include <stdlib.h>

u32 random_pick(u32 n)
{
    return (u32)rand() % n;
}

static u32 random_u32(void)
{
    return (u32)rand() ^ (u32)rand() << 16;
}

static void put(const struct random_h *r, mpa at, u32 word)
{
    r->put(r->context, at, word);
}

// ---- code

#define PLACES 7

// Registers hold addresses that matter, or anything.
static u32 random_value(const struct random_h *r)
{
    static const u32 anywhere[PLACES] = {RANDOM_CODE, RANDOM_DATA, RANDOM_VS_LEAF, RANDOM_G_LEAF,
                                         0x00400000,  0x10000005,  0xfffffffc};
    static const u32 no_tables[PLACES] = {RANDOM_CODE, RANDOM_DATA, RANDOM_DATA, RANDOM_DATA,
                                          0x00400000,  0x10000005,  0xfffffffc};
    const u32 *places = r->fenced ? no_tables : anywhere;
    switch (random_pick(4)) {
    case 0:
        return places[random_pick(PLACES)] + 4 * random_pick(1024);
    case 1:
        return places[random_pick(PLACES)] + random_pick(4096);
    case 2:
        return 1u << random_pick(32);
    default:
        return random_u32();
    }
}

// Writes of these lose all that was prepared, so they are rare.
static bool is_precious(u32 csr)
{
    return csr == CSR_satp || csr == CSR_vsatp || csr == CSR_hgatp || csr == CSR_stvec ||
           csr == CSR_vstvec;
}

static u32 random_csr(void)
{
    u32 csr = isa_csrs[random_pick(isa_csr_count)].number;
    if (random_pick(40) == 0)
        return random_pick(0x1000);
    return is_precious(csr) && random_pick(20) ? CSR_sscratch : csr;
}

// Does this word write the root of a table?
static bool writes_root(u32 word)
{
    u32 csr = word >> 20;
    return isa_is_csr(word) && (csr == CSR_satp || csr == CSR_vsatp || csr == CSR_hgatp);
}

static u32 any_word(void)
{
    struct decoded d = {.insn = (u8)(1 + random_pick(INSN_hsv_w))}; // T32, holes, h
    // Instructions of the system are few in the table, and matter most here.
    if (random_pick(2)) // mostly something that goes on
        d.insn = (u8)(INSN_lui + random_pick(INSN_and - INSN_lui + 1));
    if (random_pick(6) == 0)
        d.insn = (u8)(INSN_csrrw + random_pick(INSN_sfence_vma - INSN_csrrw + 1));
    if (random_pick(12) == 0)
        d.insn = (u8)(INSN_hfence_vvma + random_pick(INSN_hsv_w - INSN_hfence_vvma + 1));
    if (random_pick(60) == 0)
        return random_u32();
    d.rd = (u8)(random_pick(4) ? 5 + random_pick(3) : 0);
    d.rs1 = (u8)(8 + random_pick(8));
    d.rs2 = (u8)(random_pick(3) ? 8 + random_pick(8) : 0);
    switch (isa_insns[d.insn].format) {
    case ISA_FORMAT_B:
    case ISA_FORMAT_J:
        d.imm = ((i32)random_pick(64) - 24) * 4;
        break;
    case ISA_FORMAT_SHIFT:
        d.imm = (i32)random_pick(32);
        break;
    case ISA_FORMAT_U:
        d.imm = (i32)random_u32();
        break;
    case ISA_FORMAT_CSR:
    case ISA_FORMAT_CSRI:
        d.imm = (i32)random_csr();
        break;
    default:
        d.imm = ((i32)random_pick(64) - 32) * 4;
    }
    return isa_encode(d);
}

static u32 random_word(const struct random_h *r)
{
    u32 word = any_word();
    return r->fenced && writes_root(word) ? 0x00000013 : word;
}

// Where a VMM with paging on has RAM again. No guest has it there, so a guest that runs into the
// handler cannot change a table by it.
#define VMM_ALIAS 0x00800000u

// An entry of the second stage changes, another second stage comes into force, and everything that
// this can concern is fenced.
static mpa put_change_of_tables(const struct random_h *r, mpa at)
{
    static const u32 words[] = {
        0x01392023, // sw s3, 0(s2)
        0x68049073, // csrw hgatp, s1
        0x62000073, // hfence.gvma
        0x22000073, // hfence.vvma
    };
    for (u32 i = 0; i < sizeof words / sizeof *words; i++, at += 4)
        put(r, at, words[i]);
    return at;
}

// A handler that goes on behind the trap, after a few random words.
static void put_handler(const struct random_h *r, mpa at)
{
    static const u32 end[] = {
        0x14102373, // csrr t1, sepc
        0x00430313, // addi t1, t1, 4
        0x14131073, // csrw sepc, t1
        0x10200073, // sret
    };
    for (u32 i = 0; i < 2; i++, at += 4)
        put(r, at, random_pick(2) ? 0x00000013 : random_word(r));
    if (r->fenced && at < RANDOM_GUEST_HANDLER && random_pick(2))
        at = put_change_of_tables(r, at);
    for (u32 i = 0; i < 4; i++, at += 4)
        put(r, at, end[i]);
}

// ---- tables

static u32 random_flags(u32 always)
{
    u32 flags = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D | always;
    if (random_pick(40) == 0)
        flags &= ~(1u << random_pick(8));
    if (random_pick(40) == 0)
        flags ^= PTE_U;
    return flags;
}

// An entry of a root: a table, or a superpage, which maps to itself but is sometimes misaligned.
static u32 random_root_entry(mpa table, u32 always)
{
    if (random_pick(5))
        return PTE_MAKE(table, PTE_V);
    return PTE_MAKE(BOARD_RAM + (random_pick(20) ? 0 : PAGE_SIZE), random_flags(always));
}

static mpa random_page(const struct random_h *r)
{
    mpa first = r->fenced ? RANDOM_DATA : BOARD_RAM;
    return first + random_pick((BOARD_RAM + RANDOM_RAM - first) >> PAGE_SHIFT) * PAGE_SIZE;
}

// Pages map to themselves, nearly always, with nearly all rights.
// Pages that can only be executed are for those who have MXR.
static u32 leaf_flags(const struct random_h *r, u32 always)
{
    u32 flags = random_flags(always);
    bool code = r->fenced && random_pick(8) == 0;
    return code ? flags & ~(u32)(PTE_R | PTE_W) : flags;
}

static void put_tables(const struct random_h *r)
{
    for (u32 page = 0; page < RANDOM_RAM >> PAGE_SHIFT; page++) {
        mpa at = BOARD_RAM + (page << PAGE_SHIFT);
        mpa to = random_pick(50) ? at : random_page(r);
        // The guest's guest must not change the tables, since it does not fence them.
        u32 tables = r->fenced && at >= RANDOM_G_ROOT && at < RANDOM_DATA ? PTE_W : 0;
        put(r, RANDOM_G_LEAF + 4 * page,
            PTE_MAKE(to, leaf_flags(r, PTE_U) & ~tables) | (random_pick(200) ? 0 : 1u << 31));
        put(r, RANDOM_VS_LEAF + 4 * page,
            PTE_MAKE(at, leaf_flags(r, random_pick(3) ? PTE_U : 0)) |
                (random_pick(200) ? 0 : 1u << 31));
    }
    if (random_pick(8) == 0) // the guest's own table is where the second stage has nothing
        put(r, RANDOM_G_LEAF + ((RANDOM_VS_LEAF - BOARD_RAM) >> PAGE_SHIFT) * 4, 0);
    for (u32 i = 0; i < 4096; i += 512) { // the root of 34 bits, sparsely
        put(r, RANDOM_G_ROOT + 4 * i, random_root_entry(RANDOM_G_LEAF, PTE_U));
        put(r, RANDOM_G_ROOT + 4 * (i + 1), PTE_MAKE(BOARD_RAM, random_flags(PTE_U)));
    }
    if (r->fenced) { // a second root, for put_change_of_tables
        put(r, RANDOM_G_ROOT_2 + 4 * 512, random_root_entry(RANDOM_G_LEAF, PTE_U));
        put(r, RANDOM_G_ROOT_2 + 4 * 1, PTE_MAKE(BOARD_RAM, random_flags(PTE_U)));
        put(r, RANDOM_HS_ROOT + (VMM_ALIAS >> 22) * 4,
            PTE_MAKE(BOARD_RAM, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D));
    }
    put(r, RANDOM_VS_ROOT + 4 * 512, random_root_entry(RANDOM_VS_LEAF, random_pick(2) ? PTE_U : 0));
    put(r, RANDOM_VS_ROOT + 4 * 1, PTE_MAKE(BOARD_RAM, random_flags(PTE_U)));
    put(r, RANDOM_HS_ROOT + 4 * 512, PTE_MAKE(BOARD_RAM, random_flags(0)));
    put(r, RANDOM_HS_ROOT + 4 * 1, PTE_MAKE(BOARD_RAM, random_flags(PTE_U)));
}

// ---- states

static u32 random_table(mpa root, u32 name_bits)
{
    return random_pick(2) ? SATP_MODE | random_pick(3) << 22 |
                                (random_pick(name_bits) ? 0 : 1u << 24) | root >> PAGE_SHIFT
                          : 0;
}

static struct h_bank random_bank(mpa root, gva handler)
{
    u32 bits = SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR;
    return (struct h_bank){
        .sstatus = random_u32() & bits,
        .stvec = handler | (random_pick(8) == 0),
        .sscratch = random_u32(),
        .sepc = RANDOM_CODE + 4 * random_pick(RANDOM_CODE_BYTES / 4),
        .satp = random_table(root, 3),
    };
}

static void set_active(struct hart_state *s, const struct h_bank *b)
{
    s->sstatus = b->sstatus;
    s->stvec = b->stvec;
    s->sscratch = b->sscratch;
    s->sepc = b->sepc;
    s->scause = b->scause;
    s->stval = b->stval;
    s->satp = b->satp;
}

// The page whose entry put_change_of_tables changes: nearly always one that a guest uses.
static u32 page_to_change(gva pc)
{
    const mpa used[] = {pc, RANDOM_DATA, RANDOM_VS_ROOT, RANDOM_VS_LEAF, RANDOM_GUEST_HANDLER};
    if (random_pick(4) == 0)
        return random_pick(RANDOM_RAM >> PAGE_SHIFT);
    return (used[random_pick(sizeof used / sizeof *used)] - BOARD_RAM) >> PAGE_SHIFT;
}

void random_h_state(const struct random_h *r, struct hart_state *state, struct h_state *extension)
{
    struct h_bank own = random_bank(RANDOM_HS_ROOT, RANDOM_HANDLER);
    struct h_bank guest = random_bank(RANDOM_VS_ROOT, RANDOM_GUEST_HANDLER);
    struct hart_state s = *state;
    struct h_state h = *extension;
    s.virt = random_pick(3) != 0;
    s.mode = (u8)(random_pick(2) ? MODE_K : MODE_U);
    s.run = HART_RUNNING;
    s.pc = RANDOM_CODE + 4 * random_pick(RANDOM_CODE_BYTES / 4);
    set_active(&s, s.virt ? &guest : &own);
    h.other = s.virt ? own : guest;
    for (u32 i = 1; i < 32; i++)
        s.x[i] = random_value(r);
    s.sie = random_u32() & (IP_SSIP | IP_STIP | IP_SEIP);
    s.sip = random_pick(4) ? 0 : IP_SSIP;
    // A fenced program may meet devices, which say what the line really is.
    s.external = random_pick(8) == 0 && !r->fenced;
    s.scounteren = random_pick(8);
    s.stimecmp = hart_time(&s) + (random_pick(2) ? random_pick(60) : random_pick(100000));
    h.hstatus = random_u32() & (HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_HU);
    if (random_pick(4) == 0)
        h.hstatus |= random_u32() & (HSTATUS_VTVM | HSTATUS_VTW | HSTATUS_VTSR);
    h.hedeleg = random_u32() & 0xb1ff;
    h.hideleg = random_u32() & IP_VS;
    h.hie = random_u32() & IP_VS;
    h.hvip = random_pick(3) ? 0 : random_u32() & IP_VS;
    h.hcounteren = random_pick(8);
    h.henvcfgh = random_pick(2) ? HENVCFGH_STCE : 0;
    h.hgatp = random_table(RANDOM_G_ROOT, 3) & 0x9ffffffc;
    h.htimedelta = random_pick(2) ? 0 : random_u32();
    h.vstimecmp =
        hart_time(&s) + h.htimedelta + (random_pick(2) ? random_pick(60) : random_pick(100000));
    h.caught = false;
    if (r->fenced) { // for put_change_of_tables
        u32 page = page_to_change(s.pc);
        s.x[9] = random_table(random_pick(2) ? RANDOM_G_ROOT : RANDOM_G_ROOT_2, 3) & 0x9ffffffc;
        s.x[18] = VMM_ALIAS + (RANDOM_G_LEAF - BOARD_RAM) + 4 * page;
        s.x[19] = PTE_MAKE(random_page(r), leaf_flags(r, PTE_U));
    }
    *state = s;
    *extension = h;
}

void random_h_program(const struct random_h *r)
{
    for (mpa at = RANDOM_CODE; at < RANDOM_CODE + RANDOM_CODE_BYTES; at += 4)
        put(r, at, random_word(r));
    put_handler(r, RANDOM_HANDLER);
    put_handler(r, RANDOM_GUEST_HANDLER);
    put_tables(r);
}
