// A list of places, searched from its end: what was drawn last lies on top. Read
// ui/terminal/target.h first.
#include "ui/terminal/target.h"

#include <stdlib.h>

#define TARGETS_MOST 65536u // of one screen

void area_target(const struct area *a, int row, int column, int columns, enum target_kind kind,
                 u64 value)
{
    struct cells *c = a->grid;
    if (row < 0 || row >= a->rows || column < 0 || column >= a->columns || !c->at)
        return;
    if (c->targets == c->target_room) {
        u32 room = c->target_room ? 2 * c->target_room : 256;
        struct target *target =
            room <= TARGETS_MOST ? realloc(c->target, room * sizeof *target) : NULL;
        if (!target)
            return;
        c->target = target;
        c->target_room = room;
    }
    if (columns > a->columns - column)
        columns = a->columns - column;
    c->target[c->targets++] =
        (struct target){a->row + row, a->column + column, columns, kind, value};
}

const struct target *cells_target(const struct cells *c, int row, int column)
{
    for (u32 i = c->targets; i-- > 0;) {
        const struct target *t = &c->target[i];
        if (t->row == row && column >= t->column && column < t->column + t->columns)
            return t;
    }
    return NULL;
}
