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

// How the service ends. After `detach` the run is to go on without gdb.
enum gdb_end { GDB_FAILED, GDB_KILLED, GDB_DETACHED };

// Waits for gdb on this port of this machine (0: any free one; a message says which), and serves it
// until it detaches from the run or kills it. Begins with this guest. If gdb goes without a word
// (`disconnect`, or it crashed), the run stays where it is, and another gdb can connect.
// GDB_FAILED: after a message.
enum gdb_end gdb_serve(struct world *w, u32 guest, u32 port);
// The same for a gdb that has connected on this socket, until it goes. The caller closes it.
enum gdb_end gdb_answer(struct world *w, u32 guest, int peer);

#endif
