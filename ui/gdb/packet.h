// The line to gdb: a TCP connection on this machine alone, and the packets of gdb's remote serial
// protocol on it: $DATA#CC, where CC is the sum of the bytes of DATA (manual of gdb, appendix E).
// What comes in may be anything; a packet that is too long or damaged is asked for again.
// Read next: ui/gdb/motion.h.
#ifndef UI_GDB_PACKET_H
#define UI_GDB_PACKET_H

#include "isa/types.h"

#define PACKET_SIZE 4096 // bytes of DATA, at most

struct packet_line {
    int listener, peer; // file descriptors; -1: none
    u32 port;           // of the listener
    bool no_ack;        // gdb has asked for packets without a "+" after each
    u8 input[PACKET_SIZE];
    size_t input_at, input_count;
    char packet[PACKET_SIZE +
                1]; // the last one received, closed by 0. That of X has bytes of 0, too
    size_t packet_size;
    bool interrupted; // a Ctrl-C came between two packets
};

// Listens on 127.0.0.1; port 0 is any free port. False: it cannot, and a message has said why.
bool packet_listen(struct packet_line *line, u32 port);
// Waits for gdb, the first one or another one after packet_hang_up. False: it cannot connect.
bool packet_accept(struct packet_line *line);
// Ends the connection with the present gdb, and goes on listening.
void packet_hang_up(struct packet_line *line);
void packet_close(struct packet_line *line);

// Waits for the next packet, which is then in line->packet. Whoever else connects meanwhile is sent
// away. False: gdb has gone.
bool packet_receive(struct packet_line *line);
// Sends one packet. `data` has printable characters only. False: gdb has gone.
bool packet_send(struct packet_line *line, const char *data);
// While the guest runs: has gdb sent a Ctrl-C, or gone?
bool packet_interrupts(struct packet_line *line);

// ---- hexadecimal digits

// Reads hexadecimal digits from *text on, and moves *text behind them. False: there are none, or
// more than a u32 holds.
bool packet_hex(const char **text, u32 *value);
// Writes bytes as pairs of digits, closed by 0; `to` has 2 * count + 1 characters. Returns the end.
char *packet_bytes(char *to, const void *bytes, size_t count);
// Reads pairs of digits, at most `most`. Returns how many bytes there were; -1: no such text.
int packet_text(const char *text, char *to, size_t most);

// The same for `count` bytes as they are, but for '}', which says that the next byte is that byte
// XOR 0x20 ("Binary Data" in the manual of gdb).
int packet_binary(const char *text, size_t count, u8 *to, size_t most);

#endif
