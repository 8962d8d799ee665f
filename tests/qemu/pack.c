// Writes what a VMM that is a kernel image (vmm.elf) finds in its machine's memory besides itself:
// its configuration, room for its own pages, and its guests' RAM with their kernels in it, as one
// file to be put at PACK_AT. QEMU's loader device does that on a board that nobody here wrote.
//
//      PACK_AT                +4 KiB            a multiple of 4 MiB
//      | struct vmm_config    | the VMM's pages | RAM of guest 1 | RAM of guest 2 ...
//
// usage: pack [--assist] FILE RAM_MIB KERNEL APPEND [KERNEL APPEND ...]
// It prints the boot argument for the VMM. --assist: the guests run in guest mode.
#include "hypervisor/native/native.h"
#include "isa/arch/sv32.h"
#include "sim/load/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACK_AT 0x81000000u
#define GUESTS_MAX 8

struct pack {
    bool assist;     // the guests run in guest mode
    u32 guests, ram; // of each guest, bytes
    u32 pages_size, size;
    u8 *bytes; // zero but for what was put there
    struct vmm_config *config;
};

static u32 round_up(u32 size, u32 to)
{
    return (size + to - 1) / to * to;
}

static bool lay_out(struct pack *p, u32 guests, u32 ram)
{
    p->guests = guests;
    p->ram = ram;
    p->pages_size = native_memory_need(guests, ram);
    if (p->assist)
        p->pages_size += guests * NATIVE_ASSIST_BYTES;
    u32 first = round_up(PAGE_SIZE + p->pages_size, MEGAPAGE_SIZE);
    p->size = first + guests * round_up(ram, MEGAPAGE_SIZE);
    p->bytes = calloc(1, p->size);
    p->config = (struct vmm_config *)p->bytes;
    if (!p->bytes)
        return false;
    *p->config =
        (struct vmm_config){.memory_at = PACK_AT + PAGE_SIZE,
                            .memory_size = p->pages_size,
                            .quantum = 100000,
                            .policy = POLICY_CACHED,
                            .clock = VMM_CLOCK_WALL, // the only one there is outside trapeze
                            .harts = 1,
                            .off_when_idle = true,
                            .guests = guests};
    for (u32 i = 0; i < guests; i++)
        p->config->guest[i] =
            (struct guest_config){.name = {'g', (char)('1' + i)},
                                  .ram_at = PACK_AT + first + i * round_up(ram, MEGAPAGE_SIZE),
                                  .ram_size = ram,
                                  .weight = 100,
                                  .vcpus = 1,
                                  .hart = GUEST_ANY_HART,
                                  .technique = p->assist ? TECHNIQUE_ASSIST : TECHNIQUE_TRAP};
    return true;
}

static bool load_one(struct pack *p, u32 index, const char *kernel, const char *append)
{
    static char error[LOAD_ERROR];
    struct guest_config *g = &p->config->guest[index];
    struct load_spec spec = {.image = kernel, .append = append, .harts = 1};
    struct load_window window = {.ram = p->bytes + (g->ram_at - PACK_AT), .size = p->ram};
    struct load_result result;
    if (!load_guest(&spec, &window, &result, error, sizeof error)) {
        fprintf(stderr, "pack: %s\n", error);
        return false;
    }
    g->entry = result.entry;
    g->device_tree = result.device_tree;
    load_result_free(&result);
    return true;
}

static bool write_file(const struct pack *p, const char *path)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(p->bytes, p->size, 1, file) == 1;
    if ((file && fclose(file)) || !written) {
        fprintf(stderr, "pack: %s cannot be written\n", path);
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct pack p = {.assist = argc > 1 && !strcmp(argv[1], "--assist")};
    argc -= p.assist;
    argv += p.assist;
    u32 guests = argc > 4 ? (u32)(argc - 3) / 2 : 0, ram = argc > 2 ? (u32)atoi(argv[2]) << 20 : 0;
    if (!guests || guests > GUESTS_MAX || argc % 2 == 0 || ram < BOARD_RAM_MIN ||
        ram > 256u << 20) {
        fprintf(stderr,
                "usage: pack [--assist] FILE RAM_MIB KERNEL APPEND [KERNEL APPEND ...]: 1 to %d "
                "guests of 1 "
                "to 256 MiB\n",
                GUESTS_MAX);
        return 2;
    }
    if (!lay_out(&p, guests, ram))
        return 70;
    bool good = true;
    for (u32 i = 0; good && i < guests; i++)
        good = load_one(&p, i, argv[3 + 2 * i], argv[4 + 2 * i]);
    good = good && write_file(&p, argv[1]);
    if (good)
        printf("config=0x%x\n", PACK_AT);
    free(p.bytes);
    return good ? 0 : 1;
}
