/^static mpa take_next/,/^}/c\
static mpa take_next(struct turn *t)\
{\
    mpa gang = ready_take(t, has_credit);\
    bool all_used = true; // a new period begins when every gang has used its credit\
    for (mpa at = t->vmm->first_vm; at; at = ((struct vm *)hw_page(t->hw, at))->next)\
        all_used = all_used && !has_credit(gang_at(t, gang_address(at, 0)));\
    while (!gang && t->vmm->ready_first && all_used) {\
        pay_all(t);\
        gang = ready_take(t, has_credit);\
    }\
    return gang;\
}
