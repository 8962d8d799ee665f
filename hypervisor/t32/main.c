// The VMM as a kernel. It finds the configuration to which the boot arguments point
// ("config=0x..."), starts, and takes turns for ever.
// Read next: hypervisor/t32/console.c.
#include "hypervisor/t32/csr.h"
#include "hypervisor/t32/hw.h"
#include "hypervisor/t32/tree.h"
#include "hypervisor/vmm.h"
#include "isa/board/sbi.h"

void vmm_main(const void *device_tree);

static void fail(const char *why)
{
    for (; *why; why++)
        firmware(SBI_LEGACY_PUTCHAR, 0, (u8)*why, 0);
    firmware(SBI_SRST, SBI_SRST_RESET, SBI_SHUTDOWN, SBI_REASON_FAILURE);
    for (;;)
        __asm__ volatile("wfi");
}

static void announce(struct hw *hw, mpa vmm)
{
    struct note note = {.kind = EVENT_ANNOUNCE, .addr = vmm};
    hw_note(hw, &note);
}

static bool wants_guest_mode(const struct vmm_config *config)
{
    for (u32 i = 0; i < config->guests; i++)
        if (technique_has_guest_mode(config->guest[i].technique))
            return true;
    return false;
}

void vmm_main(const void *device_tree)
{
    static struct hw hw;
    const char *arguments = tree_bootargs(device_tree);
    u32 config;
    if (!tree_argument(arguments, "config", &config) || config & 7)
        fail("vmm: no config=ADDRESS in the boot arguments\n");
    hw_start(&hw, (const struct vmm_config *)config, tree_has_hypervisor(device_tree));
    if (wants_guest_mode(hw.config) && !hw_has_guest_mode(&hw))
        fail("vmm: the board has no hypervisor extension to assist the VMM; let it have one, "
             "or take the technique trap\n");
    mpa vmm = vmm_start(&hw);
    if (!vmm)
        fail("vmm: memory is too small for its guests\n");
    announce(&hw, vmm);
    for (;;)
        vmm_turn(&hw, vmm);
}
