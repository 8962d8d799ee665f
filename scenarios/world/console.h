// What each VM has printed. This is a listener to EVENT_CONSOLE that keeps the text, and a hash
// of all of it. If a guest prints without end, only the last CONSOLE_KEPT bytes are sure to be
// kept; count and hash cover everything. The bytes come from the guest, so they are made
// harmless before a terminal shows them.
// Read next: scenarios/world/console.c.
#ifndef SCENARIOS_WORLD_CONSOLE_H
#define SCENARIOS_WORLD_CONSOLE_H

#include "sim/machine.h"

#define CONSOLE_KEPT (1u << 20)

struct console {
    struct vm_path path;
    u64 count;        // bytes printed
    u64 hash;         // FNV-1a, 64 bits, of all of them
    const char *text; // the last `size` bytes; a 0 follows, which is not counted
    size_t size;
};

struct consoles;

struct consoles *consoles_new(struct machine *m); // NULL: memory lacks
void consoles_free(struct consoles *c);           // before machine_free
// Returns the console of this VM. If the VM never printed, the console has no text, and the hash
// of no bytes.
struct console consoles_of(const struct consoles *c, const struct vm_path *path);

// For going back, and forward again: a mark shares with the consoles the text that has not changed.
struct consoles_mark;
struct consoles_mark *consoles_mark(struct consoles *c); // NULL: memory lacks
void consoles_return(struct consoles *c, const struct consoles_mark *mark);
// Returns how many bytes the mark needs beyond those that it shares with `before`; if `before`
// is NULL, how many it needs in all.
size_t consoles_mark_bytes(const struct consoles_mark *mark, const struct consoles_mark *before);
void consoles_mark_free(struct consoles_mark *mark);

#endif
