s/mpa gang = ready_take(t, has_credit)/mpa gang = ready_take(t, NULL)/
s/return (u32)g->credit < quantum ?.*/return quantum * g->weight \/ 100;/
