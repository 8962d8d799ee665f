// Guest memory: finding it, copying it, and the guest's own translation.
// Read next: hypervisor/map.h.
#include "hypervisor/gmem.h"
#include "isa/arch/sv32.h"

// Walks the memory map. The RAM of most VMs is in one piece, so the entry of 4 MiB is read
// first.
enum reach gmem_reach(const struct turn *t, gpa address, enum access access, struct mapping *found)
{
    u32 entry = t->map[address >> 22];
    found->super = entry & PTE_R;
    if (found->super) {
        // Both addresses begin at multiples of 4 MiB, so the distance between them is a number
        // of such pieces.
        found->at = address + ((entry >> 20) - (address >> 22)) * MEGAPAGE_SIZE;
    } else {
        if (!(entry & PTE_V))
            return REACH_NOTHING;
        const u32 *table = hw_page_to_read(t->hw, PTE_PPN(entry) << PAGE_SHIFT);
        entry = table[address >> PAGE_SHIFT & 0x3ff];
        found->at = PTE_PPN(entry) << PAGE_SHIFT | (address & (PAGE_SIZE - 1));
    }
    found->rights = entry & (PTE_R | PTE_W | PTE_X);
    return entry & PTE_R << access ? REACHED : REACH_NOTHING;
}

// ---- copies, page by page: neighbours in guest memory need not be neighbours in the machine

static void copy(void *to, const void *from, u32 bytes)
{
    for (u32 i = 0; i < bytes; i++)
        ((u8 *)to)[i] = ((const u8 *)from)[i];
}

// Returns how many of these bytes lie in the page in which they begin.
static u32 in_this_page(gpa address, u32 bytes)
{
    u32 left = PAGE_SIZE - (address & (PAGE_SIZE - 1));
    return bytes < left ? bytes : left;
}

// A copy that cannot be completed must not begin, so all its pages are checked first.
static bool reach_all(const struct turn *t, gpa address, u32 bytes, enum access access)
{
    struct mapping found;
    for (u32 done = 0; done < bytes; done += in_this_page(address + done, bytes - done))
        if (gmem_reach(t, address + done, access, &found) != REACHED)
            return false;
    return true;
}

bool gmem_read(struct turn *t, gpa address, void *to, u32 bytes)
{
    if (!reach_all(t, address, bytes, ACCESS_READ))
        return false;
    struct mapping ram;
    for (u32 done = 0, n; done < bytes; done += n) {
        n = in_this_page(address + done, bytes - done);
        gmem_reach(t, address + done, ACCESS_READ, &ram);
        copy((u8 *)to + done, hw_page_to_read(t->hw, ram.at), n);
    }
    return true;
}

bool gmem_write(struct turn *t, gpa address, const void *from, u32 bytes)
{
    if (!reach_all(t, address, bytes, ACCESS_WRITE))
        return false;
    struct mapping ram;
    for (u32 done = 0, n; done < bytes; done += n) {
        n = in_this_page(address + done, bytes - done);
        gmem_reach(t, address + done, ACCESS_WRITE, &ram);
        copy(hw_page(t->hw, ram.at), (const u8 *)from + done, n);
    }
    return true;
}

// ---- the walk of a guest table: what isa/arch/sv32.h reads and writes words with

static bool load_word(void *context, gpa address, u32 *word)
{
    struct turn *t = context;
    struct mapping found;
    if (gmem_reach(t, address, ACCESS_READ, &found) != REACHED)
        return false; // a table of the guest may lie where the guest has no RAM
    *word = *(const u32 *)hw_page_to_read(t->hw, found.at);
    return true;
}

static bool store_word(void *context, gpa address, u32 word)
{
    struct turn *t = context;
    struct mapping found;
    // The walk stores only where hardware sets A and D (`adue`).
    if (gmem_reach(t, address, ACCESS_WRITE, &found) != REACHED)
        return false;
    *(u32 *)hw_page(t->hw, found.at) = word;
    return true;
}

struct sv32_memory gmem_words(struct turn *t)
{
    return (struct sv32_memory){t, load_word, store_word};
}

// Hidden faults spend most of their time in this walk. So the walk is compiled into this
// function, and load_word and store_word are compiled into the walk.
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

// For a VCPU that runs a guest of its own: there are two stages, both in the memory of the VM.
static u32 fetch_inner(struct turn *t, gpa *address)
{
    struct sv32_memory memory = gmem_words(t);
    struct h_access who = h_access_of(&t->v->state, &t->v->h, ACCESS_FETCH);
    struct h_walk walk = h_translate(&memory, &who, t->v->state.pc, t->vmm->adue);
    *address = walk.address;
    return walk.cause;
}

bool gmem_fetch(struct turn *t, u32 *word)
{
    const struct hart_state *s = &t->v->state;
    struct sv32_memory memory = gmem_words(t);
    struct sv32_walk walk = {.address = s->pc};
    if (s->virt)
        walk.cause = fetch_inner(t, &walk.address);
    else if (s->satp & SATP_MODE)
        walk = sv32_translate(&memory, s->satp, s->pc, sv32_view(s->mode, s->sstatus), ACCESS_FETCH,
                              t->vmm->adue);
    return !walk.cause && load_word(t, walk.address, word);
}
