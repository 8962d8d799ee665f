// Guest memory: bounds, copies, and the guest's own translation.
// Read next: hypervisor/shadow.c.
#include "hypervisor/gmem.h"
#include "isa/arch/sv32_walk.h"

bool gmem_has(const struct vm *vm, gpa address, u32 bytes)
{
    u32 offset = address - BOARD_RAM; // below BOARD_RAM it is more than any ram_size
    return offset < vm->ram_size && bytes <= vm->ram_size - offset;
}

mpa gmem_mpa(const struct vm *vm, gpa address)
{
    return vm->ram_at + (address - BOARD_RAM);
}

static void copy(void *to, const void *from, u32 bytes)
{
    for (u32 i = 0; i < bytes; i++)
        ((u8 *)to)[i] = ((const u8 *)from)[i];
}

static u32 left_in_page(u32 address)
{
    return PAGE_SIZE - (address & (PAGE_SIZE - 1));
}

bool gmem_read(struct hw *hw, const struct vm *vm, gpa address, void *to, u32 bytes)
{
    if (!gmem_has(vm, address, bytes))
        return false;
    for (u32 n; bytes; bytes -= n, address += n, to = (u8 *)to + n) {
        n = bytes < left_in_page(address) ? bytes : left_in_page(address);
        copy(to, hw_look(hw, gmem_mpa(vm, address)), n);
    }
    return true;
}

bool gmem_write(struct hw *hw, const struct vm *vm, gpa address, const void *from, u32 bytes)
{
    if (!gmem_has(vm, address, bytes))
        return false;
    for (u32 n; bytes; bytes -= n, address += n, from = (const u8 *)from + n) {
        n = bytes < left_in_page(address) ? bytes : left_in_page(address);
        copy(hw_page(hw, gmem_mpa(vm, address)), from, n);
    }
    return true;
}

// ---- the walk of a guest table

struct words {
    struct hw *hw;
    const struct vm *vm;
};

static bool load_word(void *context, u32 address, u32 *word)
{
    const struct words *w = context;
    if (!gmem_has(w->vm, address, 4))
        return false;
    *word = *(const u32 *)hw_look(w->hw, gmem_mpa(w->vm, address));
    return true;
}

static bool store_word(void *context, u32 address, u32 word)
{
    const struct words *w = context;
    if (!gmem_has(w->vm, address, 4))
        return false;
    *(u32 *)hw_page(w->hw, gmem_mpa(w->vm, address)) = word;
    return true;
}

// Walks, compiled into the one who asks (isa/arch/sv32_walk.h) since most hidden faults spend their
// time here.
struct sv32_walk gmem_translate(const struct turn *t, gva address, enum access access)
{
    const struct hart_state *s = &t->v->state;
    if (!(s->satp & SATP_MODE))
        return (struct sv32_walk){.address = address, .level = 1, .rights = PTE_R | PTE_W | PTE_X};
    struct words words = {t->hw, t->vm};
    struct sv32_memory memory = {&words, load_word, store_word};
    return sv32_translate_inline(&memory, s->satp, address, sv32_view(s->mode, s->sstatus), access,
                                 t->vmm->adue);
}

bool gmem_fetch(const struct turn *t, u32 *word)
{
    const struct hart_state *s = &t->v->state;
    struct words words = {t->hw, t->vm};
    struct sv32_memory memory = {&words, load_word, store_word};
    struct sv32_walk walk = {.address = s->pc};
    if (s->satp & SATP_MODE)
        walk = sv32_translate(&memory, s->satp, s->pc, sv32_view(s->mode, s->sstatus), ACCESS_FETCH,
                              t->vmm->adue);
    return !walk.cause && load_word(&words, walk.address, word);
}
