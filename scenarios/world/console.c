// What each VM has printed. Read scenarios/world/console.h first.
// Read next: scenarios/world/cause_index.h.
#include "scenarios/world/console.h"

#include "scenarios/world/vm_index.h"
#include "sim/state/hash.h"

#include <stdlib.h>
#include <string.h>

struct store {
    u64 count, hash;
    char *text;
    size_t size, room;
};

struct consoles {
    struct machine *machine;
    int listener;
    struct vm_index index;
    struct store store[VM_INDEX_MAX];
};

struct consoles_mark {
    u32 count;
    struct {
        u64 printed, hash;
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

// Makes room for one more byte and the closing 0. The text grows to twice what is kept; then its
// older half is dropped.
static bool make_room(struct store *s)
{
    if (s->size + 2 <= s->room)
        return true;
    if (s->size >= 2 * CONSOLE_KEPT) {
        memmove(s->text, s->text + s->size - CONSOLE_KEPT, CONSOLE_KEPT);
        s->size = CONSOLE_KEPT;
        return true;
    }
    size_t room = s->room ? s->room * 2 : 64;
    char *text = realloc(s->text, room);
    if (!text)
        return false;
    s->text = text;
    s->room = room;
    return true;
}

static void hear(void *context, const struct event *e)
{
    struct store *s = store_of(context, &e->path);
    if (!s)
        return;
    u8 byte = (u8)e->note.value;
    s->count++;
    s->hash = hash_byte(s->hash, byte);
    if (!make_room(s))
        return; // memory lacks: the text has a hole, but count and hash are right
    s->text[s->size++] = (char)byte;
    s->text[s->size] = 0;
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
        free(c->store[i].text);
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
    found.text = s->text ? s->text : "";
    found.size = s->size;
    return found;
}

static void copy_store(struct store *to, const struct store *from)
{
    free(to->text);
    *to = *from;
    to->text = from->text ? malloc(from->room) : NULL;
    if (to->text)
        memcpy(to->text, from->text, from->size + 1);
    else
        to->size = to->room = 0;
}

void consoles_copy(struct consoles *c, const struct consoles *from)
{
    for (u32 i = 0; i < c->index.count || i < from->index.count; i++)
        copy_store(&c->store[i], &from->store[i]);
    c->index = from->index;
}

struct consoles_mark *consoles_mark(const struct consoles *c)
{
    struct consoles_mark *mark = malloc(sizeof *mark + c->index.count * sizeof mark->store[0]);
    if (!mark)
        return NULL;
    mark->count = c->index.count;
    for (u32 i = 0; i < mark->count; i++) {
        mark->store[i].printed = c->store[i].count;
        mark->store[i].hash = c->store[i].hash;
    }
    return mark;
}

void consoles_return(struct consoles *c, const struct consoles_mark *mark)
{
    for (u32 i = 0; i < c->index.count; i++) {
        struct store *s = &c->store[i];
        u64 printed = i < mark->count ? mark->store[i].printed : 0;
        u64 since = s->count - printed;
        s->size -= since < s->size ? since : s->size;
        if (s->text)
            s->text[s->size] = 0;
        s->count = printed;
        s->hash = i < mark->count ? mark->store[i].hash : HASH_START;
    }
}

void consoles_mark_free(struct consoles_mark *mark)
{
    free(mark);
}
