// The interrupt controller of plic.h: registers are found by a table of ranges. Read next:
// virtio.c.
#include "isa/board/plic.h"

static u32 bit(u32 source)
{
    return 1u << (source % 32);
}

static bool is_enabled(const struct plic *p, u32 hart, u32 source)
{
    return p->enabled[hart][source / 32] & bit(source);
}

// Forwards the line as a request, unless an earlier request is still in somebody's hands.
static void gateway(struct plic *p, u32 source)
{
    u32 word = source / 32;
    if ((p->line[word] & ~p->busy[word]) & bit(source)) {
        p->pending[word] |= bit(source);
        p->busy[word] |= bit(source);
    }
}

void plic_line(struct plic *p, u32 source, bool high)
{
    if (high)
        p->line[source / 32] |= bit(source);
    else
        p->line[source / 32] &= ~bit(source);
    gateway(p, source);
}

// The source with the highest priority above `floor` that is pending and enabled; the lowest number
// among equals. 0: none.
static u32 best(const struct plic *p, u32 hart, u32 floor)
{
    u32 found = 0;
    for (u32 word = 0; word < PLIC_WORDS; word++) {
        if (!(p->pending[word] & p->enabled[hart][word]))
            continue;
        for (u32 source = word * 32; source < (word + 1) * 32; source++)
            if ((p->pending[word] & bit(source)) && is_enabled(p, hart, source) &&
                p->priority[source] > floor) {
                found = source;
                floor = p->priority[source];
            }
    }
    return found;
}

bool plic_external(const struct plic *p, u32 hart)
{
    return best(p, hart, p->threshold[hart]) != 0;
}

static u32 claim(struct plic *p, u32 hart)
{
    u32 source = best(p, hart, 0);
    p->pending[source / 32] &= ~bit(source);
    return source;
}

static void complete(struct plic *p, u32 hart, u32 source)
{
    if (source == 0 || source >= PLIC_SOURCES || !is_enabled(p, hart, source))
        return;
    if (p->pending[source / 32] & bit(source))
        return; // it was not claimed
    p->busy[source / 32] &= ~bit(source);
    gateway(p, source);
}

void plic_reset(struct plic *p)
{
    *p = (struct plic){0};
}

// Where an offset leads: which register, and the source, word or hart it is of.
enum plic_register { REG_NONE, REG_PRIORITY, REG_PENDING, REG_ENABLE, REG_THRESHOLD, REG_CLAIM };
struct place {
    enum plic_register reg;
    u32 hart, index;
};

#define ENABLE_AT 0x002000u
#define ENABLE_EACH 0x80u
#define CONTEXT_AT 0x200000u
#define CONTEXT_EACH 0x1000u
#define CONTEXTS (2 * PLIC_HARTS)

static struct place find(u32 offset)
{
    struct place none = {REG_NONE, 0, 0};
    if (offset < PLIC_SOURCES * 4)
        return (struct place){REG_PRIORITY, 0, offset / 4};
    if (offset >= 0x1000 && offset < 0x1000 + PLIC_WORDS * 4)
        return (struct place){REG_PENDING, 0, (offset - 0x1000) / 4};
    if (offset >= ENABLE_AT && offset < ENABLE_AT + CONTEXTS * ENABLE_EACH) {
        u32 context = (offset - ENABLE_AT) / ENABLE_EACH, word = offset % ENABLE_EACH / 4;
        return context % 2 && word < PLIC_WORDS ? (struct place){REG_ENABLE, context / 2, word}
                                                : none;
    }
    if (offset >= CONTEXT_AT && offset < CONTEXT_AT + CONTEXTS * CONTEXT_EACH) {
        u32 context = (offset - CONTEXT_AT) / CONTEXT_EACH, reg = offset % CONTEXT_EACH;
        if (context % 2 && reg <= 4)
            return (struct place){reg ? REG_CLAIM : REG_THRESHOLD, context / 2, 0};
    }
    return none;
}

bool plic_load(struct plic *p, u32 offset, u32 size, u32 *value)
{
    if (size != 4)
        return false;
    struct place at = find(offset);
    switch (at.reg) {
    case REG_NONE:
        *value = 0;
        break;
    case REG_PRIORITY:
        *value = p->priority[at.index];
        break;
    case REG_PENDING:
        *value = p->pending[at.index];
        break;
    case REG_ENABLE:
        *value = p->enabled[at.hart][at.index];
        break;
    case REG_THRESHOLD:
        *value = p->threshold[at.hart];
        break;
    case REG_CLAIM:
        *value = claim(p, at.hart);
        break;
    }
    return true;
}

bool plic_store(struct plic *p, u32 offset, u32 size, u32 value)
{
    if (size != 4)
        return false;
    struct place at = find(offset);
    switch (at.reg) {
    case REG_NONE:
    case REG_PENDING:
        break;
    case REG_PRIORITY:
        p->priority[at.index] = at.index ? value & 7 : 0;
        break;
    case REG_ENABLE:
        p->enabled[at.hart][at.index] = at.index ? value : value & ~1u;
        break;
    case REG_THRESHOLD:
        p->threshold[at.hart] = value & 7;
        break;
    case REG_CLAIM:
        complete(p, at.hart, value);
        break;
    }
    return true;
}
