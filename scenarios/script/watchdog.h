// A watchdog for a script that does not come back from a library function. The hook that counts
// instructions does not run there (a pattern can backtrack for ever). So a second thread checks
// once a second that the script still makes progress.
// Read next: scenarios/script/watchdog.c.
#ifndef SCENARIOS_SCRIPT_WATCHDOG_H
#define SCENARIOS_SCRIPT_WATCHDOG_H

#include "isa/types.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct watchdog {
    u32 seconds; // of processor time that one library function may take
    // Called (if not NULL) on the watchdog's thread when the script hangs. Then the process ends
    // with the message on standard error and status 3.
    void (*hung)(void *context, const char *message);
    void *context;
    // Writes "FILE:LINE: " of the hanging script, or nothing. Called on the watchdog's thread,
    // while the script's own thread is inside the library function.
    void (*place)(void *owner, char *to, size_t size);
    void *owner_data;

    atomic_bool busy;    // the script runs
    atomic_ullong beats; // grows with each sign that the script makes progress
    pthread_t owner, thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t closing;
    bool closed;
};

// Watches the calling thread. All fields up to owner_data must be set before. Returns false if
// no thread can be made.
bool watchdog_start(struct watchdog *w);
void watchdog_end(struct watchdog *w);
static inline void watchdog_beat(struct watchdog *w)
{
    atomic_fetch_add(&w->beats, 1);
}
void watchdog_busy(struct watchdog *w, bool busy);

#endif
