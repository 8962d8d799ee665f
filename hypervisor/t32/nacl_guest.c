// Accesses to the hypervisor extension by way of memory. Contracts: hypervisor/t32/nacl_guest.h.
// Read next: hypervisor/t32/guest_switch.S.
#include "hypervisor/t32/nacl_guest.h"
#include "isa/board/sbi.h"

struct reply {
    i32 error;
    u32 value;
};

static struct reply call(u32 function, u32 first)
{
    register u32 a0 __asm__("a0") = first;
    register u32 a1 __asm__("a1") = 0; // the high word of an address
    register u32 a2 __asm__("a2") = 0; // flags: there are none
    register u32 a6 __asm__("a6") = function;
    register u32 a7 __asm__("a7") = SBI_NACL;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (struct reply){(i32)a0, a1};
}

static bool has(enum nacl_feature feature)
{
    struct reply reply = call(SBI_NACL_PROBE_FEATURE, feature);
    return reply.error == SBI_OK && reply.value == 1;
}

// The two pages are cleared here, and not with all else when the VMM starts, because few VMMs use
// them.
u32 *nacl_start(void)
{
    static u32 shared[NACL_SIZE / 4] __attribute__((aligned(4096), section(".bss.unset")));
    if (!has(NACL_SYNC_CSR) || !has(NACL_SYNC_HFENCE) || !has(NACL_SYNC_SRET))
        return NULL;
    for (u32 i = 0; i < NACL_SIZE / 4; i++)
        shared[i] = 0;
    return call(SBI_NACL_SET_SHARED_MEMORY, (u32)shared).error == SBI_OK ? shared : NULL;
}

static u32 *find_free_entry(u32 *shared)
{
    u32 *entry = &shared[NACL_HFENCE];
    for (u32 i = 0; i < NACL_HFENCES; i++, entry += NACL_HFENCE_WORDS)
        if (!(*entry & NACL_PENDING))
            return entry;
    // After this call all of them are free.
    call(SBI_NACL_SYNC_HFENCE, NACL_ALL);
    return &shared[NACL_HFENCE];
}

void nacl_fence(u32 *shared, u32 type, u32 vmid, u32 asid, u32 va)
{
    bool all = type & NACL_HFENCE_ALL;
    u32 *entry = find_free_entry(shared);
    entry[1] = all ? 0 : va >> 12;
    entry[2] = 0;
    entry[3] = all ? 0 : 1;
    // The word with PENDING comes last.
    entry[0] = NACL_PENDING | type << 24 | vmid << 9 | asid;
}

void nacl_sync_registers(void)
{
    call(SBI_NACL_SYNC_CSR, NACL_ALL);
}
