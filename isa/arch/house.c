// What the twelve instructions of a house do: the draw, and a line for each rule of isa/house.def.
// Read isa/arch/house.h first.
// Read next: isa/board/board.h.
#include "isa/arch/house.h"
#include "isa/match.h"

struct decoded house_decode(u32 word, u32 profile)
{
    struct decoded d = {.word = word, .insn = INSN_ILLEGAL};
    for (enum insn insn = INSN_house0; (profile & ISA_HOUSE) && house_has(insn); insn++)
        if (isa_is(word, insn))
            d = (struct decoded){.word = word,
                                 .insn = (u8)insn,
                                 .rd = word >> 7 & 31,
                                 .rs1 = word >> 15 & 31,
                                 .rs2 = word >> 20 & 31};
    return d;
}

// ---- the draw

enum house_group { COMPUTE, REFUSE, K_ALONE, PRIVATE, HOLE, RESOURCE, GROUPS };
enum rule_mode { RULE_NONE, RULE_K, RULE_U };

static const struct {
    u8 group, mode, class;
} rules[HOUSE_RULES] = {
#define HOUSE(name, group, mode, class, meaning) [HOUSE_##name] = {group, RULE_##mode, ISA_##class},
#include "isa/house.def"
#undef HOUSE
};

// How many instructions of a machine have a rule of each group: twelve in all.
static const u8 wanted[GROUPS] = {
    [COMPUTE] = 3, [REFUSE] = 1, [K_ALONE] = 1, [PRIVATE] = 2, [HOLE] = 4, [RESOURCE] = 1,
};

// Xorshift (G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003).
static u32 next(u32 *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

// Draws the rules of one group: neighbours among its rows, from a random row on. Returns how many
// rules the list has now.
static u32 draw_group(u32 *random, u32 group, u8 *list, u32 count)
{
    u32 first = 0, rows = 0;
    while (rules[first].group != group)
        first++;
    while (first + rows < HOUSE_RULES && rules[first + rows].group == group)
        rows++;
    u32 start = next(random) % rows;
    for (u32 i = 0; i < wanted[group]; i++)
        list[count++] = (u8)(first + (start + i) % rows);
    return count;
}

struct house_drawn house_draw(u32 profile, enum insn insn)
{
    u8 list[HOUSE_INSTRUCTIONS];
    u32 index = insn - INSN_house0, count = 0;
    // Neighbouring seeds differ in few bits. The product spreads them over the word, and xorshift
    // needs a start that is not 0.
    u32 random = ((profile >> 16) + 1) * 0x9e3779b1u;
    for (u32 group = 0; group < GROUPS; group++)
        count = draw_group(&random, group, list, count);
    for (u32 i = HOUSE_INSTRUCTIONS - 1; i > 0; i--) { // the shuffle of Fisher and Yates
        u32 j = next(&random) % (i + 1);
        u8 rule = list[i];
        list[i] = list[j];
        list[j] = rule;
    }
    for (u32 i = 0; i <= index; i++) // each instruction has numbers of its own
        next(&random);
    u8 rule = list[index], mode = rules[rule].mode;
    bool mended = profile & HOUSE_MENDED(index);
    // What tells the modes apart has nothing to tell if it executes in K alone.
    bool quiet = mended && (rule == HOUSE_mode || rule == HOUSE_rare_mode);
    return (struct house_drawn){
        .rule = rule,
        .bit = (u8)(1 + (random >> 8) % 31),
        .class = quiet ? ISA_INNOCUOUS : rules[rule].class,
        .in_u = mode == RULE_U && !mended,
        .in_k = mode != RULE_NONE,
        .constant = next(&random) | 1,
    };
}

// ---- the rules

static u32 rotate(u32 value, u32 by)
{
    return value << by | value >> (32 - by);
}

static void set_sum(struct hart_state *h, bool on)
{
    h->sstatus = (h->sstatus & ~SSTATUS_SUM) | (on ? SSTATUS_SUM : 0);
}

// What goes to rd. A rule that has no result leaves rd as it is.
static u32 result_of(const struct hart_state *h, struct decoded d, struct house_drawn drawn,
                     u64 now)
{
    u32 a = h->x[d.rs1], b = h->x[d.rs2], c = drawn.constant, n = drawn.bit;
    bool in_k = h->mode == MODE_K;
    switch ((enum house_rule)drawn.rule) {
    case HOUSE_rotate:
        return rotate(a, n) + b;
    case HOUSE_mix:
        return (a ^ c) - b;
    case HOUSE_bit:
        return a >> n & 1;
    case HOUSE_constant:
        return c;
    case HOUSE_multiply:
        return a * c + b;
    case HOUSE_k_rotate:
        return rotate(a, n) ^ b;
    case HOUSE_k_multiply:
        return (a + b) * c;
    case HOUSE_k_show:
    case HOUSE_show:
        return h->sscratch ^ c;
    case HOUSE_mode:
        return in_k ? a : b;
    case HOUSE_rare_mode:
        return !in_k && (a >> n & 1) ? a ^ c : a;
    case HOUSE_show_status:
        return rotate(h->sstatus, n);
    case HOUSE_show_cause:
        return h->scause + a;
    case HOUSE_leave:
        return a + c;
    case HOUSE_clock:
        return (u32)now ^ c;
    case HOUSE_progress:
        return (u32)h->retired + a;
    case HOUSE_refuse:
    case HOUSE_k_keep:
    case HOUSE_k_open:
    case HOUSE_drop_keep:
    case HOUSE_drop_open:
    case HOUSE_RULES:
        break;
    }
    return h->x[d.rd];
}

// What else a rule changes. It does so in K alone: in U the rules of the group HOLE drop it
// silently, and the others have trapped.
static void change_private(struct hart_state *h, struct decoded d, struct house_drawn drawn)
{
    u32 a = h->x[d.rs1];
    switch (drawn.rule) {
    case HOUSE_k_keep:
    case HOUSE_drop_keep:
        h->sscratch = a + drawn.constant;
        break;
    case HOUSE_k_open:
    case HOUSE_drop_open:
        set_sum(h, a >> drawn.bit & 1);
        break;
    case HOUSE_leave:
        h->mode = MODE_U;
        break;
    }
}

bool house_execute(struct hart_state *h, struct decoded d, u32 profile, u64 now)
{
    struct house_drawn drawn = house_draw(profile, d.insn);
    if (!(h->mode == MODE_K ? drawn.in_k : drawn.in_u))
        return false;
    u32 result = result_of(h, d, drawn, now);
    if (h->mode == MODE_K)
        change_private(h, d, drawn);
    if (d.rd)
        h->x[d.rd] = result;
    return true;
}
