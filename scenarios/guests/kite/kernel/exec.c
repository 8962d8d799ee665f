// Starting a program. The segments of an ELF file are only promised here; their pages come when
// the program touches them (fault.c). The new program gets its arguments on top of its stack:
//
//     0x40000000 +-----------------------------+
//                | "sort" 0 "-r" 0 ...         |  the words
//                | argv[0] argv[1] ... NULL    |
//       a1, sp   +-----------------------------+  16-byte aligned; a0 = how many words
//
// Source: System V ABI for 32-bit ELF (file and program headers); RISC-V ELF psABI.
// Read next: scenarios/guests/kite/syscalls.def.
#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/volume.h"
#include "scenarios/guests/kite/volume.h"

#define WORDS_BYTES 1024
#define WORDS_MAX 32

enum {
    ELF_MAGIC = 0x464c457f,
    ELF_32_LITTLE = 0x010101,
    ELF_EXECUTABLE = 2,
    ELF_RISCV = 243,
    SEGMENT_LOAD = 1
};

struct elf_header {
    u32 magic, class_order_version, unused[2];
    u16 type, machine;
    u32 version, entry, segments_at, sections_at, flags;
    u16 header_bytes, segment_bytes, segments, section_bytes, sections, names;
};

struct elf_segment {
    u32 type, at, va, pa, file_bytes, memory_bytes, flags, align;
};

// The arguments on their way from the old program to the new one: words that end in 0, one after
// the other.
struct words {
    u32 count, bytes;
    char text[WORDS_BYTES];
};

static i32 take_words(struct words *w, u32 argv)
{
    w->count = w->bytes = 0;
    for (u32 word;; argv += 4) {
        if (!user_read(&word, argv, 4))
            return BAD_ADDRESS;
        if (word == 0)
            return 0;
        if (w->count == WORDS_MAX || w->bytes == WORDS_BYTES)
            return TOO_MANY;
        i32 length = user_read_string(w->text + w->bytes, word, WORDS_BYTES - w->bytes);
        if (length < 0)
            return length == BAD_ARGUMENT ? TOO_MANY : length;
        w->bytes += (u32)length + 1;
        w->count++;
    }
}

// Promises one segment of the file. Returns false if the segment breaks the rules of space.h.
static bool add_segment(struct space *s, const struct volume_entry *file,
                        const struct elf_segment *e)
{
    if (s->segment_count == SEGMENTS || e->va % PAGE_BYTES || e->va < s->heap_start ||
        e->memory_bytes > HEAP_LIMIT - e->va || e->va > HEAP_LIMIT ||
        e->file_bytes > e->memory_bytes || e->at > file->bytes ||
        e->file_bytes > file->bytes - e->at)
        return false;
    u32 end = (e->va + e->memory_bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    u32 flags = (e->flags & 1 ? PTE_X : 0) | (e->flags & 2 ? PTE_W | PTE_R : 0) |
                (e->flags & 4 ? PTE_R : 0);
    s->segments[s->segment_count++] =
        (struct segment){e->va, end, file->start + e->at, e->file_bytes, flags};
    s->heap_start = s->heap_end = end;
    return true;
}

static i32 promise_program(struct space *s, const struct volume_entry *file, u32 *entry)
{
    struct elf_header h;
    if (file->bytes < sizeof h || !volume_read(file->start, &h, sizeof h) || h.magic != ELF_MAGIC ||
        (h.class_order_version & 0xffffff) != ELF_32_LITTLE || h.type != ELF_EXECUTABLE ||
        h.machine != ELF_RISCV || h.segment_bytes != sizeof(struct elf_segment) ||
        h.segments_at > file->bytes ||
        h.segments * sizeof(struct elf_segment) > file->bytes - h.segments_at)
        return BAD_PROGRAM;
    s->heap_start = USER_START;
    for (u32 i = 0; i < h.segments; i++) {
        struct elf_segment e;
        if (!volume_read(file->start + h.segments_at + i * sizeof e, &e, sizeof e))
            return BAD_PROGRAM;
        if (e.type == SEGMENT_LOAD && e.memory_bytes > 0 && !add_segment(s, file, &e))
            return BAD_PROGRAM;
    }
    *entry = h.entry;
    return 0;
}

// Writes the words and argv to the top of the new stack. Returns sp, or 0 if there is no memory.
static u32 fill_stack(struct space *s, const struct words *w)
{
    u32 text = USER_END - w->bytes, sp = (text - 4 * (w->count + 1)) & ~15u;
    // Words and argv together always fit in the top page of the stack.
    u8 *page = space_at(s, sp & ~(PAGE_BYTES - 1), ACCESS_WRITE);
    if (!page)
        return 0;
    memcpy(page + text % PAGE_BYTES, w->text, w->bytes);
    u32 *argv = (u32 *)(page + sp % PAGE_BYTES);
    for (u32 i = 0, at = 0; i < w->count; i++, at += (u32)strlen(w->text + at) + 1)
        argv[i] = text + at;
    argv[w->count] = 0;
    return sp;
}

static void name_process(struct process *p, const char *path)
{
    const char *name = path;
    for (const char *s = path; *s; s++)
        if (*s == '/')
            name = s + 1;
    text_copy(p->name, name, NAME_BYTES);
}

// Replaces the program of the current process. The old program is kept until nothing can fail any
// more: an exec that fails returns to it.
static i32 replace_program(const char *path, const struct words *w, struct trap_frame *frame)
{
    struct process *p = current();
    struct volume_entry file;
    if (!volume_find(path, &file))
        return NOT_FOUND;
    struct space s;
    if (!space_new(&s, p->space.asid))
        return NO_MEMORY;
    u32 entry = 0;
    i32 error = promise_program(&s, &file, &entry);
    u32 sp = error ? 0 : fill_stack(&s, w);
    if (sp == 0) {
        space_free(&s);
        return error ? error : NO_MEMORY;
    }
    struct space old = p->space;
    p->space = s;
    space_enter(&p->space);
    // This also makes the hardware forget the old translations of this ASID.
    space_free(&old);
    name_process(p, path);
    *frame = (struct trap_frame){.sepc = entry, .sstatus = SSTATUS_SPIE};
    frame->x[REG_SP] = frame->x[REG_A1] = sp;
    return (i32)w->count;
}

i32 exec(const char *path, u32 argv, struct trap_frame *frame)
{
    struct words w;
    i32 error = take_words(&w, argv);
    return error ? error : replace_program(path, &w, frame);
}

i32 exec_words(const char *path, const char *words, u32 count, struct trap_frame *frame)
{
    struct words w = {.count = count};
    for (u32 i = 0; i < count; i++)
        w.bytes += (u32)strlen(words + w.bytes) + 1;
    memcpy(w.text, words, w.bytes);
    return replace_program(path, &w, frame);
}
