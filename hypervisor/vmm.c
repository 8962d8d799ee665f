// The outer loop: turn after turn, for ever. A turn chooses a VCPU and runs it:
//
//      input? -> schedule_pick: a gang -> gang_choose: its VCPU -> vcpu_run -> charge, end or wait
//
// A guest with one VCPU is one gang with one VCPU, so on a first reading you may take a gang for
// a VCPU.
// Read next: hypervisor/vcpu.c.
#include "hypervisor/vmm.h"
#include "hypervisor/clock.h"
#include "hypervisor/device.h"
#include "hypervisor/gang.h"
#include "hypervisor/life.h"
#include "hypervisor/schedule.h"
#include "hypervisor/technique.h"
#include "hypervisor/stuck.h"
#include "hypervisor/vcpu.h"

// Console input has come, and the hardware does not say for which VM. So each VM asks for its
// own input, and VCPUs that waited for input wake up.
static void take_input(struct turn *t)
{
    for (mpa at = t->vmm->first_vm; at; at = t->vm->next) {
        turn_take_vm(t, at);
        if (t->vm->life != LIFE_ON)
            continue;
        turn_choose(t, 0);
        device_input(t);
        gang_wake_all(t);
    }
}

static void wait_until(struct turn *t, u64 until)
{
    turn_tell(t, EVENT_BLOCK, 0, 0);
    schedule_wait(t, until);
}

// Finds the VCPU to run. Returns false if the gang has none: it waits now, or its VM has ended.
static bool choose_vcpu(struct turn *t)
{
    u64 until;
    enum round_state state = gang_choose(t, &until);
    if (state == ROUND_RUN)
        return true;
    // Each VCPU of the VM has stopped itself, and only another VCPU of the VM could start it again.
    if (state == ROUND_EMPTY && stuck_all_stopped(t)) {
        t->vm->life = LIFE_STUCK;
        life_end(t);
        return false;
    }
    wait_until(t, until);
    // The VM sleeps until somebody types, which may never happen. Other VMs can use its memory
    // meanwhile.
    if (until == FOREVER && t->vm->gang_count == 1)
        t->technique->free(t, t->vm);
    return false;
}

// Tells observers that a VCPU gets the hart, if another VCPU had it before. Observers find the
// VCPU's present mode by the address of its record.
static void tell_schedule(struct turn *t)
{
    struct hart_slot *slot = t->slot;
    mpa vcpu = vcpu_address(t->vm, t->vcpu);
    if (slot->vcpu == vcpu)
        return;
    slot->vcpu = vcpu;
    struct note note = turn_note(t, EVENT_SCHEDULE);
    note.addr = vcpu;
    hw_note(t->hw, &note);
}

// To be called after the VCPU has run: its gang pays for the time, and the scheduler learns what
// happened to its VM.
static void settle(struct turn *t, enum run_end end)
{
    // A gang pays even if it ends or waits now. Otherwise a guest could use its time and then
    // escape payment by `wfi`.
    schedule_charge(t, clock_stop(t));
    if (end == RUN_OFF)
        life_end(t);
    else if (end == RUN_BLOCKED)
        wait_until(t, FOREVER);
    else if (t->vm->gang_count > 1)
        gang_wake_all(t); // the VCPU may have given others of its VM a reason to run
}

// Chooses a VCPU and runs it. Returns false if there is no VCPU to run.
static bool begin(struct turn *t, enum run_end *end)
{
    if (hw_input_came(t->hw))
        take_input(t);
    mpa gang = schedule_pick(t);
    // Every gang waits. The hart sleeps until the first of them is due, or an interrupt comes.
    if (!gang) {
        hw_idle(t->hw, schedule_due(t));
        return false;
    }
    turn_take_gang(t, gang);
    if (!choose_vcpu(t))
        return false;
    tell_schedule(t);
    t->since = t->slot->since;
    *end = vcpu_run(t, t->slot->slice);
    return true;
}

// Goes on with a turn that was paused. The choice of gang and VCPU was made before the pause.
static enum run_end go_on(struct turn *t)
{
    struct hart_slot *slot = t->slot;
    turn_take_gang(t, slot->gang);
    turn_choose(t, (slot->vcpu - t->vm->vcpus_at) / (u32)sizeof(struct vcpu));
    t->since = slot->since;
    return vcpu_go_on(t);
}

void vmm_turn(struct hw *hw, mpa vmm_at)
{
    struct turn t = turn_new(hw, hw_page(hw, vmm_at));
    enum run_end end;
    if (t.slot->paused.rest)
        end = go_on(&t);
    else if (!begin(&t, &end))
        return;
    if (end != RUN_PAUSED)
        settle(&t, end);
}
