// The CSRs of the hypervisor extension, and what a guest may do. Contracts and sources are in
// isa/arch/h_extension.h; isa/csr.def has the registers.
//
//     access by a guest (V = 1)              VS                               VU
//     unknown, or a write of a read-only     illegal                          illegal
//     satp                                   its own; VTVM: virtual           virtual
//     other s*                               its own                          virtual
//     stimecmp(h)                            vstimecmp with TM and STCE,      virtual
//                                            else virtual
//     cycle time instret (h)                 if hcounteren says so,           and scounteren, too,
//                                            else virtual                     else virtual
//     h*, vs*                                virtual                          virtual
// Read next: isa/arch/h_walk.h.
#include "isa/arch/h_extension.h"

#define SSTATUS_BITS (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)
#define SIP_BITS (IP_SSIP | IP_STIP | IP_SEIP)
#define COUNTER_TM 2u // the bit of time in hcounteren

// ---- registers that are words of struct h_state

struct h_word {
    u16 offset;
    bool there;
    u32 mask; // the bits that a write keeps
};

// By number: 0x200 to 0x280, and 0x600 to 0x680. A VMM comes here for each register that its guest
// accesses, so it does not search.
#define WORD_AT(csr) [(csr) >> 10 & 1][(csr)&0xff]
#define WORD(name, mask) WORD_AT(CSR_##name) = {offsetof(struct h_state, name), true, mask}
#define BANKED(name, mask) WORD_AT(CSR_v##name) = {offsetof(struct h_state, other.name), true, mask}
#define WORD_LAST 0x80
static const struct h_word words[2][WORD_LAST + 1] = {
    BANKED(sstatus, SSTATUS_BITS),
    BANKED(sscratch, ~0u),
    BANKED(sepc, ~3u),
    BANKED(scause, ~0u),
    BANKED(stval, ~0u),
    BANKED(satp, ~0u),
    WORD(hstatus, HSTATUS_GVA | HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_HU | HSTATUS_VTVM |
                      HSTATUS_VTW | HSTATUS_VTSR),
    WORD(hedeleg, 0xb1ffu),
    WORD(hideleg, IP_VS),
    WORD(hie, IP_VS),
    WORD(hvip, IP_VS),
    WORD(hcounteren, 7),
    WORD(henvcfg, HENVCFG_FIOM),
    WORD(henvcfgh, HENVCFGH_STCE),
    WORD(htval, ~0u),
    WORD(htinst, ~0u),
    WORD(hgatp, 0x9ffffffcu),
};
#undef WORD_AT
#undef WORD
#undef BANKED

static const struct h_word *find_word(u32 number)
{
    if ((number & ~0x4ffu) != 0x200 || (number & 0xff) > WORD_LAST)
        return NULL;
    const struct h_word *word = &words[number >> 10 & 1][number & 0xff];
    return word->there ? word : NULL;
}

static u32 *word_of(const struct h_state *h, const struct h_word *word)
{
    return (u32 *)((u8 *)(uintptr_t)h + word->offset);
}

static u32 low(u64 value)
{
    return (u32)value;
}

static u32 high(u64 value)
{
    return (u32)(value >> 32);
}

static void set_low(u64 *to, u32 value)
{
    *to = (*to & ~(u64)UINT32_MAX) | value;
}

static void set_high(u64 *to, u32 value)
{
    *to = (u64)value << 32 | (u32)*to;
}

// ---- the guest's view of its interrupts: bits that hideleg gives, moved right by 1

static u32 guest_bits(const struct h_state *h, u32 value)
{
    return (value & h->hideleg) >> 1;
}

static void set_guest_bits(const struct h_state *h, u32 *to, u32 value, u32 writable)
{
    u32 mask = h->hideleg & writable;
    *to = (*to & ~mask) | (value << 1 & mask);
}

// ---- registers of the VMM, accessed by itself

bool h_csr_read(const struct h_state *h, u32 number, u64 now, u32 *value)
{
    const struct h_word *word = find_word(number);
    if (word) {
        *value = *word_of(h, word);
        return true;
    }
    switch (number) {
    case CSR_vstvec:
        *value = h->other.stvec;
        return true;
    case CSR_vsie:
        *value = guest_bits(h, h->hie);
        return true;
    case CSR_vsip:
        *value = guest_bits(h, h_pending(h, now));
        return true;
    case CSR_hip:
        *value = h_pending(h, now);
        return true;
    case CSR_vstimecmp:
        *value = low(h->vstimecmp);
        return true;
    case CSR_vstimecmph:
        *value = high(h->vstimecmp);
        return true;
    case CSR_htimedelta:
        *value = low(h->htimedelta);
        return true;
    case CSR_htimedeltah:
        *value = high(h->htimedelta);
        return true;
    case CSR_hgeie:
    case CSR_hgeip:
        *value = 0;
        return true;
    default:
        return false;
    }
}

void h_csr_write(struct h_state *h, u32 number, u32 value)
{
    const struct h_word *word = find_word(number);
    if (word)
        *word_of(h, word) = value & word->mask;
    switch (number) {
    case CSR_vstvec:
        if (!(value & 2))
            h->other.stvec = value;
        break;
    case CSR_vsie:
        set_guest_bits(h, &h->hie, value, IP_VS);
        break;
    case CSR_vsip:
        set_guest_bits(h, &h->hvip, value, IP_VSSIP);
        break;
    case CSR_hip:
        h->hvip = (h->hvip & ~IP_VSSIP) | (value & IP_VSSIP);
        break;
    case CSR_vstimecmp:
        set_low(&h->vstimecmp, value);
        break;
    case CSR_vstimecmph:
        set_high(&h->vstimecmp, value);
        break;
    case CSR_htimedelta:
        set_low(&h->htimedelta, value);
        break;
    case CSR_htimedeltah:
        set_high(&h->htimedelta, value);
        break;
    default:
        break;
    }
}

// ---- who may access what

static bool is_read_only(u32 number)
{
    return (number >> 10 & 3) == 3;
}

static bool is_counter(u32 number)
{
    return (number & 0xf00) == 0xc00;
}

static bool is_hypervisor(u32 number)
{
    return (number >> 8 & 3) == 2; // the least mode in the number: HS
}

static bool is_timer(u32 number)
{
    return number == CSR_stimecmp || number == CSR_stimecmph;
}

static bool counter_is_open(const struct hart_state *s, const struct h_state *h, u32 number)
{
    u32 bit = 1u << (number & 31);
    return (h->hcounteren & bit) && (s->mode == MODE_K || (s->scounteren & bit));
}

// Why a guest may not access this register, which exists. 0: it may.
static u32 guest_refusal(const struct hart_state *s, const struct h_state *h, u32 number)
{
    if (is_counter(number))
        return counter_is_open(s, h, number) ? 0 : CAUSE_VIRTUAL;
    if (is_hypervisor(number) || s->mode == MODE_U)
        return CAUSE_VIRTUAL;
    if (number == CSR_satp && (h->hstatus & HSTATUS_VTVM))
        return CAUSE_VIRTUAL;
    bool timer = (h->hcounteren & COUNTER_TM) && (h->henvcfgh & HENVCFGH_STCE);
    return is_timer(number) && !timer ? CAUSE_VIRTUAL : 0;
}

// Returns true if the register exists. HS without a guest sees all of them.
static bool exists(const struct h_state *h, u32 number)
{
    static const struct hart_state probe = {.mode = MODE_K};
    u32 value;
    if (is_hypervisor(number))
        return h_csr_read(h, number, 0, &value);
    return csr_read(&probe, number, 0, &value);
}

// ---- a guest's accesses to s* registers that are not in the active bank

static bool guest_read(const struct hart_state *s, const struct h_state *h, u32 number, u64 now,
                       u32 *value)
{
    switch (number) {
    case CSR_sie:
        return h_csr_read(h, CSR_vsie, now, value);
    case CSR_sip:
        return h_csr_read(h, CSR_vsip, now, value);
    case CSR_stimecmp:
        return h_csr_read(h, CSR_vstimecmp, now, value);
    case CSR_stimecmph:
        return h_csr_read(h, CSR_vstimecmph, now, value);
    case CSR_time:
        *value = low(now + h->htimedelta);
        return true;
    case CSR_timeh:
        *value = high(now + h->htimedelta);
        return true;
    default:
        return csr_read(s, number, now, value);
    }
}

static void guest_write(struct hart_state *s, struct h_state *h, u32 number, u32 value)
{
    static const struct {
        u16 number, guests;
    } names[] = {
        {CSR_sie, CSR_vsie},
        {CSR_sip, CSR_vsip},
        {CSR_stimecmp, CSR_vstimecmp},
        {CSR_stimecmph, CSR_vstimecmph},
    };
    for (u32 i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number) {
            h_csr_write(h, names[i].guests, value);
            return;
        }
    csr_write(s, number, value);
}

// ---- instructions

static u32 refusal(const struct hart_state *s, const struct h_state *h, u32 number, bool writes)
{
    u32 value;
    if (writes && is_read_only(number))
        return CAUSE_ILLEGAL;
    // With V = 0 the registers that every hart has are accessed as on a hart without the extension.
    if (!s->virt && !is_hypervisor(number))
        return csr_read(s, number, 0, &value) ? 0 : CAUSE_ILLEGAL;
    if (!exists(h, number))
        return CAUSE_ILLEGAL;
    if (s->virt)
        return guest_refusal(s, h, number);
    return s->mode == MODE_K ? 0 : CAUSE_ILLEGAL;
}

static u32 read_any(const struct hart_state *s, const struct h_state *h, u32 number, u64 now)
{
    u32 value = 0;
    // The counters of a guest in VU were checked by guest_refusal; csr_read asks scounteren again.
    if (s->virt)
        guest_read(s, h, number, now, &value);
    else if (is_hypervisor(number))
        h_csr_read(h, number, now, &value);
    else
        csr_read(s, number, now, &value);
    return value;
}

static void write_any(struct hart_state *s, struct h_state *h, u32 number, u32 value)
{
    if (s->virt)
        guest_write(s, h, number, value);
    else if (is_hypervisor(number))
        h_csr_write(h, number, value);
    else
        csr_write(s, number, value);
}

// The new value, by bits 1:0 of funct3: 1 csrrw, 2 csrrs, 3 csrrc.
static u32 combine(u32 funct, u32 old, u32 operand)
{
    switch (funct & 3) {
    case 2:
        return old | operand;
    case 3:
        return old & ~operand;
    default:
        return operand;
    }
}

u32 h_csr_execute(struct hart_state *s, struct h_state *h, u32 word, u64 now, bool *written)
{
    u32 number = word >> 20, rs1 = word >> 15 & 31, rd = word >> 7 & 31;
    bool immediate = word >> 14 & 1;
    u32 cause = refusal(s, h, number, csr_writes(word));
    *written = !cause && csr_writes(word);
    if (cause)
        return cause;
    u32 old = read_any(s, h, number, now);
    // The timer and external bits of sip, hip and vsip are computed, so a write leaves them alone.
    if (*written)
        write_any(s, h, number, combine(word >> 12, old, immediate ? rs1 : s->x[rs1]));
    if (rd)
        s->x[rd] = old;
    return 0;
}

static u32 guest_insn_refusal(const struct hart_state *s, const struct h_state *h, enum insn insn)
{
    u32 control = 0;
    switch (insn) {
    case INSN_sret:
        control = HSTATUS_VTSR;
        break;
    case INSN_wfi:
        control = HSTATUS_VTW;
        break;
    case INSN_sfence_vma:
        control = HSTATUS_VTVM;
        break;
    default:
        return CAUSE_VIRTUAL; // hfence, hlv, hlvx, hsv
    }
    return s->mode == MODE_U || (h->hstatus & control) ? CAUSE_VIRTUAL : 0;
}

u32 h_refuses(const struct hart_state *s, const struct h_state *h, enum insn insn)
{
    static const bool checked[INSN_COUNT] = {
#define INSN(name, pattern, format, profile, mode, ...) [INSN_##name] = IS_CHECKED_##mode,
#define IS_CHECKED_K true
#define IS_CHECKED_U false
#include "isa/isa.def"
#undef INSN
#undef IS_CHECKED_K
#undef IS_CHECKED_U
    };
    if (!checked[insn])
        return 0;
    if (s->virt)
        return guest_insn_refusal(s, h, insn);
    if (s->mode == MODE_K)
        return 0;
    // All other rows that come here are hlv, hlvx and hsv.
    bool fences = insn == INSN_hfence_vvma || insn == INSN_hfence_gvma;
    bool waits = insn == INSN_sret || insn == INSN_wfi || insn == INSN_sfence_vma;
    if (!fences && !waits && (h->hstatus & HSTATUS_HU))
        return 0;
    return CAUSE_ILLEGAL;
}
