// Guest memory: its bounds, copies, and the guest's own translation.
// Read next: hypervisor/technique.h.
#include "hypervisor/gmem.h"
#include "isa/arch/sv32.h"

bool gmem_has(const struct vm *vm, gpa address, u32 bytes)
{
    u32 offset = address - BOARD_RAM; // an address below BOARD_RAM gives more than any ram_size
    return offset < vm->ram_size && bytes <= vm->ram_size - offset;
}

mpa gmem_mpa(const struct vm *vm, gpa address)
{
    return vm->ram_at + (address - BOARD_RAM);
}

// ---- copies, page by page: hw_page gives no more than one page at a time

static void copy(void *to, const void *from, u32 bytes)
{
    for (u32 i = 0; i < bytes; i++)
        ((u8 *)to)[i] = ((const u8 *)from)[i];
}

// How many of these bytes lie in the page in which they begin.
static u32 in_this_page(gpa address, u32 bytes)
{
    u32 left = PAGE_SIZE - (address & (PAGE_SIZE - 1));
    return bytes < left ? bytes : left;
}

bool gmem_read(struct turn *t, gpa address, void *to, u32 bytes)
{
    if (!gmem_has(t->vm, address, bytes))
        return false;
    for (u32 done = 0, n; done < bytes; done += n) {
        n = in_this_page(address + done, bytes - done);
        copy((u8 *)to + done, hw_page_to_read(t->hw, gmem_mpa(t->vm, address + done)), n);
    }
    return true;
}

bool gmem_write(struct turn *t, gpa address, const void *from, u32 bytes)
{
    if (!gmem_has(t->vm, address, bytes))
        return false;
    for (u32 done = 0, n; done < bytes; done += n) {
        n = in_this_page(address + done, bytes - done);
        copy(hw_page(t->hw, gmem_mpa(t->vm, address + done)), (const u8 *)from + done, n);
    }
    return true;
}

// ---- the walk of a guest table: what isa/arch/sv32.h reads and writes words with

static bool load_word(void *context, gpa address, u32 *word)
{
    struct turn *t = context;
    if (!gmem_has(t->vm, address, 4))
        return false;
    *word = *(const u32 *)hw_page_to_read(t->hw, gmem_mpa(t->vm, address));
    return true;
}

static bool store_word(void *context, gpa address, u32 word)
{
    struct turn *t = context;
    if (!gmem_has(t->vm, address, 4))
        return false;
    *(u32 *)hw_page(t->hw, gmem_mpa(t->vm, address)) = word;
    return true;
}

// Most hidden faults spend their time in this walk. So the walk is compiled into this function, and
// load_word and store_word are compiled into the walk.
struct sv32_walk gmem_translate(struct turn *t, gva address, enum access access)
{
    const struct hart_state *s = &t->v->state;
    if (!(s->satp & SATP_MODE))
        // The guest's paging is off: an address means itself, and every access is allowed.
        return (struct sv32_walk){.address = address, .level = 1, .rights = PTE_R | PTE_W | PTE_X};
    struct sv32_memory memory = {t, load_word, store_word};
    enum view view = sv32_view(s->mode, s->sstatus);
    return sv32_translate_inline(&memory, s->satp, address, view, access, t->vmm->adue);
}

bool gmem_fetch(struct turn *t, u32 *word)
{
    const struct hart_state *s = &t->v->state;
    struct sv32_memory memory = {t, load_word, store_word};
    struct sv32_walk walk = {.address = s->pc};
    if (s->satp & SATP_MODE)
        walk = sv32_translate(&memory, s->satp, s->pc, sv32_view(s->mode, s->sstatus), ACCESS_FETCH,
                              t->vmm->adue);
    return !walk.cause && load_word(t, walk.address, word);
}
