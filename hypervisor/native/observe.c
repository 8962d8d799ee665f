// Looking in from outside, level by level. A VMM's records name everything in the VMM's own
// physical addresses. So a window, that is the memory maps that lead from the machine to a VM, is
// all that is needed to go one level down. Every number is checked before it is used, since it may
// be hostile.
// Read next: hypervisor/native/window.h.
#include "hypervisor/native/observe.h"
#include "hypervisor/native/window.h"
#include "sim/state/hash.h"

#include <stddef.h>
#include <string.h>

// More VMs than any VMM has. A hostile list may lead in circles, and ends here.
#define VMS_MAX 4096u

static const char *const state_names[VM_STATES] = {"RUN", "RDY", "WFI", "OFF", "FAIL", "STUCK"};

const char *vm_state_name(unsigned state)
{
    return state < VM_STATES ? state_names[state] : "?";
}

// ---- records

// A VM as its VMM keeps it, and the way to its memory.
struct found {
    struct vm_path path;
    struct window host;   // the memory of the VMM that runs it
    struct window window; // its own
    struct vmm vmm;
    struct vm vm;
    struct vcpu vcpus[HARTS_MAX]; // the first vm.vcpu_count
};

static bool read_vmm(struct machine *m, const struct window *host, gpa at, struct vmm *vmm)
{
    return at && window_read(m, host, at, vmm, sizeof *vmm) && vmm->magic == VMM_MAGIC &&
           vmm->version == VMM_VERSION;
}

static bool read_vm(struct machine *m, struct found *f, gpa at)
{
    if (!window_read(m, &f->host, at, &f->vm, sizeof f->vm))
        return false;
    f->vm.name[GUEST_NAME - 1] = 0;
    return f->vm.vcpu_count >= 1 && f->vm.vcpu_count <= HARTS_MAX &&
           f->vm.gang_count <= HARTS_MAX &&
           window_read(m, &f->host, f->vm.vcpus_at, f->vcpus,
                       f->vm.vcpu_count * (u32)sizeof *f->vcpus) &&
           window_inside(&f->host, &f->vm, &f->window);
}

// The VMM that runs in a VM ({}: on the machine), whose memory is `host`.
static bool find_vmm(struct machine *m, const struct vm_path *path, const struct window *host,
                     struct vmm *vmm)
{
    return read_vmm(m, host, machine_descriptor(m, path), vmm);
}

static bool find_child(struct machine *m, struct found *f, u32 id)
{
    u32 page = (id - 1) / VM_INDEX_EACH, entry = (id - 1) % VM_INDEX_EACH;
    gpa at;
    return id && page < VM_INDEX &&
           window_read(m, &f->host, f->vmm.index[page] + entry * 4, &at, sizeof at) &&
           read_vm(m, f, at) && f->vm.id == id;
}

// The VM at a path of length 1 or more: down from the machine, a VMM at a time.
static bool find(struct machine *m, const struct vm_path *path, struct found *f)
{
    unsigned depth = vm_path_length(path);
    *f = (struct found){.window = window_of_machine(m)};
    for (unsigned i = 0; i < depth; i++) {
        f->host = f->window;
        if (!find_vmm(m, &f->path, &f->host, &f->vmm) || !find_child(m, f, path->id[i]))
            return false;
        f->path.id[i] = path->id[i];
    }
    return depth > 0;
}

// ---- VMs

static enum vm_state state_of(const struct vm *vm)
{
    static const enum vm_state of_life[] = {[LIFE_OFF] = VM_OFF,
                                            [LIFE_FAILED] = VM_FAILED,
                                            [LIFE_STUCK] = VM_STUCK,
                                            [LIFE_LACK] = VM_FAILED};
    if (vm->life != LIFE_ON)
        return vm->life <= LIFE_LACK ? of_life[vm->life] : VM_FAILED;
    enum vm_state state = VM_WAITING;
    for (u32 i = 0; i < vm->gang_count; i++) {
        if (vm->gangs[i].state == GANG_RUNNING)
            return VM_RUNNING;
        if (vm->gangs[i].state == GANG_READY)
            state = VM_READY;
    }
    return state;
}

static void describe(struct machine *m, const struct found *f, struct observed_vm *vm)
{
    *vm = (struct observed_vm){.path = f->path,
                               .state = state_of(&f->vm),
                               .vcpus = f->vm.vcpu_count,
                               .ram = f->vm.ram_size,
                               .power_code = f->vm.power_code,
                               .wants_reboot = f->vm.power == POWER_REBOOT,
                               .is_vmm = machine_descriptor(m, &f->path) != 0,
                               .technique = f->vm.technique,
                               .exits = f->vm.exits};
    memcpy(vm->name, f->vm.name, sizeof vm->name);
    for (u32 i = 0; i < f->vm.vcpu_count; i++) {
        vm->retired += f->vcpus[i].state.retired;
        vm->direct += f->vcpus[i].state.retired - f->vcpus[i].emulated;
    }
}

static enum vm_state machine_state(struct machine *m)
{
    u32 detail;
    if (machine_stuck(m, &detail))
        return VM_STUCK;
    enum power power = machine_power(m, &detail);
    if (power != POWER_ON)
        return power == POWER_FAILED ? VM_FAILED : VM_OFF;
    for (u32 i = 0; i < machine_config(m)->harts; i++)
        if (machine_hart(m, i)->run == HART_RUNNING)
            return VM_RUNNING;
    return VM_WAITING;
}

static void describe_machine(struct machine *m, struct observed_vm *vm)
{
    *vm = (struct observed_vm){.state = machine_state(m),
                               .name = "machine",
                               .vcpus = machine_config(m)->harts,
                               .ram = machine_config(m)->ram,
                               .is_vmm = machine_descriptor(m, &(struct vm_path){{0}}) != 0};
    vm->wants_reboot = machine_power(m, &vm->power_code) == POWER_REBOOT;
    for (u32 i = 0; i < vm->vcpus; i++)
        vm->retired += machine_hart(m, i)->retired;
    vm->direct = vm->retired;
}

struct listing {
    struct machine *m;
    struct observed_vm *list;
    u32 most, count;
};

// The VMs of the VMM in `path`, each followed by its own.
static void list_below(struct listing *l, const struct vm_path *path, const struct window *memory)
{
    unsigned depth = vm_path_length(path);
    struct found f = {.path = *path, .host = *memory};
    if (depth == EVENT_DEPTH || !find_vmm(l->m, path, memory, &f.vmm))
        return;
    for (gpa at = f.vmm.first_vm; at && l->count < VMS_MAX && read_vm(l->m, &f, at);
         at = f.vm.next) {
        f.path.id[depth] = f.vm.id;
        if (l->count < l->most)
            describe(l->m, &f, &l->list[l->count]);
        l->count++;
        list_below(l, &f.path, &f.window);
    }
}

u32 observe_vms(struct machine *m, struct observed_vm *list, u32 most)
{
    struct listing l = {m, list, most, 1};
    struct window memory = window_of_machine(m);
    if (most)
        describe_machine(m, &list[0]);
    list_below(&l, &(struct vm_path){{0}}, &memory);
    return l.count;
}

bool observe_vm(struct machine *m, const struct vm_path *path, struct observed_vm *vm)
{
    struct found f;
    if (!vm_path_length(path)) {
        describe_machine(m, vm);
        return true;
    }
    if (!find(m, path, &f))
        return false;
    describe(m, &f, vm);
    return true;
}

// ---- VCPUs

// Is the VMM in this VM ({}: on the machine) native code? A native VMM runs in no mode of the hart,
// so the mode does not tell whether it or its guest runs. Its records are always right.
static bool is_native(struct machine *m, const struct vm_path *path)
{
    return !vm_path_length(path) && machine_has_monitor(m);
}

// Returns true if the VMM in this VM runs a guest just now. `host` is the VCPU that the VMM runs
// on.
static bool has_entered(struct machine *m, const struct vm_path *path,
                        const struct observed_vcpu *host)
{
    return is_native(m, path) || host->state.mode == MODE_U || host->state.virt;
}

// What the hart has of a guest that runs: registers and pc, and in guest mode the guest's CSRs too.
// But where the hart translates by a shadow, the satp there is not the guest's.
static void take_from_hart(struct hart_state *guest, const struct hart_state *hart, bool shadowed)
{
    memcpy(guest->x, hart->x, sizeof guest->x);
    guest->pc = hart->pc;
    if (!hart->virt)
        return;
    guest->mode = hart->mode;
    guest->sstatus = hart->sstatus;
    guest->stvec = hart->stvec;
    guest->sscratch = hart->sscratch;
    guest->sepc = hart->sepc;
    guest->scause = hart->scause;
    guest->stval = hart->stval;
    guest->scounteren = hart->scounteren;
    if (!shadowed)
        guest->satp = hart->satp;
}

// Its interrupts, its timer and its time, where the host has them: beside the VMM's, one bit
// further left. If the guest runs a guest of its own, they are that one's.
static void take_timer_from_host(struct observed_vcpu *guest, const struct observed_vcpu *host)
{
    const struct h_state *h = &host->extension;
    if (guest->state.virt) {
        guest->extension.hie = h->hie;
        guest->extension.hvip = h->hvip;
        guest->extension.vstimecmp = h->vstimecmp;
        return;
    }
    guest->state.sie = h->hie >> 1;
    guest->state.sip = h->hvip >> 1 & IP_SSIP;
    guest->state.stimecmp = h->vstimecmp;
    guest->state.idle = host->time + h->htimedelta - guest->state.retired;
}

// Returns true if the hart has newer registers of the running guest than the VMM in `path`. A
// native VMM gets all of them back when the run ends. Meanwhile its guest can have changed CSRs
// only if it is in guest mode.
static bool hart_is_newer(struct machine *m, const struct vm_path *path,
                          const struct observed_vcpu *v)
{
    bool by_itself = v->guest_mode && !v->state.virt;
    return !is_native(m, path) || (by_itself && machine_hart_is_busy(m, v->hart));
}

// A guest of a guest has the second stage of the guest around it. But if that guest is a VMM which
// uses guest mode (`merged`), L0 merges the stages of both (hypervisor/merged.h), and the hart has
// the result.
static void take_second_stage(struct machine *m, struct observed_vcpu *v,
                              const struct observed_vcpu *host, bool merged)
{
    v->two_stages = host->two_stages;
    v->second_stage = host->second_stage;
    if (!merged || !v->two_stages)
        return;
    bool runs = v->on_hart && machine_hart(m, v->hart)->virt;
    u32 hgatp = machine_hart_extension(m, v->hart)->hgatp;
    v->second_stage = runs ? HGATP_PPN(hgatp) << PAGE_SHIFT : 0;
}

// A VCPU is on a hart if each VMM on the way down to it runs it just now, or the VM that it is in.
// A VMM that is guest code does not have the registers of a guest that runs: they are on the hart.
static void find_hart(struct machine *m, const struct found *f, u32 vcpu, struct observed_vcpu *v)
{
    mpa at = vcpu_address(&f->vm, vcpu);
    struct vm_path above = f->path;
    unsigned depth = vm_path_length(&above);
    above.id[depth - 1] = 0;
    struct observed_vcpu host;
    v->guest_mode = technique_has_guest_mode(f->vm.technique);
    v->two_stages = depth == 1 && f->vm.technique == TECHNIQUE_ASSIST;
    v->second_stage = v->two_stages ? f->vm.map : 0;
    for (u32 hart = 0; hart < f->vmm.harts && hart < HARTS_MAX; hart++) {
        if (!f->vmm.slots[hart].gang || f->vmm.slots[hart].vcpu != at ||
            !observe_vcpu(m, &above, hart, &host))
            continue;
        bool entered = has_entered(m, &above, &host);
        v->on_hart = host.on_hart && entered;
        v->in_vmm = host.in_vmm || (host.on_hart && !entered);
        v->guest_mode = v->guest_mode || host.guest_mode;
        v->hart = host.hart;
        if (depth > 1)
            take_second_stage(m, v, &host, depth == 2 && f->vm.technique == TECHNIQUE_ASSIST);
        v->host = hart;
        v->real = host.real;
        v->vmm_bank = host.vmm_bank;
        if (!v->on_hart || !hart_is_newer(m, &above, v))
            continue;
        take_from_hart(&v->state, &host.state, f->vm.technique == TECHNIQUE_ASSIST_SHADOW);
        if (host.state.virt)
            take_timer_from_host(v, &host);
    }
}

// While a guest is in guest mode, the hart keeps the VMM's registers apart.
static struct hart_state vmm_bank_of(struct machine *m, u32 hart)
{
    struct hart_state bank = *machine_hart(m, hart);
    if (!bank.virt)
        return bank;
    const struct h_bank *kept = &machine_hart_extension(m, hart)->other;
    bank.sstatus = kept->sstatus;
    bank.stvec = kept->stvec;
    bank.sscratch = kept->sscratch;
    bank.sepc = kept->sepc;
    bank.scause = kept->scause;
    bank.stval = kept->stval;
    bank.satp = kept->satp;
    return bank;
}

bool observe_vcpu(struct machine *m, const struct vm_path *path, u32 vcpu, struct observed_vcpu *v)
{
    *v = (struct observed_vcpu){0};
    if (!vm_path_length(path)) {
        if (vcpu >= machine_config(m)->harts)
            return false;
        v->real = v->state = *machine_hart(m, vcpu);
        v->vmm_bank = vmm_bank_of(m, vcpu);
        v->has_h = machine_config(m)->profile & ISA_H;
        if (v->has_h)
            v->extension = *machine_hart_extension(m, vcpu);
        v->time = machine_hart_now(m, vcpu);
        v->on_hart = true;
        v->hart = vcpu;
        return true;
    }
    struct found f;
    if (!find(m, path, &f) || vcpu >= f.vm.vcpu_count)
        return false;
    v->state = f.vcpus[vcpu].state;
    v->extension = f.vcpus[vcpu].h;
    v->has_h = f.vm.has_h;
    find_hart(m, &f, vcpu, v);
    v->time =
        f.vmm.clock == VMM_CLOCK_VIRTUAL ? hart_time(&v->state) : machine_hart_now(m, v->hart);
    return true;
}

bool observe_record(struct machine *m, const struct vm_path *path, u32 vcpu, mpa *at)
{
    struct found f;
    if (!find(m, path, &f) || vcpu >= f.vm.vcpu_count)
        return false;
    gpa record = vcpu_address(&f.vm, vcpu) + (u32)offsetof(struct vcpu, state);
    return window_at(m, &f.host, record, at);
}

// Finds the VCPU that the VMM in *f's path runs on its hart `hart` now. Returns false if there is
// none.
static bool find_running(struct machine *m, struct found *f, u32 hart, u32 *vcpu)
{
    struct observed_vcpu host;
    f->host = f->window;
    if (!find_vmm(m, &f->path, &f->host, &f->vmm) || hart >= f->vmm.harts || hart >= HARTS_MAX ||
        !f->vmm.slots[hart].gang || !observe_vcpu(m, &f->path, hart, &host) ||
        !has_entered(m, &f->path, &host))
        return false;
    struct vcpu record;
    gpa at = f->vmm.slots[hart].vcpu;
    if (!window_read(m, &f->host, at, &record, sizeof record) || !read_vm(m, f, record.vm))
        return false;
    *vcpu = (at - f->vm.vcpus_at) / (u32)sizeof record;
    return *vcpu < f->vm.vcpu_count && f->vm.id;
}

void observe_hart(struct machine *m, u32 hart, struct vm_path *path, u32 *vcpu)
{
    struct found f = {.window = window_of_machine(m)};
    *vcpu = hart;
    for (unsigned depth = 0; depth < EVENT_DEPTH; depth++) {
        u32 next;
        if (!find_running(m, &f, *vcpu, &next))
            break;
        f.path.id[depth] = f.vm.id;
        *vcpu = next;
    }
    *path = f.path;
}

// ---- memory

static bool find_window(struct machine *m, const struct vm_path *path, struct window *w)
{
    struct found f;
    if (!vm_path_length(path)) {
        *w = window_of_machine(m);
        return true;
    }
    if (!find(m, path, &f))
        return false;
    *w = f.window;
    return true;
}

bool observe_read(struct machine *m, const struct vm_path *path, gpa address, void *to, u32 bytes)
{
    struct window w;
    return find_window(m, path, &w) && window_read(m, &w, address, to, bytes);
}

struct reader {
    struct machine *m;
    struct window window;
};

static bool load_word(void *context, u32 address, u32 *word)
{
    struct reader *r = context;
    return window_read(r->m, &r->window, address, word, 4);
}

static bool translate(struct reader *r, const struct hart_state *s, gva address, gpa *to)
{
    *to = address;
    if (!(s->satp & SATP_MODE))
        return true;
    // A walk that fails because a right is missing still found its leaf, and rights do not matter
    // here.
    struct sv32_memory words = {r, load_word, NULL};
    struct sv32_walk walk = sv32_translate(&words, s->satp, address, VIEW_U, ACCESS_READ, false);
    if (!(walk.pte & PTE_V) || !(walk.pte & (PTE_R | PTE_X)))
        return false;
    u32 inside = walk.level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    *to = (PTE_PPN(walk.pte) << PAGE_SHIFT & ~inside) | (address & inside);
    return true;
}

bool observe_read_virtual(struct machine *m, const struct vm_path *path, u32 vcpu, gva address,
                          void *to, u32 bytes)
{
    struct observed_vcpu v;
    struct reader r = {.m = m};
    if (!observe_vcpu(m, path, vcpu, &v) || !find_window(m, path, &r.window))
        return false;
    for (u32 n; bytes; bytes -= n, address += n, to = (u8 *)to + n) {
        u32 left = PAGE_SIZE - address % PAGE_SIZE;
        gpa at;
        n = bytes < left ? bytes : left;
        if (!translate(&r, &v.state, address, &at) || !window_read(m, &r.window, at, to, n))
            return false;
    }
    return true;
}

bool observe_locate_physical(struct machine *m, const struct vm_path *path, gpa address, mpa *at)
{
    struct window w;
    return find_window(m, path, &w) && window_at(m, &w, address, at);
}

bool observe_locate(struct machine *m, const struct vm_path *path, u32 vcpu, gva address, mpa *at)
{
    struct observed_vcpu v;
    struct reader r = {.m = m};
    gpa physical;
    return observe_vcpu(m, path, vcpu, &v) && find_window(m, path, &r.window) &&
           translate(&r, &v.state, address, &physical) &&
           observe_locate_physical(m, path, physical, at);
}

static bool is_zero(const u8 *page)
{
    return !page[0] && !memcmp(page, page + 1, PAGE_SIZE - 1);
}

// The hash is over the words of each page that is not all zero, and its number in the VM.
u64 observe_ram_hash(struct machine *m, const struct vm_path *path)
{
    struct window w;
    u64 hash = HASH_START;
    if (!find_window(m, path, &w))
        return 0;
    for (u32 offset = 0; offset < w.size; offset += PAGE_SIZE) {
        mpa at;
        if (!window_at(m, &w, BOARD_RAM + offset, &at) || !machine_page_used(m, at))
            continue;
        const u8 *page = machine_ram(m) + (at - BOARD_RAM);
        if (is_zero(page))
            continue;
        hash = hash_words(hash, &offset, 4);
        hash = hash_words(hash, page, PAGE_SIZE);
    }
    return hash;
}
