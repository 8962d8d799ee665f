// The side of a run that gdb sees. gdb connects, and the world's VCPUs are its threads. It can
// step, continue, set breakpoints and watchpoints, and look at registers and memory, all of
// these forwards and backwards. It can also change registers and memory. The run then forks, and
// going back and forth shows the changed run.
//
//     gdb-multiarch kernel.elf -ex 'target remote :1234'
//
// packet.h is the line to gdb. server.c answers each packet, values.c the packets about
// registers and memory, and monitor.c the commands of trapeze itself. motion.h moves the run,
// past.h takes it back, and target.h says which threads and registers there are.
// Read next: ui/gdb/packet.h.
#ifndef UI_GDB_SERVER_H
#define UI_GDB_SERVER_H

#include "scenarios/world/world.h"

// How the service ends. After `detach` the run must go on without gdb.
enum gdb_end { GDB_FAILED, GDB_KILLED, GDB_DETACHED };

// Waits for gdb on this port of this computer (0: any free port; a message says which). Serves
// gdb until gdb detaches from the run or kills it. This guest's first VCPU is the thread that
// gdb sees first. If gdb goes without notice (`disconnect`, or a crash), the run stays where it
// is, and another gdb can connect. Returns GDB_FAILED after a message.
enum gdb_end gdb_serve(struct world *w, u32 guest, u32 port);
// Serves a gdb that has connected on this socket, until it goes. The caller closes the socket.
enum gdb_end gdb_answer(struct world *w, u32 guest, int peer);

#endif
