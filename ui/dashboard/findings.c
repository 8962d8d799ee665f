// The list of what was found. Read ui/dashboard/findings.h first.
#include "ui/dashboard/findings.h"

#include <string.h>

void findings_add(struct findings *f, const struct finding *row)
{
    // When the list is full, its older half is dropped. To move the whole list for each new row
    // would take too long.
    if (f->count == FINDINGS_MOST) {
        f->count = FINDINGS_MOST / 2;
        memmove(f->row, f->row + FINDINGS_MOST / 2, f->count * sizeof f->row[0]);
    }
    f->row[f->count++] = *row;
    f->total++;
}

void findings_keep_last(struct findings *f)
{
    if (!f->count)
        return;
    f->row[0] = f->row[f->count - 1];
    f->count = 1;
    f->total = 1;
}

const struct finding *findings_before(const struct findings *f, u32 generation, u64 steps)
{
    for (u32 i = f->count; i-- > 0;) {
        const struct finding *row = &f->row[i];
        if (row->generation < generation || (row->generation == generation && row->steps < steps))
            return row;
    }
    return NULL;
}
