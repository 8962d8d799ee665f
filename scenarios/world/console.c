// What each VM has printed. Read scenarios/world/console.h first.
// Read next: scenarios/world/cause_index.h.
#include "scenarios/world/console.h"

#include "scenarios/world/vm_index.h"
#include "sim/state/hash.h"
#include "sim/state/pages.h"

#include <stdlib.h>
#include <string.h>

// Room for twice what is kept and the closing 0. A page takes host memory once it is written.
#define TEXT_PAGES (2 * CONSOLE_KEPT / PAGE_SIZE + 1)

struct store {
    u64 count, hash;
    size_t size; // bytes of text
    struct pages text;
};

struct consoles {
    struct machine *machine;
    int listener;
    struct vm_index index;
    struct store store[VM_INDEX_MAX];
};

struct consoles_mark {
    u32 count;
    struct store_mark {
        u64 printed, hash;
        size_t size;
        struct saved_pages text;
    } store[];
};

static struct store *store_of(struct consoles *c, const struct vm_path *path)
{
    u32 known = c->index.count, i = vm_index_make(&c->index, path);
    if (i == VM_INDEX_MAX)
        return NULL;
    if (i == known)
        c->store[i].hash = HASH_START;
    return &c->store[i];
}

// Once the room is used up, the older half of the text is dropped.
static void drop_half(struct store *s)
{
    memmove(s->text.bytes, s->text.bytes + s->size - CONSOLE_KEPT, CONSOLE_KEPT);
    memset(s->text.bytes + CONSOLE_KEPT, 0, s->size - CONSOLE_KEPT);
    for (u32 page = 0; page < TEXT_PAGES; page++)
        pages_mark(&s->text, page);
    s->size = CONSOLE_KEPT;
}

// Behind the text all bytes are 0.
static void append(struct store *s, u8 byte)
{
    if (s->size == 2 * CONSOLE_KEPT)
        drop_half(s);
    pages_mark(&s->text, (u32)(s->size / PAGE_SIZE));
    s->text.bytes[s->size++] = byte;
}

static void hear(void *context, const struct event *e)
{
    struct store *s = store_of(context, &e->path);
    if (!s)
        return;
    u8 byte = (u8)e->note.value;
    s->count++;
    s->hash = hash_byte(s->hash, byte);
    // Without memory the text is missing, but count and hash are right.
    if (s->text.count || pages_new(&s->text, TEXT_PAGES))
        append(s, byte);
}

struct consoles *consoles_new(struct machine *m)
{
    struct consoles *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->machine = m;
    c->listener = machine_listen(m, EVENT_BIT(EVENT_CONSOLE), hear, c);
    return c;
}

void consoles_free(struct consoles *c)
{
    if (!c)
        return;
    machine_unlisten(c->machine, c->listener);
    for (u32 i = 0; i < c->index.count; i++)
        pages_free(&c->store[i].text);
    free(c);
}

struct console consoles_of(const struct consoles *c, const struct vm_path *path)
{
    struct console found = {.path = *path, .hash = HASH_START, .text = ""};
    u32 i = c ? vm_index_find(&c->index, path) : VM_INDEX_MAX;
    if (i == VM_INDEX_MAX)
        return found;
    const struct store *s = &c->store[i];
    found.count = s->count;
    found.hash = s->hash;
    found.text = s->text.count ? (const char *)s->text.bytes : "";
    found.size = s->size;
    return found;
}

// ---- going back

struct consoles_mark *consoles_mark(struct consoles *c)
{
    struct consoles_mark *mark = calloc(1, sizeof *mark + c->index.count * sizeof mark->store[0]);
    if (!mark)
        return NULL;
    for (; mark->count < c->index.count; mark->count++) {
        struct store *s = &c->store[mark->count];
        struct store_mark *m = &mark->store[mark->count];
        *m = (struct store_mark){.printed = s->count, .hash = s->hash, .size = s->size};
        if (s->text.count && !pages_save(&s->text, &m->text)) {
            consoles_mark_free(mark);
            return NULL;
        }
    }
    return mark;
}

void consoles_return(struct consoles *c, const struct consoles_mark *mark)
{
    static const struct store_mark none = {.hash = HASH_START};
    for (u32 i = 0; i < c->index.count; i++) {
        struct store *s = &c->store[i];
        const struct store_mark *m = i < mark->count ? &mark->store[i] : &none;
        s->count = m->printed;
        s->hash = m->hash;
        s->size = m->size;
        if (s->text.count)
            pages_restore(&s->text, &m->text, NULL, NULL);
    }
}

size_t consoles_mark_bytes(const struct consoles_mark *mark, const struct consoles_mark *before)
{
    size_t bytes = sizeof *mark + mark->count * sizeof mark->store[0];
    for (u32 i = 0; i < mark->count; i++)
        bytes += saved_pages_bytes(&mark->store[i].text,
                                   before && i < before->count ? &before->store[i].text : NULL);
    return bytes;
}

void consoles_mark_free(struct consoles_mark *mark)
{
    for (u32 i = 0; mark && i < mark->count; i++)
        pages_drop(&mark->store[i].text);
    free(mark);
}
