// What each VM has printed: a listener to EVENT_CONSOLE that keeps the text and a hash of all of
// it. Of a guest that prints without end only the last CONSOLE_KEPT bytes (at least) are kept;
// count and hash cover everything. The bytes are the guest's: whoever shows them on a terminal must
// clean them.
// Read next: scenarios/world/console.c.
#ifndef SCENARIOS_WORLD_CONSOLE_H
#define SCENARIOS_WORLD_CONSOLE_H

#include "sim/machine.h"

#define CONSOLE_KEPT (1u << 20)

struct console {
    struct vm_path path;
    u64 count;        // bytes printed
    u64 hash;         // FNV-1a, 64 bits, of all of them
    const char *text; // the last `size` bytes, closed by a 0 that is not counted
    size_t size;
};

struct consoles;

struct consoles *consoles_new(struct machine *m); // NULL: out of memory
void consoles_free(struct consoles *c);           // before machine_free
// The console of this VM; if it never printed, one with no text (path as asked, hash of nothing).
struct console consoles_of(const struct consoles *c, const struct vm_path *path);

// For stepping back: a copy of the counts and hashes, and return to it. Text printed since is cut
// off.
struct consoles_mark;
struct consoles_mark *consoles_mark(const struct consoles *c);
void consoles_return(struct consoles *c, const struct consoles_mark *mark);
void consoles_mark_free(struct consoles_mark *mark);

#endif
