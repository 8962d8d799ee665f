# hypervisor/shadow.c sfence.vma does nothing
/^void shadow_fence/,/^}/s/^    for (u32 i = 0; i < SPACES; i++) {/    for (u32 i = SPACES; i < SPACES; i++) {/
