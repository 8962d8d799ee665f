// SBI NACL. Picture and contracts: hypervisor/nacl.h; the layout: isa/board/nacl.h. The calls are
// made in hypervisor/t32/nacl_guest.c.
// Read next: hypervisor/merged.h.
#include "hypervisor/nacl.h"
#include "hypervisor/clock.h"
#include "hypervisor/gmem.h"
#include "hypervisor/technique.h"
#include "isa/board/firmware.h"
#include "isa/board/nacl.h"

// ---- the shared memory

struct shared {
    u32 *scratch; // the first page
    u32 *csrs;    // the second one
};

// The address was right when the guest gave it. The VMM checks it again each time, as every
// address of a guest.
static bool reach(struct turn *t, gpa at, struct shared *m)
{
    struct mapping scratch, csrs;
    if (gmem_reach(t, at, ACCESS_WRITE, &scratch) != REACHED ||
        gmem_reach(t, at + PAGE_SIZE, ACCESS_WRITE, &csrs) != REACHED)
        return false;
    m->scratch = hw_page(t->hw, scratch.at);
    m->csrs = hw_page(t->hw, csrs.at);
    return true;
}

static enum verdict answer(struct turn *t, enum sbi_error error, u32 value)
{
    t->v->state.x[X_A0] = (u32)error;
    t->v->state.x[X_A1] = value;
    return ADVANCE;
}

// ---- registers

// The registers of the extension, by number.
static const u16 registers[] = {
#define CSR(number, name, profile, ...) IF_##profile(number)
#define IF_T32(number)
#define IF_H(number) number,
#include "isa/csr.def"
#undef CSR
#undef IF_T32
#undef IF_H
};
#define REGISTERS (sizeof registers / sizeof *registers)

static u32 *dirty_word(const struct shared *m, u32 number)
{
    return &m->scratch[NACL_DIRTY + NACL_INDEX(number) / 32];
}

static u32 dirty_bit(u32 number)
{
    return 1u << NACL_INDEX(number) % 32;
}

// A register that the guest has written and not yet synchronized keeps the guest's value.
static void write_back(struct turn *t, const struct shared *m, u32 number, u64 now)
{
    u32 value;
    if (!(*dirty_word(m, number) & dirty_bit(number)) && h_csr_read(&t->v->h, number, now, &value))
        m->csrs[NACL_INDEX(number)] = value;
}

static void write_all_back(struct turn *t, const struct shared *m)
{
    u64 now = clock_now(t);
    for (u32 i = 0; i < REGISTERS; i++)
        write_back(t, m, registers[i], now);
}

// Does now what the guest has written, as csrw would do it. A register may depend on others (hip
// on hvip, vsie on hie and hideleg), and these have higher numbers, so the highest number comes
// first.
static void take_writes(struct turn *t, const struct shared *m, u32 word, u32 dirty)
{
    // The registers are up to date after this, so their marks go.
    m->scratch[NACL_DIRTY + word] &= ~dirty;
    for (u32 bit = 32; dirty && bit-- > 0; dirty &= (1u << bit) - 1) {
        u32 index = word * 32 + bit;
        if (dirty >> bit & 1)
            h_csr_write(&t->v->h, NACL_CSR(index), m->csrs[index]);
    }
}

static void take_all_writes(struct turn *t, const struct shared *m)
{
    for (u32 word = NACL_DIRTY_WORDS; word-- > 0;)
        if (m->scratch[NACL_DIRTY + word])
            take_writes(t, m, word, m->scratch[NACL_DIRTY + word]);
}

static void swap_hstatus(struct turn *t, const struct shared *m)
{
    u32 *theirs = &m->scratch[NACL_SWAP_HSTATUS];
    u32 ours = t->v->h.hstatus;
    if (!(m->scratch[NACL_SWAP_FLAGS] & NACL_SWAPS_HSTATUS))
        return;
    h_csr_write(&t->v->h, CSR_hstatus, *theirs);
    *theirs = ours;
}

void nacl_changed(struct turn *t, bool left_guest)
{
    struct shared m;
    if (!t->v->nacl || !reach(t, t->v->nacl, &m))
        return;
    if (left_guest)
        swap_hstatus(t, &m);
    write_all_back(t, &m);
}

static enum verdict sync_csr(struct turn *t, const struct shared *m, u32 number)
{
    u32 value;
    if (number == NACL_ALL)
        take_all_writes(t, m);
    else if (number < 0x1000 && h_csr_read(&t->v->h, number, 0, &value))
        take_writes(t, m, NACL_INDEX(number) / 32, *dirty_word(m, number) & dirty_bit(number));
    else
        return answer(t, SBI_INVALID_PARAM, 0);
    write_all_back(t, m); // other registers may depend on this one
    return answer(t, SBI_OK, 0);
}

// ---- fences

// Does a fence for a range of L2's virtual addresses.
static void fence_range(struct turn *t, const u32 *entry, const u32 *asid)
{
    u32 order = NACL_ORDER(entry[0]), count = entry[3];
    if (order > 6 || count > FENCE_PAGES_MOST >> order) {
        t->technique->fence_inner(t, NULL, asid);
        return;
    }
    gva address = entry[1] << (order + PAGE_SHIFT);
    for (u32 i = 0; i < count << order; i++, address += PAGE_SIZE)
        t->technique->fence_inner(t, &address, asid);
}

// A fence may always forget more than was asked for. So the addresses of GVMA are not read, a
// VVMA for another VMID than the one in hgatp forgets all of that VMID, and a reserved type
// forgets everything.
static void fence(struct turn *t, u32 *entry)
{
    u32 config = entry[0], type = NACL_TYPE(config);
    u32 vmid = NACL_VMID(config), asid = NACL_ASID(config);
    bool named = type & NACL_HFENCE_NAMED;
    if ((type & NACL_HFENCE_VVMA) && vmid != HGATP_VMID(t->v->h.hgatp))
        t->technique->fence_second(t, &vmid);
    if (type >= NACL_HFENCE_TYPES)
        t->technique->fence_second(t, NULL);
    else if (!(type & NACL_HFENCE_VVMA))
        t->technique->fence_second(t, named ? &vmid : NULL);
    else if (type & NACL_HFENCE_ALL)
        t->technique->fence_inner(t, NULL, named ? &asid : NULL);
    else
        fence_range(t, entry, named ? &asid : NULL);
    entry[0] = config & ~NACL_PENDING;
}

static void fence_entries(struct turn *t, const struct shared *m, u32 first, u32 count)
{
    u32 *entry = &m->scratch[NACL_HFENCE + first * NACL_HFENCE_WORDS];
    for (u32 i = 0; i < count; i++, entry += NACL_HFENCE_WORDS)
        if (*entry & NACL_PENDING)
            fence(t, entry);
}

static enum verdict sync_hfence(struct turn *t, const struct shared *m, u32 index)
{
    if (index != NACL_ALL && index >= NACL_HFENCES)
        return answer(t, SBI_INVALID_PARAM, 0);
    if (index == NACL_ALL)
        fence_entries(t, m, 0, NACL_HFENCES);
    else
        fence_entries(t, m, index, 1);
    return answer(t, SBI_OK, 0);
}

// ---- the switch

// While L2 runs, L1 cannot read the shared CSRs. So the registers are written back when L1 goes
// on (nacl_changed), and not here, unless L1 goes on at once.
static enum verdict sync_sret(struct turn *t, const struct shared *m)
{
    struct hart_state *s = &t->v->state;
    take_all_writes(t, m);
    fence_entries(t, m, 0, NACL_HFENCES);
    swap_hstatus(t, m);
    for (u32 i = 1; i < 32; i++)
        s->x[i] = m->scratch[i];
    h_trap_return(s, &t->v->h);
    if (!s->virt)
        write_all_back(t, m);
    return JUMP;
}

// ---- the calls

static enum verdict probe_feature(struct turn *t)
{
    return answer(t, SBI_OK, t->v->state.x[X_A0] < NACL_FEATURES);
}

static enum verdict set_shared_memory(struct turn *t)
{
    const u32 *x = t->v->state.x;
    gpa at = x[X_A0];
    u32 high = x[X_A1], flags = x[X_A2];
    struct shared m;
    bool ends = at == UINT32_MAX && high == UINT32_MAX;
    if (flags || (!ends && at % PAGE_SIZE))
        return answer(t, SBI_INVALID_PARAM, 0);
    if (!ends && (high || !reach(t, at, &m)))
        return answer(t, SBI_INVALID_ADDRESS, 0);
    // From now on the guest reads the registers in memory, so they must be there.
    t->v->nacl = ends ? 0 : at;
    nacl_changed(t, false);
    return answer(t, SBI_OK, 0);
}

static enum verdict synchronize(struct turn *t, u32 function)
{
    struct shared m;
    u32 which = t->v->state.x[X_A0];
    if (!t->v->nacl || !reach(t, t->v->nacl, &m))
        return answer(t, SBI_NO_SHARED_MEMORY, 0);
    switch (function) {
    case SBI_NACL_SYNC_CSR:
        return sync_csr(t, &m, which);
    case SBI_NACL_SYNC_HFENCE:
        return sync_hfence(t, &m, which);
    default:
        return sync_sret(t, &m);
    }
}

enum verdict nacl_call(struct turn *t)
{
    u32 function = t->v->state.x[X_A6];
    switch (function) {
    case SBI_NACL_PROBE_FEATURE:
        return probe_feature(t);
    case SBI_NACL_SET_SHARED_MEMORY:
        return set_shared_memory(t);
    case SBI_NACL_SYNC_CSR:
    case SBI_NACL_SYNC_HFENCE:
    case SBI_NACL_SYNC_SRET:
        return synchronize(t, function);
    default:
        return answer(t, SBI_NOT_SUPPORTED, 0);
    }
}
