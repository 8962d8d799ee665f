// The debugger's side of a run: gdb connects, and sees the world's VCPUs as threads. It can step,
// continue, set breakpoints and watchpoints, look at registers and memory, all of it forwards and
// backwards. It can also change registers and memory: then the run forks, and going back and forth
// shows the changed run.
//
//     gdb-multiarch kernel.elf -ex 'target remote :1234'
//
// packet.h is the line, server.c answers each packet, values.c those about registers and memory,
// monitor.c the commands of trapeze, motion.h moves the run, past.h takes it back, target.h says
// what is there.
// Read next: ui/gdb/packet.h.
#ifndef UI_GDB_SERVER_H
#define UI_GDB_SERVER_H

#include "scenarios/world/world.h"

// Waits for gdb on this port of this machine (0: any free one; a message says which), and serves it
// until it goes. Begins with this guest. Returns an exit status.
int gdb_serve(struct world *w, u32 guest, u32 port);
// The same for a gdb that has connected on this socket. The caller closes it.
int gdb_answer(struct world *w, u32 guest, int peer);

#endif
