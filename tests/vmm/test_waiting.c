// Gangs that wait for a time: the first to be due is the first, whatever comes and goes.
#include "hypervisor/schedule.h"
#include "hypervisor/waiting.h"
#include "tests/vmm/fake_hw.h"

#define GUESTS 4u
#define GANGS (GUESTS * HARTS_MAX) // the records are there, whether they are in use or not

struct model {
    struct fake *f;
    mpa at[GANGS];
    bool in[GANGS];
};

static struct model new_model(void)
{
    struct model m = {.f = fake_new(&(struct fake_plan){.guests = GUESTS})};
    for (u32 i = 0; i < GANGS; i++)
        m.at[i] = gang_address(fake_vm_at(m.f, i / HARTS_MAX + 1), i % HARTS_MAX);
    return m;
}

static struct gang *gang_of(const struct model *m, u32 i)
{
    return &fake_vm(m->f, i / HARTS_MAX + 1)->gangs[i % HARTS_MAX];
}

static mpa first_of(const struct model *m)
{
    u32 first = GANGS;
    for (u32 i = 0; i < GANGS; i++)
        if (m->in[i] && (first == GANGS || gang_of(m, i)->wake < gang_of(m, first)->wake))
            first = i;
    return first == GANGS ? 0 : m->at[first];
}

static void toggle(struct model *m, u32 i, u64 wake)
{
    struct turn t = fake_new_turn(m->f);
    if (m->in[i]) {
        waiting_remove(&t, m->at[i]);
    } else {
        gang_of(m, i)->wake = wake;
        waiting_insert(&t, m->at[i]);
    }
    m->in[i] = !m->in[i];
}

static void whoever_comes_and_goes_the_first_is_first(void)
{
    struct model m = new_model();
    u32 random = 1;
    for (u32 i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        toggle(&m, (random >> 8) % GANGS, (random >> 16) % 40); // some are due at the same time
        CU_ASSERT_EQUAL_FATAL(fake_vmm(m.f)->waiting, first_of(&m));
    }
    fake_free(m.f);
}

static void they_come_out_in_order(void)
{
    struct model m = new_model();
    for (u32 i = 0; i < GANGS; i++)
        toggle(&m, i * 13 % GANGS, i * 29 % GANGS * 1000);
    for (u32 i = 0; i < GANGS; i++) {
        mpa first = fake_vmm(m.f)->waiting;
        CU_ASSERT_EQUAL(first, first_of(&m));
        for (u32 k = 0; k < GANGS; k++)
            if (m.at[k] == first)
                toggle(&m, k, 0);
    }
    CU_ASSERT_EQUAL(fake_vmm(m.f)->waiting, 0);
    fake_free(m.f);
}

const struct suite suite_waiting = {
    "vmm waiting",
    (const struct test[]){
        {"whoever comes and goes, the first is first", whoever_comes_and_goes_the_first_is_first},
        {"they come out in order", they_come_out_in_order},
        {0},
    },
};
