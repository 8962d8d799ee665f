// Where pages come from. A page fault is not always an error: often a program asks in this way
// for a page that it was promised.
//
//     page not there       a fresh page: zeros, or bytes of the program's file   (demand paging)
//     there, and shared    a copy for this program, or the page itself if        (copy-on-write)
//                          nobody else has it any more
//     neither              the program must not access this address
//
// The kernel accesses user memory in the same way: it makes the page present first, and then
// copies with SUM set for the copy alone.
// Read next: scenarios/guests/kite/kernel/entry.s.
#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/space.h"
#include "scenarios/guests/kite/kernel/volume.h"

static const u32 access_right[] = {
    [ACCESS_FETCH] = PTE_X, [ACCESS_READ] = PTE_R, [ACCESS_WRITE] = PTE_W};

// What was promised to the program at this page: the flags, and the segment if the page is in
// one. 0: nothing was promised.
static u32 promised(const struct space *s, u32 va, const struct segment **segment)
{
    for (u32 i = 0; i < s->segment_count; i++)
        if (va >= s->segments[i].start && va < s->segments[i].end) {
            *segment = &s->segments[i];
            return s->segments[i].flags;
        }
    bool heap = va >= s->heap_start && va < s->heap_end;
    bool stack = va >= STACK_BOTTOM && va < USER_END;
    return heap || stack ? PTE_R | PTE_W : 0;
}

static bool demand(struct space *s, u32 va, enum access access, u32 *entry)
{
    const struct segment *segment = NULL;
    u32 flags = promised(s, va, &segment);
    if (!(flags & access_right[access]))
        return false;
    u8 *page = page_new();
    if (!page)
        return false;
    // The page is zero. If it is in a segment, the bytes that the file has for it come on top.
    u32 skip = segment ? va - segment->start : 0;
    if (segment && skip < segment->file_bytes) {
        u32 rest = segment->file_bytes - skip;
        if (!volume_read(segment->file_at + skip, page, rest < PAGE_BYTES ? rest : PAGE_BYTES)) {
            page_drop(page);
            return false;
        }
    }
    space_set(s, va, entry, page, flags);
    return true;
}

static bool copy_on_write(struct space *s, u32 va, u32 *entry)
{
    void *page = (void *)(*entry >> 10 << 12);
    // If the others have dropped the page since the fork, it needs no copy.
    if (page_shared(page)) {
        void *copy = page_new();
        if (!copy)
            return false;
        memcpy(copy, page, PAGE_BYTES);
        page_drop(page);
        page = copy;
    }
    space_set(s, va, entry, page, PTE_R | PTE_W);
    return true;
}

bool space_fault(struct space *s, u32 va, enum access access)
{
    if (va < USER_START || va >= USER_END)
        return false;
    u32 page = va & ~(PAGE_BYTES - 1), *entry = space_entry(s, page);
    if (!entry)
        return false;
    if (!(*entry & PTE_V))
        return demand(s, page, access, entry);
    if (access == ACCESS_WRITE && (*entry & PTE_COW))
        return copy_on_write(s, page, entry);
    // The page is there already: the kernel asks before it copies.
    return (*entry & access_right[access]) != 0;
}

void *space_at(struct space *s, u32 va, enum access access)
{
    if (!space_fault(s, va, access))
        return NULL;
    return (u8 *)(*space_entry(s, va) >> 10 << 12) + va % PAGE_BYTES;
}

// ---- copies between the kernel and the current program

// Copies within one page. SUM allows mode K to access a U page, and it is set for this copy
// alone: a wrong pointer anywhere else in the kernel still faults.
static void copy_with_sum(void *to, const void *from, u32 bytes)
{
    csr_set(sstatus, SSTATUS_SUM);
    memcpy(to, from, bytes);
    csr_clear(sstatus, SSTATUS_SUM);
}

static u32 rest_of_page(u32 va, u32 bytes)
{
    u32 rest = PAGE_BYTES - va % PAGE_BYTES;
    return bytes < rest ? bytes : rest;
}

bool user_read(void *to, u32 from, u32 bytes)
{
    for (u32 n; bytes > 0; bytes -= n, from += n, to = (u8 *)to + n) {
        n = rest_of_page(from, bytes);
        if (!space_fault(&current()->space, from, ACCESS_READ))
            return false;
        copy_with_sum(to, (const void *)from, n);
    }
    return true;
}

bool user_write(u32 to, const void *from, u32 bytes)
{
    for (u32 n; bytes > 0; bytes -= n, to += n, from = (const u8 *)from + n) {
        n = rest_of_page(to, bytes);
        if (!space_fault(&current()->space, to, ACCESS_WRITE))
            return false;
        copy_with_sum((void *)to, from, n);
    }
    return true;
}

i32 user_read_string(char *to, u32 from, u32 size)
{
    for (u32 at = 0; at < size;) {
        u32 n = rest_of_page(from + at, size - at);
        if (!user_read(to + at, from + at, n))
            return BAD_ADDRESS;
        for (u32 end = at + n; at < end; at++)
            if (to[at] == 0)
                return (i32)at;
    }
    return BAD_ARGUMENT;
}
