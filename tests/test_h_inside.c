// A kernel with the hypervisor extension asks what each CSR keeps of what is written to it, and
// what each fence makes the hart forget. It does so on the bare machine, and as a guest of VMMs of
// each technique, at depth 1 and 2. The CSRs must keep the same everywhere. A fence must forget
// what it names everywhere. Only the bare machine must keep the rest, since a VMM may forget more.
#include "isa/arch/h_extension.h"
#include "isa/isa.h"
#include "scenarios/world/world.h"
#include "tests/program.h"
#include "tests/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM (8u << 20)
#define RESULTS 0x80600000u // where the kernel writes what it has found
#define TEXT_MOST 65536u

// ---- the kernel's text

struct text {
    char bytes[TEXT_MOST];
    size_t used;
};

static void line(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(struct text *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    t->used += (size_t)vsnprintf(t->bytes + t->used, TEXT_MOST - t->used, format, values);
    va_end(values);
    CU_ASSERT_FATAL(t->used + 1 < TEXT_MOST);
    t->bytes[t->used++] = '\n';
    t->bytes[t->used] = 0;
}

// ---- where it runs

struct place {
    const char *name;
    u32 depth;
    bool t32;
    u8 outer, inner; // enum technique_kind
};

static const struct place places[] = {
    {"bare", 0, false, 0, 0},
    {"assist", 1, false, TECHNIQUE_ASSIST, 0},
    {"trap", 1, false, TECHNIQUE_TRAP, 0},
    {"T32 assist", 1, true, TECHNIQUE_ASSIST, 0},
    {"T32 trap", 1, true, TECHNIQUE_TRAP, 0},
    {"assist in assist", 2, false, TECHNIQUE_ASSIST, TECHNIQUE_ASSIST},
    {"assist in trap", 2, false, TECHNIQUE_TRAP, TECHNIQUE_ASSIST},
    {"trap in assist", 2, false, TECHNIQUE_ASSIST, TECHNIQUE_TRAP},
};
#define PLACES (sizeof places / sizeof *places)

static struct world *start(const struct place *place, const char *source)
{
    static struct world_plan plan;
    char error[WORLD_ERROR] = "";
    enum status why;
    world_plan_default(&plan);
    plan.guests = 1;
    plan.t32 = place->t32;
    plan.machine.profile = ISA_H;
    plan.guest[0] = (struct guest_plan){
        .image = "source", .source = source, .ram = RAM, .hart = GUEST_ANY_HART};
    world_plan_chain(&plan, place->depth);
    plan.vmm.technique = place->outer;
    if (place->depth > 1)
        plan.guest[0].vmm.technique = place->inner;
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        printf("# %s: %s\n", place->name, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

// Runs the kernel to its power-off, and reads what it has found.
static void run(const struct place *place, const char *source, u32 *results, u32 count)
{
    struct world *w = start(place, source);
    enum stop stop = machine_run(w->machine, 50000000);
    if (stop != STOP_POWER)
        printf("# %s: the run ended by %u\n", place->name, stop);
    CU_ASSERT_EQUAL(stop, STOP_POWER);
    CU_ASSERT(observe_read(w->machine, &w->guest[w->guests - 1].path, RESULTS, results, 4 * count));
    world_free(w);
}

// ---- what each CSR keeps

// Another satp would take the kernel's own code away. No other register does harm: nothing traps,
// and sstatus and the registers that enable interrupts never say yes at the same time.
static bool is_tried(const struct csr_info *csr)
{
    return !csr->read_only && csr->number != CSR_satp;
}

static const u32 patterns[] = {0xffffffff, 0, 0x5a5a5a5a, 0xa5a5a5a5, 0x12345678, 0xfffffffd};
#define PATTERNS (sizeof patterns / sizeof *patterns)

// For each pattern the kernel keeps what the CSR reads after it was written, and after its bits
// were set, and cleared.
static u32 write_csr_kernel(struct text *t)
{
    u32 tried = 0;
    line(t, "_start: li s0, 0x%x\n li t0, 0x444\n csrw hideleg, t0", RESULTS);
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++) {
        if (!is_tried(csr))
            continue;
        line(t, " csrr s2, %s", csr->name);
        for (u32 i = 0; i < PATTERNS; i++) {
            line(t, " li t0, 0x%x\n csrw %s, t0\n csrr t1, %s\n sw t1, 0(s0)", patterns[i],
                 csr->name, csr->name);
            line(t, " csrw %s, zero\n csrrs t1, %s, t0\n csrrc t2, %s, t0\n csrr t3, %s", csr->name,
                 csr->name, csr->name, csr->name);
            line(t, " sw t1, 4(s0)\n sw t2, 8(s0)\n sw t3, 12(s0)\n addi s0, s0, 16");
        }
        line(t, " csrw %s, s2", csr->name);
        tried++;
    }
    line(t, POWER_OFF_TEXT);
    return tried;
}

static const char *nth_csr(u32 n)
{
    const struct csr_info *csr = isa_csrs;
    for (u32 seen = 0; csr->name; csr++)
        if (is_tried(csr) && seen++ == n)
            break;
    return csr->name;
}

static void each_csr_keeps_what_it_keeps_on_the_bare_machine(void)
{
    static struct text t;
    t.used = 0;
    u32 tried = write_csr_kernel(&t), count = tried * PATTERNS * 4;
    u32 *bare = calloc(count, 4), *found = calloc(count, 4);
    CU_ASSERT_FATAL(bare && found && tried > 35);
    run(&places[0], t.bytes, bare, count);
    CU_ASSERT_EQUAL(bare[0], 0x000c0122); // sstatus of all ones
    for (u32 i = 1; i < PLACES; i++) {
        run(&places[i], t.bytes, found, count);
        for (u32 n = 0; n < count; n++)
            if (found[n] != bare[n])
                printf("# %s: %s, pattern %u: %08x, bare %08x\n", places[i].name,
                       nth_csr(n / (PATTERNS * 4)), n / 4 % (u32)PATTERNS, found[n], bare[n]);
        CU_ASSERT(!memcmp(found, bare, 4 * count));
    }
    free(bare);
    free(found);
}

// ---- fences

// The guest's page PAGE_VA leads to PAGE_A by the guest's own table (ASID), and PAGE_A to itself by
// the second stage (VMID). The kernel changes the entry of one of the stages, so that the page is
// PAGE_B. Then it executes a fence, and lets the guest load again.
#define VMID 5u
#define ASID 3u
#define PAGE_VA 0x00400000u
#define PAGE_A 0x80700000u
#define PAGE_B 0x80701000u
#define FLAGS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

// What a register of the fence holds. NONE: it is x0.
enum operand { NONE, SAME, OTHER };

struct fence {
    const char *word;
    bool second; // the entry that changes is one of the second stage
    enum operand address, id;
    bool forgets; // is the fence about the entry that has changed?
    u32 vmid;     // in hgatp while the fence is executed
};

static const struct fence fences[] = {
    {"hfence.vvma", false, NONE, NONE, true, VMID},
    {"hfence.vvma", false, NONE, SAME, true, VMID},
    {"hfence.vvma", false, NONE, OTHER, false, VMID},
    {"hfence.vvma", false, SAME, NONE, true, VMID},
    {"hfence.vvma", false, SAME, SAME, true, VMID},
    {"hfence.vvma", false, SAME, OTHER, false, VMID},
    {"hfence.vvma", false, OTHER, NONE, false, VMID},
    {"hfence.vvma", false, OTHER, SAME, false, VMID},
    {"hfence.vvma", false, OTHER, OTHER, false, VMID},
    {"hfence.vvma", false, NONE, NONE, false, VMID + 1},
    {"hfence.vvma", false, SAME, SAME, false, VMID + 1},
    {"sfence.vma", false, NONE, NONE, false, VMID},
    {"sfence.vma", false, SAME, SAME, false, VMID},
    {"hfence.gvma", true, NONE, NONE, true, VMID},
    {"hfence.gvma", true, NONE, SAME, true, VMID},
    {"hfence.gvma", true, NONE, OTHER, false, VMID},
    {"hfence.gvma", true, SAME, NONE, true, VMID},
    {"hfence.gvma", true, SAME, SAME, true, VMID},
    {"hfence.gvma", true, SAME, OTHER, false, VMID},
    {"hfence.gvma", true, NONE, NONE, true, VMID + 1},
    {"hfence.gvma", true, NONE, SAME, true, VMID + 1},
    {"hfence.gvma", true, SAME, SAME, true, VMID + 1},
};
#define FENCES (sizeof fences / sizeof *fences)

static void set_hgatp(struct text *t, u32 vmid)
{
    line(t, " la t0, g_root\n srli t0, t0, 12\n li t1, 0x%x\n or t0, t0, t1\n csrw hgatp, t0",
         HGATP_MAKE(vmid, 0));
}

// s2: the entry of PAGE_A in the second stage. s3: the entry of PAGE_VA in the guest's own table.
static void set_entry(struct text *t, bool second, mpa page)
{
    u32 flags = second ? FLAGS | PTE_U : FLAGS;
    line(t, " li t0, 0x%x\n sw t0, 0(%s)", PTE_MAKE(page, flags), second ? "s2" : "s3");
}

static void write_fence(struct text *t, const struct fence *f)
{
    bool physical = !strcmp(f->word, "hfence.gvma");
    u32 address = physical ? PAGE_A >> 2 : PAGE_VA, other = physical ? 1u << 20 : 1u << 22;
    u32 id = physical ? VMID : ASID;
    line(t, " li t0, 0x%x\n li t1, 0x%x", f->address == OTHER ? address + other : address,
         f->id == OTHER ? id + 1 : id);
    line(t, " %s %s, %s", f->word, f->address == NONE ? "zero" : "t0",
         f->id == NONE ? "zero" : "t1");
}

// One fence. The kernel keeps the word that the guest loads before the change, and after the fence.
static void write_trial(struct text *t, const struct fence *f)
{
    set_entry(t, true, PAGE_A);
    set_entry(t, false, PAGE_A);
    line(t, " hfence.gvma\n hfence.vvma\n call guest\n sw a0, 0(s0)");
    set_entry(t, f->second, PAGE_B);
    set_hgatp(t, f->vmid);
    write_fence(t, f);
    set_hgatp(t, VMID);
    line(t, " call guest\n sw a0, 4(s0)\n addi s0, s0, 8");
}

// Both stages map the kernel's 4 MiB to themselves: the second one page by page.
static void write_tables(struct text *t)
{
    line(t, " la t1, g_leaf\n srli t0, t1, 2\n ori t0, t0, 1\n la t2, g_root\n li t3, %u",
         (BOARD_KERNEL >> 22) * 4);
    line(t, " add t2, t2, t3\n sw t0, 0(t2)\n li t0, 0x%x\n li t2, 1024",
         PTE_MAKE(BOARD_KERNEL, FLAGS | PTE_U));
    line(t,
         "1: sw t0, 0(t1)\n addi t0, t0, 0x400\n addi t1, t1, 4\n addi t2, t2, -1\n bnez t2, 1b");
    line(t, " la t1, vs_root\n add t2, t1, t3\n li t0, 0x%x\n sw t0, 0(t2)",
         PTE_MAKE(BOARD_KERNEL, FLAGS));
    line(t, " la s3, vs_leaf\n srli t0, s3, 2\n ori t0, t0, 1\n sw t0, %u(t1)",
         (PAGE_VA >> 22) * 4);
    line(t, " srli t0, t1, 12\n li t1, 0x%x\n or t0, t0, t1\n csrw vsatp, t0",
         SATP_MODE | ASID << 22);
    line(t, " la s2, g_leaf\n li t0, %u\n add s2, s2, t0", (PAGE_A >> 12 & 0x3ff) * 4);
}

// s1 is the way back from the guest.
static const char guest_text[] = "guest: mv s1, ra\n li t0, 0x180\n csrw hstatus, t0\n"
                                 " li t0, 0x100\n csrw sstatus, t0\n la t0, inside\n"
                                 " csrw sepc, t0\n sret\n"
                                 "inside: li a0, 0x00400000\n lw a0, 0(a0)\n ecall\n"
                                 " .balign 4\ntrap: jr s1\n"
                                 " .balign 16384\ng_root: .space 16384\ng_leaf: .space 4096\n"
                                 "vs_root: .space 4096\nvs_leaf: .space 4096\n";

static void write_fence_kernel(struct text *t)
{
    line(t, "_start: la t0, trap\n csrw stvec, t0\n li s0, 0x%x", RESULTS);
    line(t, " li t0, 0x%x\n li t1, 1\n sw t1, 0(t0)\n li t0, 0x%x\n li t1, 2\n sw t1, 0(t0)",
         PAGE_A, PAGE_B);
    write_tables(t);
    set_hgatp(t, VMID);
    for (u32 i = 0; i < FENCES; i++)
        write_trial(t, &fences[i]);
    line(t, POWER_OFF_TEXT "%s", guest_text);
}

// Is this what the guest may load after the fence? 1 is what PAGE_A holds, and 2 what PAGE_B holds.
static bool may_load(const struct place *place, const struct fence *f, u32 word)
{
    if (f->forgets)
        return word == 2;
    return word == 1 || (place->depth && word == 2);
}

static void a_fence_forgets_what_it_names(void)
{
    static struct text t;
    u32 found[FENCES][2];
    t.used = 0;
    write_fence_kernel(&t);
    for (u32 i = 0; i < PLACES; i++) {
        run(&places[i], t.bytes, found[0], FENCES * 2);
        for (u32 n = 0; n < FENCES; n++) {
            const struct fence *f = &fences[n];
            bool good = found[n][0] == 1 && may_load(&places[i], f, found[n][1]);
            if (!good)
                printf("# %s: row %u, %s: loads %u, then %u\n", places[i].name, n, f->word,
                       found[n][0], found[n][1]);
            CU_ASSERT(good);
        }
    }
}

const struct suite suite_h_inside = {
    "h_inside",
    (const struct test[]){
        {"each CSR keeps what it keeps on the bare machine",
         each_csr_keeps_what_it_keeps_on_the_bare_machine},
        {"a fence forgets what it names", a_fence_forgets_what_it_names},
        {0},
    },
};
