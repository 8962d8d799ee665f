// Address spaces: the page tables themselves. Source: RISC-V Privileged Specification 1.12,
// sections 4.3 (Sv32) and 4.2.1 (the purpose of sfence.vma).
// Read next: scenarios/guests/kite/kernel/fault.c.
#include "scenarios/guests/kite/kernel/space.h"
#include "scenarios/guests/kite/kernel/board.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"

#define MEGAPAGE 0x400000u
#define SATP_SV32 0x80000000u
#define ENTRIES 1024
// The entries of a root from here on are the kernel's, since USER_END is 0x40000000.
#define KERNEL_ENTRIES 256

extern u8 kernel_text_end[], kernel_rodata_end[];

// The kernel's own tables: a root, from which every space copies the kernel's part, and the
// table that maps the kernel's own pages.
static u32 kernel_root[ENTRIES] __attribute__((aligned(4096)));
static u32 kernel_leaf[ENTRIES] __attribute__((aligned(4096)));
// The largest ASID that the hardware has. 0: it has none, and every change of space needs a fence.
static u32 asid_limit;

static u32 entry_make(u32 address, u32 flags)
{
    return address >> 2 | flags; // the same as (address >> 12) << 10 | flags
}

static void *entry_page(u32 entry)
{
    return (void *)(entry >> 10 << 12);
}

// ---- the kernel's part

static void map_kernel_image(void)
{
    for (u32 i = 0; i < ENTRIES; i++) {
        u32 at = KERNEL_START + i * PAGE_BYTES;
        // Code cannot be written, constants neither, and data cannot be executed.
        u32 flags = PTE_R | PTE_W | PTE_D;
        if (at < (u32)kernel_text_end)
            flags = PTE_R | PTE_X;
        else if (at < (u32)kernel_rodata_end)
            flags = PTE_R;
        kernel_leaf[i] = entry_make(at, flags | PTE_A | PTE_G | PTE_V);
    }
    kernel_root[KERNEL_START / MEGAPAGE] = entry_make((u32)kernel_leaf, PTE_V);
}

static void map_megapage(u32 va, u32 address)
{
    kernel_root[va / MEGAPAGE] = entry_make(address, PTE_R | PTE_W | PTE_A | PTE_D | PTE_G | PTE_V);
}

static void satp_write(const u32 *root, u32 asid)
{
    csr_write(satp, SATP_SV32 | asid << 22 | (u32)root >> 12);
}

void space_init(u32 ram_end)
{
    map_kernel_image();
    // The rest of RAM is data, so superpages do.
    for (u32 i = KERNEL_START / MEGAPAGE + 1; i <= (ram_end - 1) / MEGAPAGE; i++)
        map_megapage(i * MEGAPAGE, i * MEGAPAGE);
    map_megapage(PLIC, PLIC_PHYSICAL);
    map_megapage(UART, IO_PHYSICAL);
    // ASID bits that the hardware lacks read back as 0.
    satp_write(kernel_root, 0x1ff);
    asid_limit = csr_read(satp) >> 22 & 0x1ff;
    satp_write(kernel_root, 0);
    fence_all();
}

// ---- a program's part

bool space_new(struct space *s, u32 asid)
{
    *s = (struct space){.root = page_new(), .asid = asid <= asid_limit ? asid : 0};
    if (!s->root)
        return false;
    // The kernel is in every space, so a trap needs no new satp. Its entries never change.
    memcpy(s->root + KERNEL_ENTRIES, kernel_root + KERNEL_ENTRIES,
           (ENTRIES - KERNEL_ENTRIES) * sizeof(u32));
    return true;
}

void space_free(struct space *s)
{
    for (u32 i = 0; s->root && i < KERNEL_ENTRIES; i++) {
        if (!(s->root[i] & PTE_V))
            continue;
        u32 *leaf = entry_page(s->root[i]);
        for (u32 j = 0; j < ENTRIES; j++)
            if (leaf[j] & PTE_V)
                page_drop(entry_page(leaf[j]));
        page_drop(leaf);
    }
    if (s->root)
        page_drop(s->root);
    // The next owner of this ASID must not meet old translations.
    fence_space(s->asid);
    *s = (struct space){0};
}

void space_enter(const struct space *s)
{
    satp_write(s ? s->root : kernel_root, s ? s->asid : 0);
    // Spaces with an ASID of their own are kept apart by the hardware. ASID 0 is everybody's.
    if (!s || s->asid == 0)
        fence_all();
}

// The leaf table for `va`, which is made if it is not there. NULL: there is no memory.
static u32 *leaf_table(struct space *s, u32 va)
{
    u32 *entry = &s->root[va / MEGAPAGE];
    if (!(*entry & PTE_V)) {
        void *table = page_new();
        if (!table)
            return NULL;
        *entry = entry_make((u32)table, PTE_V);
    }
    return entry_page(*entry);
}

static u32 *leaf_entry(u32 *table, u32 va)
{
    return &table[va / PAGE_BYTES % ENTRIES];
}

u32 *space_entry(struct space *s, u32 va)
{
    u32 *table = leaf_table(s, va);
    return table ? leaf_entry(table, va) : NULL;
}

void space_set(struct space *s, u32 va, u32 *entry, void *page, u32 flags)
{
    if (!(*entry & PTE_V))
        s->pages++;
    // The hardware faults where A or D is clear, so the kernel sets them when it maps a page.
    if (flags & PTE_W)
        flags |= PTE_D;
    *entry = entry_make((u32)page, flags | PTE_U | PTE_A | PTE_V);
    fence_page(va, s->asid);
}

// Shares a page of the parent with the child. From now on neither may write it without a fault.
static u32 entry_share(u32 entry)
{
    page_share(entry_page(entry));
    return entry & (PTE_W | PTE_COW) ? (entry & ~(u32)(PTE_W | PTE_D)) | PTE_COW : entry;
}

bool space_fork(struct space *to, struct space *from)
{
    if (!space_new(to, to->asid))
        return false;
    struct space fresh = *to;
    *to = *from; // segments, heap, number of pages
    to->root = fresh.root;
    to->asid = fresh.asid;
    for (u32 i = 0; i < KERNEL_ENTRIES; i++) {
        if (!(from->root[i] & PTE_V))
            continue;
        u32 *theirs = entry_page(from->root[i]), *ours = leaf_table(to, i * MEGAPAGE);
        if (!ours) {
            space_free(to);
            fence_space(from->asid);
            return false;
        }
        for (u32 j = 0; j < ENTRIES; j++)
            if (theirs[j] & PTE_V)
                ours[j] = theirs[j] = entry_share(theirs[j]);
    }
    // The parent has lost its right to write, and the hardware must not remember that right.
    fence_space(from->asid);
    return true;
}

bool space_grow(struct space *s, i32 bytes)
{
    u32 end = s->heap_end + (u32)bytes;
    if (bytes > 0 ? end < s->heap_end || end > HEAP_LIMIT
                  : end < s->heap_start || end > s->heap_end)
        return false;
    for (u32 va = (end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1); va < s->heap_end; va += PAGE_BYTES) {
        u32 *entry = s->root[va / MEGAPAGE] & PTE_V ? space_entry(s, va) : NULL;
        if (!entry || !(*entry & PTE_V))
            continue;
        page_drop(entry_page(*entry));
        *entry = 0;
        s->pages--;
        fence_page(va, s->asid);
    }
    s->heap_end = end;
    return true;
}
