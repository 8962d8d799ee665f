// The line to gdb: a TCP connection that only programs on this computer can make, and the
// packets of gdb's remote serial protocol on it: $DATA#CC, where CC is the sum of the bytes of
// DATA (manual of gdb, appendix E). The bytes that come in may be anything. If a packet is too
// long or damaged, gdb is asked to send it again.
// Read next: ui/gdb/motion.h.
#ifndef UI_GDB_PACKET_H
#define UI_GDB_PACKET_H

#include "isa/types.h"

#define PACKET_SIZE 4096 // the most bytes that DATA can have

struct packet_line {
    int listener, peer; // file descriptors; -1: none
    u32 port;           // of the listener
    bool no_ack;        // gdb has asked to leave out the "+" after each packet
    u8 input[PACKET_SIZE];
    size_t input_at, input_count;
    char packet[PACKET_SIZE +
                1]; // the last one received, closed by 0. That of X has bytes of 0, too
    size_t packet_size;
    bool interrupted; // a Ctrl-C came between two packets
};

// Listens on 127.0.0.1. Port 0 means any free port. Returns the port, or -1 after a message.
bool packet_listen(struct packet_line *line, u32 port);
// Waits until gdb connects: the first gdb, or another one after packet_hang_up. Returns false if
// gdb cannot connect.
bool packet_accept(struct packet_line *line);
// Ends the connection with the present gdb, and goes on listening.
void packet_hang_up(struct packet_line *line);
void packet_close(struct packet_line *line);

// Waits for the next packet, and puts it into line->packet. Returns false if gdb has gone.
bool packet_receive(struct packet_line *line);
// Sends one packet. `data` has printable characters only. Returns false if gdb has gone.
bool packet_send(struct packet_line *line, const char *data);
// To be called while the guest runs. Returns true if gdb has sent a Ctrl-C or has gone.
bool packet_interrupts(struct packet_line *line);

// ---- hexadecimal digits

// Reads hexadecimal digits from *text on, and moves *text behind them. Returns false if there
// are no digits, or more than a u32 holds.
bool packet_hex(const char **text, u32 *value);
// Writes `count` bytes as pairs of hexadecimal digits, and a zero byte behind them. `to` has 2 *
// count + 1 characters. Returns the address of the zero byte.
char *packet_bytes(char *to, const void *bytes, size_t count);
// Reads pairs of hexadecimal digits, at most `most` pairs. Returns how many bytes they are, or
// -1 if the text has any other form.
int packet_text(const char *text, char *to, size_t most);

// Reads `count` bytes of binary data. A '}' says that the next byte is to be XORed with 0x20
// ("Binary Data" in the manual of gdb). At most `most` bytes result. Returns how many, or -1 if
// the text has any other form.
int packet_binary(const char *text, size_t count, u8 *to, size_t most);

#endif
