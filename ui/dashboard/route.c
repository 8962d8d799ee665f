// Following an exit through the log. Read ui/dashboard/route.h first.
#include "ui/dashboard/route.h"

#include <stdio.h>
#include <string.h>

#define FOLLOW_MOST 4096u // rows after an exit that are searched for its end

static bool is_above(const struct vm_path *vmm, const struct vm_path *guest)
{
    unsigned depth = vm_path_length(vmm);
    return depth && depth < vm_path_length(guest) &&
           !memcmp(vmm->id, guest->id, depth * sizeof vmm->id[0]);
}

static void add_station(struct route *route, const struct trap_row *row)
{
    u32 i = 0;
    while (i < route->stations && !vm_path_equal(&route->station[i].path, &row->path))
        i++;
    struct station *s = &route->station[i];
    if (i == route->stations) {
        *s = (struct station){.path = row->path, .first = row->number};
        route->stations++;
    }
    s->exits++;
    s->cost += row->cost;
    route->cost += row->cost;
}

// Returns true if the guest runs again after `next`, an exit of a VMM above it. If that VMM is
// directly above the guest and directly below the machine's VMM, its sret can only enter one of
// its guests. It enters this one, unless the VMM has told that it switched to another.
static bool resumes(const struct trap_row *next, const struct trap_row *row)
{
    bool told = trap_row_verdict(row) != EVENT_EXIT &&
                (!row->switched || vm_path_equal(&row->next, &row->path));
    return told && next->class == TRAP_SRET && next->outcome == EVENT_EMULATE &&
           vm_path_length(&next->path) == 1 && vm_path_length(&row->path) == 2 &&
           is_above(&next->path, &row->path);
}

void route_find(const struct traplog *log, const struct trap_row *row, struct route *route)
{
    *route = (struct route){.cost = row->cost,
                            .last = row->number,
                            .back = row->outcome != EVENT_EXIT && row->outcome != EVENT_REFLECT};
    for (u64 n = row->number + 1; n <= row->number + FOLLOW_MOST && !route->back; n++) {
        const struct trap_row *next = traplog_row(log, n);
        if (!next)
            return;
        if (next->hart != row->hart || next->kind != EVENT_EXIT)
            continue;
        route->last = n;
        route->back = vm_path_equal(&next->path, &row->path);
        if (is_above(&next->path, &row->path))
            add_station(route, next);
        route->back |= resumes(next, row);
    }
}

bool route_has_ended(const struct traplog *log, const struct trap_row *row, u64 *steps)
{
    const struct trap_row *last;
    struct route route;
    *steps = row->ended;
    if (!trap_row_is_deep(row))
        return trap_row_verdict(row) != EVENT_EXIT;
    route_find(log, row, &route);
    last = traplog_row(log, route.last);
    if (!route.back || !last)
        return false;
    // The guest's own next exit shows that the guest ran again. What is done about that exit
    // belongs to another route.
    bool next_exit = last != row && vm_path_equal(&last->path, &row->path);
    *steps = next_exit ? last->steps : last->ended;
    return true;
}

const char *route_print(const struct route *route, const struct trap_row *row, char *to)
{
    enum { SIZE = 64 };
    unsigned depth = vm_path_length(&row->path);
    int n = snprintf(to, SIZE, "%u", depth);
    for (u32 i = 0; i < route->stations; i++)
        n += snprintf(to + n, (size_t)(SIZE - n), ">0>%u", vm_path_length(&route->station[i].path));
    if (route->back)
        snprintf(to + n, (size_t)(SIZE - n), ">0>%u", depth);
    else
        snprintf(to + n, (size_t)(SIZE - n), ">…");
    return to;
}
