// The command `gdb` lets gdb connect to the run at its present moment. A child process serves
// gdb, with a copy of everything. So nothing that gdb does changes the run that the person looks
// at. Read ui/gdb/server.h first.
#include "ui/dashboard/argument.h"
#include "ui/dashboard/child.h"
#include "ui/dashboard/commands.h"
#include "ui/gdb/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTENERS 16 // of a machine, at most
#define PORT_MOST 65535

// The work of the child. It writes its messages to `said`, because the terminal belongs to its
// parent.
static _Noreturn void serve(struct dashboard *d, u32 guest, u32 port, int said)
{
    struct world *w = scenario_world(d->drive.play.sc);
    dup2(said, STDERR_FILENO);
    close(said);
    // The script and the log have listened to the run so far. They must not hear what gdb does.
    for (int i = 0; i < LISTENERS; i++)
        machine_unlisten(w->machine, i);
    machine_watch(w->machine, NULL);
    gdb_serve(w, guest, port);
    _exit(0);
}

// Returns the port in "... target remote :PORT'"; 0 if the child did not name one.
static unsigned read_port(int from)
{
    char text[512];
    size_t size = 0;
    const char *at = NULL;
    while (size + 1 < sizeof text && !at) {
        ssize_t got = read(from, text + size, sizeof text - 1 - size);
        if (got <= 0)
            break;
        size += (size_t)got;
        text[size] = 0;
        at = strchr(text, '\n') ? strstr(text, "remote :") : NULL;
    }
    return at ? (unsigned)strtoul(at + strlen("remote :"), NULL, 10) : 0;
}

static bool is_served(struct dashboard *d)
{
    if (d->gdb && waitpid(d->gdb, NULL, WNOHANG) == d->gdb)
        d->gdb = 0;
    return d->gdb;
}

// Reads the port that the argument names. Without an argument the port is 0, which means any
// free port. Returns false if the argument names no port.
static bool wanted_port(const struct dashboard *d, u64 *port)
{
    *port = 0;
    if (!d->argument[0])
        return true;
    return argument_number(d->argument, 10, port) && *port >= 1 && *port <= PORT_MOST;
}

static unsigned end_service(struct dashboard *d)
{
    bool served = is_served(d);
    dashboard_gdb_end(d);
    return dashboard_say(d, served ? "gdb: it is no longer served" : "gdb: none is served");
}

unsigned do_gdb(struct dashboard *d, const struct binding *b)
{
    char text[160];
    u32 guest;
    u64 wanted;
    int said;
    (void)b;
    if (!strcmp(d->argument, "off"))
        return end_service(d);
    if (!wanted_port(d, &wanted))
        return dashboard_say(d, "gdb: a port is a number from 1 to 65535; without one it is any "
                                "that is free");
    if (is_served(d))
        return dashboard_say(d, "gdb: one gdb is served already, or awaited; :gdb off ends that");
    if (!d->drive.play.machine || !dashboard_chosen_guest(d, &guest))
        return dashboard_say(d, "gdb: choose a guest in pane 1 first");
    d->gdb = child_begin(&said);
    if (!d->gdb)
        serve(d, guest, (u32)wanted, said);
    if (d->gdb < 0) {
        d->gdb = 0;
        return dashboard_say(d, "gdb: no process can be made for it");
    }
    unsigned port = read_port(said);
    close(said);
    if (!port) {
        dashboard_gdb_end(d);
        return dashboard_say(d, wanted
                                    ? "gdb: this port cannot be opened; :gdb alone takes a free one"
                                    : "gdb: no port could be opened for it");
    }
    snprintf(text, sizeof text, "gdb sees a copy: gdb-multiarch KERNEL -ex 'target remote :%u'",
             port);
    return dashboard_say(d, text);
}
