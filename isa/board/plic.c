// The interrupt controller of plic.h: gateways, the choice of the best request, and the registers.
// Read next: isa/board/virtio.h.
#include "isa/board/plic.h"

static u32 bit(u32 source)
{
    return 1u << (source % 32);
}

static bool is_enabled(const struct plic *p, u32 hart, u32 source)
{
    return p->enabled[hart][source / 32] & bit(source);
}

// Forwards the line as a request, unless an earlier request of this source was not completed yet.
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

// Among the sources that are pending and enabled for the hart, the one with the highest priority
// above `floor`. Of equal priorities the lowest number wins. 0: there is none.
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
    u32 source = best(p, hart, 0); // claiming ignores the threshold
    p->pending[source / 32] &= ~bit(source);
    return source;
}

static void complete(struct plic *p, u32 hart, u32 source)
{
    if (source == 0 || source >= PLIC_SOURCES || !is_enabled(p, hart, source))
        return;
    if (p->pending[source / 32] & bit(source))
        return; // it is requested, and nobody claimed it yet
    p->busy[source / 32] &= ~bit(source);
    gateway(p, source);
}

void plic_reset(struct plic *p)
{
    *p = (struct plic){0};
}

// What an offset in the window names: a register, and the source or word, and the hart it is of.
enum plic_register { REG_NONE, REG_PRIORITY, REG_PENDING, REG_ENABLE, REG_THRESHOLD, REG_CLAIM };
struct location {
    enum plic_register reg;
    u32 hart, index;
};

// Even contexts would be machine modes, which T32 lacks.
static bool is_mode_k(u32 context)
{
    return context % 2 == 1;
}

static struct location locate(u32 offset)
{
    struct location none = {REG_NONE, 0, 0};
    if (offset < PLIC_PRIORITY + PLIC_SOURCES * 4)
        return (struct location){REG_PRIORITY, 0, offset / 4};
    if (offset >= PLIC_PENDING && offset < PLIC_PENDING + PLIC_WORDS * 4)
        return (struct location){REG_PENDING, 0, (offset - PLIC_PENDING) / 4};
    if (offset >= PLIC_ENABLE && offset < PLIC_ENABLE + PLIC_CONTEXTS * PLIC_ENABLE_EACH) {
        u32 context = (offset - PLIC_ENABLE) / PLIC_ENABLE_EACH;
        u32 word = offset % PLIC_ENABLE_EACH / 4;
        bool exists = is_mode_k(context) && word < PLIC_WORDS;
        return exists ? (struct location){REG_ENABLE, context / 2, word} : none;
    }
    if (offset >= PLIC_CONTEXT && offset < PLIC_CONTEXT + PLIC_CONTEXTS * PLIC_CONTEXT_EACH) {
        u32 context = (offset - PLIC_CONTEXT) / PLIC_CONTEXT_EACH;
        u32 reg = offset % PLIC_CONTEXT_EACH;
        if (is_mode_k(context) && reg == PLIC_THRESHOLD)
            return (struct location){REG_THRESHOLD, context / 2, 0};
        if (is_mode_k(context) && reg == PLIC_CLAIM)
            return (struct location){REG_CLAIM, context / 2, 0};
    }
    return none;
}

bool plic_load(struct plic *p, u32 offset, u32 size, u32 *value)
{
    if (size != 4)
        return false;
    struct location at = locate(offset);
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
    struct location at = locate(offset);
    switch (at.reg) {
    case REG_NONE:
    case REG_PENDING:
        break;
    case REG_PRIORITY:
        p->priority[at.index] = at.index ? value & 7 : 0;
        break;
    case REG_ENABLE:
        p->enabled[at.hart][at.index] = at.index ? value : value & ~1u; // source 0 does not exist
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
