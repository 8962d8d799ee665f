// Asking a world: which guests there are, where their symbols lie, and how each guest is doing.
// Read scenarios/world/world.h first; scenarios/world/build.c makes worlds.
// Read next: scenarios/world/input.c.
#include "scenarios/world/world.h"

#include <stdlib.h>
#include <string.h>

void world_free(struct world *w)
{
    if (!w)
        return;
    if (w->native)
        native_free(w->native);
    if (w->machine)
        machine_free(w->machine);
    for (u32 i = 0; i < w->guests && i < WORLD_GUESTS_MAX; i++)
        if (w->guest[i].like == i)
            load_result_free(&w->guest[i].loaded);
    free(w);
}

static int compare_to_name(const void *name, const void *guest)
{
    const struct world_guest *const *g = guest;
    return strcmp(name, (*g)->name);
}

// Reads what vm_path_print prints: "g1.2", or "m" for the machine.
static bool read_path(const char *text, struct vm_path *path)
{
    *path = (struct vm_path){{0}};
    if (!strcmp(text, "m"))
        return true;
    for (unsigned i = 0; i < EVENT_DEPTH && *text == (i ? '.' : 'g'); i++) {
        u32 id = 0;
        for (text++; *text >= '0' && *text <= '9' && id <= UINT16_MAX; text++)
            id = 10 * id + (u32)(*text - '0');
        if (!id || id > UINT16_MAX)
            return false;
        path->id[i] = (u16)id;
    }
    return !*text && path->id[0];
}

int world_guest_find(const struct world *w, const char *name)
{
    struct vm_path path;
    const struct world_guest *const *found =
        bsearch(name, w->by_name, w->guests, sizeof w->by_name[0], compare_to_name);
    if (found)
        return (int)(*found - w->guest);
    return read_path(name, &path) ? world_guest_at(w, &path) : -1;
}

int world_guest_at(const struct world *w, const struct vm_path *path)
{
    u32 found = vm_index_find(&w->by_path, path);
    return found < w->guests ? (int)found : -1;
}

bool world_symbol(const struct world_guest *g, const char *name, gva *address)
{
    return symbols_find(&g->loaded.symbols, name, address);
}

bool world_line(struct world *w, u32 guest, gva address, const char **file, u32 *line)
{
    struct world_guest *owner = &w->guest[w->guest[guest].like];
    return lines_find(&owner->loaded.lines, address, file, line);
}

static struct guest_end bare_end(struct world *w)
{
    static const enum vm_state states[] = {[POWER_ON] = VM_RUNNING,
                                           [POWER_OFF] = VM_OFF,
                                           [POWER_FAILED] = VM_FAILED,
                                           [POWER_REBOOT] = VM_OFF};
    struct guest_end end = {0};
    end.state = states[machine_power(w->machine, &end.code)];
    end.wants_reboot = machine_power(w->machine, NULL) == POWER_REBOOT;
    end.stuck = machine_stuck(w->machine, &end.pc);
    if (end.state == VM_RUNNING && end.stuck != STUCK_NOT)
        end.state = VM_STUCK;
    return end;
}

static bool is_over(enum vm_state state)
{
    return state == VM_OFF || state == VM_FAILED || state == VM_STUCK;
}

struct guest_end world_guest_end(struct world *w, u32 guest)
{
    if (!w->depth)
        return bare_end(w);
    struct guest_end end = {.state = VM_RUNNING};
    u32 inside = w->guest[guest].inside;
    struct observed_vm vm;
    struct observed_vcpu v;
    if (observe_vm(w->machine, &w->guest[guest].path, &vm)) {
        end.state = vm.state;
        end.code = vm.power_code;
        end.wants_reboot = vm.wants_reboot;
    }
    if (observe_vcpu(w->machine, &w->guest[guest].path, 0, &v))
        end.pc = v.state.pc;
    if (!is_over(end.state) && inside && world_guest_is_over(w, inside - 1))
        end.state = VM_FAILED;
    return end;
}

bool world_guest_is_over(struct world *w, u32 guest)
{
    return is_over(world_guest_end(w, guest).state);
}
