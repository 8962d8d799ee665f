// Typing at a guest. A VMM that is guest code and has several guests must be told for whom its
// input is (CONSOLE_CHOOSE, hypervisor/config.h). If that VMM is inside another one, what it is
// told comes through the other one, which must be told, too:
//
//      for g1.2.3     RS 3 l s \n                what the VMM in g1.2 gets
//                     RS 2 RS RS 3 l s \n        what the VMM in g1 gets, and passes on to g1.2
// Read next: scenarios/world/edit.h.
#include "scenarios/world/world.h"

#include <stdlib.h>
#include <string.h>

struct text {
    u8 *bytes;
    size_t count;
};

static u32 children_of(const struct world *w, u32 inside)
{
    u32 count = 0;
    for (u32 i = 0; i < w->guests; i++)
        count += w->guest[i].inside == inside;
    return count;
}

// Puts the choice of this guest before the text, and doubles every CONSOLE_CHOOSE in the text.
static bool address(struct text *t, u16 id)
{
    u8 *bytes = malloc(2 * t->count + 2);
    size_t n = 0;
    if (!bytes)
        return false;
    bytes[n++] = CONSOLE_CHOOSE;
    bytes[n++] = (u8)id;
    for (size_t i = 0; i < t->count; i++) {
        if (t->bytes[i] == CONSOLE_CHOOSE)
            bytes[n++] = CONSOLE_CHOOSE;
        bytes[n++] = t->bytes[i];
    }
    free(t->bytes);
    *t = (struct text){bytes, n};
    return true;
}

// Returns true if the VMM that has this guest must be told for which guest its input is.
static bool is_chosen(const struct world *w, const struct world_guest *g)
{
    bool t32 = g->inside || w->t32;
    return t32 && children_of(w, g->inside) > 1;
}

// Adds the choices of all VMMs on the way to the guest. The innermost VMM is the first.
static bool address_all(const struct world *w, const struct world_guest *g, struct text *t)
{
    for (u32 level = vm_path_length(&g->path); level-- > 0; g = &w->guest[g->inside - 1]) {
        if (is_chosen(w, g) && !address(t, g->path.id[level]))
            return false;
        if (!g->inside)
            break;
    }
    return true;
}

size_t world_typed_size(const struct world *w, u32 guest, const void *bytes, size_t count)
{
    const struct world_guest *g = &w->guest[guest];
    size_t chooses = 0; // how many bytes are CONSOLE_CHOOSE
    for (size_t i = 0; i < count; i++)
        chooses += ((const u8 *)bytes)[i] == CONSOLE_CHOOSE;
    for (u32 level = vm_path_length(&g->path); level-- > 0; g = &w->guest[g->inside - 1]) {
        if (is_chosen(w, g)) {
            count += chooses + 2;
            chooses = 2 * chooses + 1 + ((u8)g->path.id[level] == CONSOLE_CHOOSE);
        }
        if (!g->inside)
            break;
    }
    return count;
}

bool world_type(struct world *w, u32 guest, const void *bytes, size_t count)
{
    const struct world_guest *g = &w->guest[guest];
    struct text t = {malloc(count ? count : 1), count};
    bool addressed = t.bytes != NULL;
    if (addressed) {
        memcpy(t.bytes, bytes, count);
        addressed = address_all(w, g, &t) && machine_input(w->machine, g->unit, t.bytes, t.count);
    }
    free(t.bytes);
    return addressed;
}
