// A thread that ends the process when a script hangs. Read scenarios/script/watchdog.h first.
// Read next: scenarios/script/library.c.
#include "scenarios/script/watchdog.h"

#include "scenarios/host/status.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

// No function that takes a lock may be called here: the hanging thread may hold it.
static void tell_hung(struct watchdog *w)
{
    static const char program[] = "trapeze: ";
    char place[100] = "", message[300];
    if (w->place)
        w->place(w->owner_data, place, sizeof place);
    int n = snprintf(message, sizeof message,
                     "%sthe script spent more than %u s in one library function; is a pattern or a "
                     "repetition too large?\n",
                     place, w->seconds);
    if (w->hung)
        w->hung(w->context, message);
    bool told = write(STDERR_FILENO, program, sizeof program - 1) > 0 &&
                write(STDERR_FILENO, message, (size_t)n) > 0;
    (void)told; // there is nowhere else to tell it
    _exit(STATUS_INPUT);
}

// Processor time of the thread that runs the script, in seconds. Time on the wall would end a
// script because the host is busy, or because somebody stopped the process for a while.
static double owner_seconds(const struct watchdog *w)
{
    clockid_t clock;
    struct timespec t = {0};
    if (!pthread_getcpuclockid(w->owner, &clock))
        clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *watch(void *context)
{
    struct watchdog *w = context;
    u64 beats = 0;
    double since = 0;
    pthread_mutex_lock(&w->lock);
    while (!w->closed) {
        struct timespec next;
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&w->closing, &w->lock, &next);
        u64 now = atomic_load(&w->beats);
        if (!atomic_load(&w->busy) || now != beats) {
            beats = now;
            since = owner_seconds(w);
        } else if (owner_seconds(w) - since > w->seconds + 1) {
            tell_hung(w);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

bool watchdog_start(struct watchdog *w)
{
    w->owner = pthread_self();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->closing, NULL);
    w->running = !pthread_create(&w->thread, NULL, watch, w);
    return w->running;
}

void watchdog_end(struct watchdog *w)
{
    if (!w->running)
        return;
    pthread_mutex_lock(&w->lock);
    w->closed = true;
    pthread_cond_signal(&w->closing);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->closing);
    pthread_mutex_destroy(&w->lock);
    w->running = false;
}

void watchdog_busy(struct watchdog *w, bool busy)
{
    watchdog_beat(w);
    atomic_store(&w->busy, busy);
}
