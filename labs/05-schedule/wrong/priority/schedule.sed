/^static mpa take_next/,/^}/c\
static mpa take_next(struct turn *t)\
{\
    mpa best = t->vmm->ready_first;\
    for (mpa at = best; at; at = gang_at(t, at)->next)\
        if (gang_at(t, at)->weight > gang_at(t, best)->weight)\
            best = at;\
    if (best)\
        ready_remove(t, best);\
    if (best && !has_credit(gang_at(t, best)))\
        pay_all(t);\
    return best;\
}
