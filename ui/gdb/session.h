// A session with gdb, and the packets whose answers need files of their own.
// Read next: ui/command/table.h.
#ifndef UI_GDB_SESSION_H
#define UI_GDB_SESSION_H

#include "ui/gdb/motion.h"
#include "ui/gdb/packet.h"

#define BYTES_MOST ((PACKET_SIZE - 64) / 2) // bytes of memory that one packet can hold as digits

// How a session ends. After LEAVE_GONE, gdb may come back.
enum leave { LEAVE_NOT, LEAVE_GONE, LEAVE_DETACHED, LEAVE_KILLED };

struct session {
    struct packet_line line;
    struct world *world;
    struct motion motion;
    u32 thread;      // the thread whose registers and memory gdb asks for
    u32 step_thread; // the thread that the old packets s and bs step
    char *xml;       // the description of the registers
    char answer[PACKET_SIZE + 1];
    u32 listed; // the last thread that the answers to qfThreadInfo and qsThreadInfo have named
    enum leave leave;
};

// Sends the answer to the packet.
void session_answer(struct session *s, const char *text);
// Returns true if there is a thread of this number now.
bool session_has_thread(struct session *s, u32 thread);

// ---- values.c: registers and memory. `text` is what stands behind the packet's name

void session_registers(struct session *s, const char *text);     // g
void session_register(struct session *s, const char *text);      // p
void session_memory(struct session *s, const char *text);        // m
void session_set_registers(struct session *s, const char *text); // G
void session_set_register(struct session *s, const char *text);  // P
void session_set_memory(struct session *s, const char *text);    // M
void session_set_binary(struct session *s, const char *text);    // X: the bytes as they are

// ---- monitor.c

void session_monitor(struct session *s, const char *text); // qRcmd: `monitor COMMAND`

#endif
