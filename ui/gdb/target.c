// Threads, registers and memory for gdb. Read ui/gdb/target.h first.
#include "ui/gdb/target.h"

#include "isa/isa.h"
#include "scenarios/world/report.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGE 4096u

// ---- threads

u32 target_thread(u32 guest, u32 vcpu)
{
    return guest * HARTS_MAX + vcpu + 1;
}

static const struct world_guest *guest_of(const struct world *w, u32 thread)
{
    u32 guest = (thread - 1) / HARTS_MAX, vcpu = (thread - 1) % HARTS_MAX;
    if (!thread || guest >= w->guests || vcpu >= w->guest[guest].vcpus)
        return NULL;
    return &w->guest[guest];
}

bool target_vcpu(struct world *w, u32 thread, struct observed_vcpu *v)
{
    const struct world_guest *g = guest_of(w, thread);
    return g && observe_vcpu(w->machine, &g->path, (thread - 1) % HARTS_MAX, v);
}

u32 target_next_thread(struct world *w, u32 thread)
{
    struct observed_vcpu v;
    while (++thread <= w->guests * HARTS_MAX)
        if (target_vcpu(w, thread, &v))
            return thread;
    return 0;
}

void target_describe(struct world *w, u32 thread, char *to, size_t size)
{
    const struct world_guest *g = guest_of(w, thread);
    struct observed_vcpu v;
    char path[40];
    *to = 0;
    if (!g || !target_vcpu(w, thread, &v))
        return;
    const char *mode = v.state.mode == MODE_K ? "virtual K" : "virtual U";
    snprintf(to, size, "%s/v%u %s, %s%s", vm_path_print(&g->path, path, sizeof path),
             (unsigned)((thread - 1) % HARTS_MAX), g->name, mode, v.on_hart ? ", on a hart" : "");
}

// ---- registers and memory

bool target_register(struct world *w, u32 thread, u32 number, u32 *value)
{
    struct observed_vcpu v;
    if (!target_vcpu(w, thread, &v))
        return false;
    if (number < 32)
        *value = v.state.x[number];
    else if (number == REGISTER_PC)
        *value = v.state.pc;
    else if (number == REGISTER_PRIVILEGE)
        *value = v.state.mode == MODE_K;
    else
        return number >= REGISTER_CSR && state_vcpu_csr(&v, number - REGISTER_CSR, value);
    return true;
}

u32 target_read(struct world *w, u32 thread, gva address, void *to, u32 count)
{
    const struct world_guest *g = guest_of(w, thread);
    u32 done = 0;
    while (g && done < count) {
        // A page is there as a whole or not at all.
        u32 here = PAGE - (address + done) % PAGE;
        if (here > count - done)
            here = count - done;
        if (!observe_read_virtual(w->machine, &g->path, (thread - 1) % HARTS_MAX, address + done,
                                  (u8 *)to + done, here))
            break;
        done += here;
    }
    return done;
}

bool target_edit(const struct world *w, u32 thread, struct edit *e)
{
    const struct world_guest *g = guest_of(w, thread);
    if (!g)
        return false;
    e->path = g->path;
    e->vcpu = (thread - 1) % HARTS_MAX;
    return true;
}

// ---- the description

// gdb's own names of x0 to x31: its commands such as `finish` know them.
static const char *const register_names[] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                             "fp",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                             "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                             "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

static void print_register(FILE *to, const char *name, unsigned number, const char *type)
{
    fprintf(to, "<reg name=\"%s\" bitsize=\"32\" regnum=\"%u\" type=\"%s\"/>", name, number, type);
}

static bool has_extension(const struct world *w)
{
    for (u32 g = 0; g < w->guests; g++)
        if (w->guest[g].has_h)
            return true;
    return false;
}

char *target_xml(const struct world *w)
{
    bool extension = has_extension(w);
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    // Without an operating system gdb steps by asking us, and not by breakpoints of its own.
    fputs("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
          "<architecture>riscv:rv32</architecture><osabi>none</osabi>"
          "<feature name=\"org.gnu.gdb.riscv.cpu\">",
          to);
    for (unsigned i = 0; i < 32; i++)
        print_register(to, register_names[i], i, i == 2 || i == 8 ? "data_ptr" : "int");
    print_register(to, "pc", REGISTER_PC, "code_ptr");
    fputs("</feature><feature name=\"org.gnu.gdb.riscv.csr\">", to);
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++)
        if (csr->profile == ISA_T32 || (csr->profile == ISA_H && extension))
            print_register(to, csr->name, REGISTER_CSR + csr->number, "int");
    fputs("</feature><feature name=\"org.gnu.gdb.riscv.virtual\">", to);
    print_register(to, "priv", REGISTER_PRIVILEGE, "int");
    fputs("</feature></target>", to);
    fclose(to);
    return text;
}
