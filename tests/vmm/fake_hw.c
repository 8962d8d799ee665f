// The scripted hardware. Contract: tests/vmm/fake_hw.h.
#include "tests/vmm/fake_hw.h"
#include "isa/arch/h_extension.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define POOL_PAGES 1024u
#define TABLES (FAKE_ROOT + PAGE_SIZE) // where fake_map puts the tables below the root

// ---- hw.h

static u32 vm_of(struct fake *f, mpa page)
{
    return ((struct vm *)(f->ram + (page - BOARD_RAM)))->id;
}

static struct fake_run describe(struct hw *hw, const struct hart_state *guest, u32 limit)
{
    struct fake *f = hw->f;
    u32 offset = (u32)((const u8 *)guest - f->window[f->open]);
    u32 vm_id = vm_of(f, ((const struct vcpu *)guest)->vm);
    u32 vcpu = (BOARD_RAM + offset - fake_vm(f, vm_id)->vcpus_at) / (u32)sizeof(struct vcpu);
    return (struct fake_run){hw->hart,  vm_id,       vcpu,     limit,
                             guest->pc, guest->mode, hw->root, hw->asid};
}

static void hear(struct fake *f)
{
    f->called |= f->typed;
    f->typed = false;
}

void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit)
{
    struct fake *f = hw->f;
    struct fake_run run = describe(hw, guest, limit);
    CU_ASSERT_FATAL(limit > 0);
    CU_ASSERT_FATAL(f->run_count < FAKE_RECORDS);
    f->runs[f->run_count++] = run;
    *exit = (struct hw_exit){0};
    if (f->script_at < f->script_count)
        *exit = f->script[f->script_at++];
    else if (f->play)
        f->play(f, &run, exit);
    CU_ASSERT_FATAL(exit->ran <= limit);
    guest->pc += 4 * exit->ran;
    f->now += exit->ran + exit->trapped;
    if (exit->trap.cause == CAUSE_EXTERNAL)
        hear(f);
}

void *hw_page(struct hw *hw, mpa address)
{
    struct fake *f = hw->f;
    CU_ASSERT_FATAL(address >= BOARD_RAM && address - BOARD_RAM < f->ram_size);
    return f->window[f->open] + (address - BOARD_RAM);
}

const void *hw_page_to_read(struct hw *hw, mpa address)
{
    return hw_page(hw, address);
}

void hw_root(struct hw *hw, u32 satp)
{
    CU_ASSERT_FATAL(satp & SATP_MODE && SATP_ASID(satp) && SATP_PPN(satp));
    hw->root = SATP_PPN(satp) << PAGE_SHIFT;
    hw->asid = SATP_ASID(satp);
    hw->f->root_count++;
}

bool hw_has_guest_mode(struct hw *hw)
{
    return hw->f->guest_mode;
}

void hw_nest(struct hw *hw, u32 hgatp)
{
    hw->root = HGATP_PPN(hgatp) << PAGE_SHIFT;
    hw->asid = HGATP_VMID(hgatp);
    hw->f->nest_count++;
}

void hw_nest_shadowed(struct hw *hw, u32 satp)
{
    hw_root(hw, satp);
    hw->f->nest_count++;
}

void hw_nest_inner(struct hw *hw, const struct hw_inner *inner)
{
    hw_nest(hw, inner->hgatp);
    hw->f->inner = *inner;
}

struct hw_guest_fault hw_guest_fault(struct hw *hw)
{
    return hw->f->guest_fault;
}

void hw_flush_guest(struct hw *hw, u32 vmid, const gva *va, const u32 *asid)
{
    struct fake *f = hw->f;
    CU_ASSERT_FATAL(f->flush_count < FAKE_RECORDS);
    f->flushes[f->flush_count++] = (struct fake_flush){asid ? *asid : 0, !va, va ? *va : 0, vmid};
}

struct hw_trampoline hw_trampoline(struct hw *hw)
{
    return hw->f->trampoline;
}

void hw_move_trampoline(struct hw *hw, gva busy, gva also_busy)
{
    struct fake *f = hw->f;
    f->trampoline_moves++;
    f->trampoline_busy[0] = busy;
    f->trampoline_busy[1] = also_busy;
    while (f->trampoline.page == busy || f->trampoline.page == also_busy)
        f->trampoline.page += PAGE_SIZE;
}

void hw_flush(struct hw *hw, u32 asid, const gva *va)
{
    struct fake *f = hw->f;
    CU_ASSERT_FATAL(f->flush_count < FAKE_RECORDS);
    f->flushes[f->flush_count++] = (struct fake_flush){asid, !va, va ? *va : 0, 0};
}

void hw_end_reservation(struct hw *hw)
{
    hw->f->unreserves++;
}

u64 hw_now(struct hw *hw)
{
    return hw->f->now;
}

void hw_idle(struct hw *hw, u64 until)
{
    hw->f->idles++;
    hw->f->idle_until = until;
    hear(hw->f);
    if (until != FOREVER && until > hw->f->now)
        hw->f->now = until;
}

void hw_kick(struct hw *hw, u32 hart)
{
    CU_ASSERT_FATAL(hart < FAKE_HARTS);
    hw->f->kicks[hart]++;
}

u32 hw_hart(struct hw *hw)
{
    return hw->hart;
}

void hw_console(struct hw *hw, u32 vm, u8 byte)
{
    struct fake *f = hw->f;
    CU_ASSERT_FATAL(vm <= FAKE_GUESTS);
    if (f->console_count[vm] < FAKE_TEXT - 1)
        f->console[vm][f->console_count[vm]++] = (char)byte;
}

int hw_input(struct hw *hw, u32 vm)
{
    struct fake *f = hw->f;
    CU_ASSERT_FATAL(vm <= FAKE_GUESTS);
    char byte = f->input[vm][f->input_at[vm]];
    f->input_at[vm] += byte != 0;
    return byte ? (u8)byte : -1;
}

bool hw_input_came(struct hw *hw)
{
    bool called = hw->f->called;
    hw->f->called = false;
    return called;
}

u64 hw_sectors(struct hw *hw, u32 vm)
{
    (void)hw;
    return vm == 1 ? 0x12345689abu : 0; // so that each byte of the capacity is another
}

bool hw_block(struct hw *hw, u32 vm, u64 sector, void *bytes, bool write)
{
    (void)hw;
    (void)vm;
    if (!write)
        memset(bytes, (int)(sector & 0xff), BOARD_SECTOR);
    return true;
}

void hw_off(struct hw *hw, u32 why, u32 code)
{
    hw->f->offs++;
    hw->f->off_why = why;
    hw->f->off_code = code;
}

const struct vmm_config *hw_config(struct hw *hw)
{
    return hw->f->config;
}

void hw_note(struct hw *hw, const struct note *note)
{
    struct fake *f = hw->f;
    CU_ASSERT_FATAL(f->note_count < FAKE_RECORDS);
    f->notes[f->note_count++] = *note;
}

// ---- building

static u32 or_else(u32 value, u32 usual)
{
    return value ? value : usual;
}

static u8 *map_ram(int file, u32 size)
{
    u8 *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CU_ASSERT_FATAL(at != MAP_FAILED);
    return at;
}

static void make_ram(struct fake *f)
{
    int file = memfd_create("fake", 0);
    CU_ASSERT_FATAL(file >= 0 && ftruncate(file, f->ram_size) == 0);
    f->ram = map_ram(file, f->ram_size);
    f->window[0] = map_ram(file, f->ram_size);
    f->window[1] = map_ram(file, f->ram_size);
    close(file);
}

static void configure(struct fake *f, const struct fake_plan *p)
{
    struct vmm_config *c = f->config;
    u32 guests = or_else(p->guests, 1), at = BOARD_RAM + MEGAPAGE_SIZE + p->shift;
    *c = (struct vmm_config){.memory_at = BOARD_RAM,
                             .memory_size = or_else(p->pages, POOL_PAGES) * PAGE_SIZE,
                             .quantum = or_else(p->quantum, 10000),
                             .policy = p->policy,
                             .scheduler = p->scheduler,
                             .clock = p->clock,
                             .harts = (u8)or_else(p->harts, 1),
                             .adue = p->adue,
                             .off_when_idle = !p->stay_on,
                             .guests = guests};
    for (u32 i = 0; i < guests; i++) {
        u32 ram = or_else(p->ram, 2 * MEGAPAGE_SIZE) + i * p->more_ram;
        c->guest[i] = (struct guest_config){.name = {'g', (char)('1' + i)},
                                            .ram_at = at,
                                            .ram_size = ram,
                                            .entry = FAKE_ENTRY,
                                            .device_tree = 0x80500000,
                                            .weight = or_else(p->weight[i], 100),
                                            .vcpus = (u8)or_else(p->vcpus, 1),
                                            .hart = p->hart[i] ? p->hart[i] - 1 : GUEST_ANY_HART,
                                            .pinned = p->pinned,
                                            .technique = p->technique};
        at = (at + ram + MEGAPAGE_SIZE - 1) & ~(MEGAPAGE_SIZE - 1);
    }
    f->ram_size = at - BOARD_RAM;
    f->guest_mode = technique_has_guest_mode(p->technique) && !p->no_guest_mode;
}

struct fake *fake_new(const struct fake_plan *plan)
{
    static const struct fake_plan usual;
    struct fake *f = calloc(1, sizeof *f);
    CU_ASSERT_FATAL(f != NULL);
    f->config = calloc(1, sizeof *f->config + FAKE_GUESTS * sizeof f->config->guest[0]);
    CU_ASSERT_FATAL(f->config != NULL);
    configure(f, plan ? plan : &usual);
    make_ram(f);
    for (u32 i = 0; i < FAKE_HARTS; i++)
        f->hw[i] = (struct hw){f, i, 0, 0};
    f->vmm = vmm_start(&f->hw[0]);
    for (u32 vm = 1; f->vmm && vm <= f->config->guests; vm++)
        for (u32 i = 0; i < fake_vm(f, vm)->vcpu_count; i++)
            fake_vcpu(f, vm, i)->state.stvec = FAKE_STVEC;
    return f;
}

void fake_free(struct fake *f)
{
    munmap(f->ram, f->ram_size);
    munmap(f->window[0], f->ram_size);
    munmap(f->window[1], f->ram_size);
    free(f->config);
    free(f);
}

// ---- the script

void fake_exit(struct fake *f, struct hw_exit exit)
{
    CU_ASSERT_FATAL(f->script_count < FAKE_SCRIPT);
    f->script[f->script_count++] = exit;
}

void fake_trap(struct fake *f, u32 cause, u32 tval)
{
    u32 insn = cause == CAUSE_ILLEGAL || cause == CAUSE_VIRTUAL ? tval : 0;
    struct trap trap = {.cause = cause, .tval = tval, .insn = insn};
    fake_exit(f, (struct hw_exit){.trapped = true, .trap = trap});
}

struct hw_exit fake_illegal_exit(u32 word, u32 ran)
{
    return (struct hw_exit){
        .trapped = true, .trap = {.cause = CAUSE_ILLEGAL, .tval = word, .insn = word}, .ran = ran};
}

void fake_type(struct fake *f, u32 vm, const char *text)
{
    CU_ASSERT_FATAL(strlen(f->input[vm]) + strlen(text) < FAKE_TEXT);
    strcat(f->input[vm], text);
    f->typed = true;
}

enum event_kind fake_turn_on(struct fake *f, u32 hart)
{
    u32 before = f->note_count;
    mprotect(f->window[f->open], f->ram_size, PROT_NONE);
    f->open ^= 1;
    mprotect(f->window[f->open], f->ram_size, PROT_READ | PROT_WRITE);
    vmm_turn(&f->hw[hart], f->vmm);
    for (u32 i = f->note_count; i-- > before;)
        if (f->notes[i].kind >= EVENT_EMULATE && f->notes[i].kind <= EVENT_PREEMPT)
            return f->notes[i].kind;
    return EVENT_KINDS;
}

enum event_kind fake_turn(struct fake *f)
{
    return fake_turn_on(f, 0);
}

enum event_kind fake_take(struct fake *f, u32 cause, u32 tval)
{
    fake_trap(f, cause, tval);
    return fake_turn(f);
}

enum event_kind fake_illegal(struct fake *f, u32 word)
{
    return fake_take(f, CAUSE_ILLEGAL, word);
}

enum event_kind fake_power_off(struct fake *f, u32 vm, u32 reason)
{
    struct hart_state *s = &fake_vcpu(f, vm, 0)->state;
    s->x[10] = 0;
    s->x[11] = reason;
    s->x[16] = 0;
    s->x[17] = 0x53525354;
    return fake_take(f, CAUSE_ECALL_U, 0);
}

// ---- looking

static void *at(struct fake *f, mpa address)
{
    CU_ASSERT_FATAL(address >= BOARD_RAM && address - BOARD_RAM < f->ram_size);
    return f->ram + (address - BOARD_RAM);
}

struct vmm *fake_vmm(struct fake *f)
{
    return at(f, f->vmm);
}

struct turn fake_new_turn(struct fake *f)
{
    return turn_new(&f->hw[0], fake_vmm(f));
}

struct vm *fake_vm(struct fake *f, u32 id)
{
    struct vm *vm = at(f, fake_vmm(f)->first_vm);
    while (vm->id != id)
        vm = at(f, vm->next);
    return vm;
}

mpa fake_vm_at(struct fake *f, u32 id)
{
    mpa *index = at(f, fake_vmm(f)->index[0]);
    return index[id - 1];
}

struct shadows *fake_shadows(struct fake *f, u32 vm)
{
    return fake_vm(f, vm)->shadows_at ? at(f, fake_vm(f, vm)->shadows_at) : NULL;
}

struct vcpu *fake_vcpu(struct fake *f, u32 vm, u32 vcpu)
{
    return at(f, vcpu_address(fake_vm(f, vm), vcpu));
}

struct hart_state *fake_hart(struct fake *f)
{
    return &fake_vcpu(f, 1, 0)->state;
}

u32 fake_notes(struct fake *f, enum event_kind kind)
{
    u32 count = 0;
    for (u32 i = 0; i < f->note_count; i++)
        count += f->notes[i].kind == kind;
    return count;
}

u32 fake_spte(struct fake *f, gva va, u32 *level)
{
    const u32 *top = at(f, f->hw[0].root + (va >> 22) * 4);
    *level = 1;
    if (!(*top & PTE_V) || (*top & (PTE_R | PTE_W | PTE_X)))
        return *top & PTE_V ? *top : 0;
    const u32 *leaf = at(f, (PTE_PPN(*top) << PAGE_SHIFT) + (va >> PAGE_SHIFT & 0x3ff) * 4);
    *level = 0;
    return *leaf & PTE_V ? *leaf : 0;
}

mpa fake_spte_page(struct fake *f, gva va)
{
    u32 level, spte = fake_spte(f, va, &level);
    if (!spte)
        return 0;
    return (PTE_PPN(spte) << PAGE_SHIFT) + (level ? va & (MEGAPAGE_SIZE - PAGE_SIZE) : 0);
}

u32 fake_free_pages(struct fake *f)
{
    u32 count = (fake_vmm(f)->end - fake_vmm(f)->fresh) / PAGE_SIZE;
    for (mpa page = fake_vmm(f)->free; page; page = *(u32 *)at(f, page))
        count++;
    return count;
}

// ---- guest memory

u32 *fake_word(struct fake *f, u32 vm, gpa address)
{
    CU_ASSERT_FATAL(address >= BOARD_RAM && address - BOARD_RAM < fake_vm(f, vm)->ram_size);
    return at(f, f->config->guest[vm - 1].ram_at + (address - BOARD_RAM));
}

void fake_map_super(struct fake *f, gva va, gpa page, u32 flags)
{
    *fake_word(f, 1, FAKE_ROOT + (va >> 22) * 4) = flags ? PTE_MAKE(page, flags) : 0;
}

// The tables follow the root; the slot that a table serves is found in the root, or the next free
// page is taken.
void fake_map(struct fake *f, gva va, gpa page, u32 flags)
{
    u32 *top = fake_word(f, 1, FAKE_ROOT + (va >> 22) * 4);
    if (!*top || (*top & (PTE_R | PTE_W | PTE_X))) {
        u32 tables = 0;
        for (u32 i = 0; i < 1024; i++) {
            u32 entry = *fake_word(f, 1, FAKE_ROOT + i * 4);
            tables += (entry & PTE_V) && !(entry & (PTE_R | PTE_W | PTE_X));
        }
        *top = PTE_MAKE(TABLES + tables * PAGE_SIZE, PTE_V);
    }
    *fake_word(f, 1, (PTE_PPN(*top) << PAGE_SHIFT) + (va >> PAGE_SHIFT & 0x3ff) * 4) =
        flags ? PTE_MAKE(page, flags) : 0;
}

void fake_paging(struct fake *f)
{
    fake_map_super(f, FAKE_ENTRY, FAKE_ENTRY, FAKE_ALL);
    fake_hart(f)->satp = FAKE_SATP;
}

u32 fake_insn(enum insn insn, u32 rd, u32 rs1, u32 rs2, i32 imm)
{
    return isa_encode(
        (struct decoded){.insn = insn, .rd = (u8)rd, .rs1 = (u8)rs1, .rs2 = (u8)rs2, .imm = imm});
}
