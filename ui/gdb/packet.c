// The line to gdb. Read ui/gdb/packet.h first.
#include "ui/gdb/packet.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CTRL_C 3

// ---- the connection

static bool complain(const char *what)
{
    fprintf(stderr, "trapeze boot: --gdb: %s: %s\n", what, strerror(errno));
    return false;
}

bool packet_listen(struct packet_line *line, u32 port)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_port = htons((u16)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int on = 1;
    *line = (struct packet_line){.listener = socket(AF_INET, SOCK_STREAM, 0), .peer = -1};
    if (line->listener < 0)
        return complain("no socket");
    setsockopt(line->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(line->listener, (struct sockaddr *)&here, size) || listen(line->listener, 1) ||
        getsockname(line->listener, (struct sockaddr *)&here, &size))
        return complain("cannot listen on this port");
    signal(SIGPIPE, SIG_IGN); // gdb may go at any moment; send() then says so
    line->port = ntohs(here.sin_port);
    return true;
}

bool packet_accept(struct packet_line *line)
{
    int on = 1;
    line->peer = accept(line->listener, NULL, NULL);
    if (line->peer >= 0)
        setsockopt(line->peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return line->peer >= 0;
}

void packet_hang_up(struct packet_line *line)
{
    if (line->peer >= 0)
        close(line->peer);
    line->peer = -1;
    line->input_at = line->input_count = 0;
    line->no_ack = false;
}

void packet_close(struct packet_line *line)
{
    packet_hang_up(line);
    if (line->listener >= 0)
        close(line->listener);
    line->listener = -1;
}

// Returns true if the peer has sent something that was not read yet, or has gone.
static bool peer_waits(const struct packet_line *line)
{
    struct pollfd ready = {.fd = line->peer, .events = POLLIN};
    return poll(&ready, 1, 0) > 0;
}

// One gdb at a time. A second one would wait without a word until its patience ends, so it is sent
// away at once. A gdb that disconnects and comes again is no second one: that it has gone is seen
// first.
static void send_others_away(struct packet_line *line)
{
    struct pollfd others = {.fd = line->listener, .events = POLLIN};
    if (poll(&others, 1, 0) <= 0 || peer_waits(line))
        return;
    int other = accept(line->listener, NULL, NULL);
    if (other < 0)
        return;
    close(other);
    fputs("trapeze: one gdb is served already; another one was sent away\n", stderr);
}

// Waits until gdb has sent something, or has gone.
static void await_bytes(struct packet_line *line)
{
    // poll() does not look at a file descriptor of -1.
    struct pollfd ready[] = {{.fd = line->peer, .events = POLLIN},
                             {.fd = line->listener, .events = POLLIN}};
    while (!peer_waits(line)) {
        if (poll(ready, 2, -1) < 0 && errno != EINTR)
            return;
        send_others_away(line);
    }
}

static bool send_all(struct packet_line *line, const char *bytes, size_t count)
{
    while (count) {
        ssize_t sent = send(line->peer, bytes, count, 0);
        if (sent <= 0)
            return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

// The next byte, or -1: gdb has gone.
static int next_byte(struct packet_line *line)
{
    if (line->input_at == line->input_count) {
        await_bytes(line);
        ssize_t count = recv(line->peer, line->input, sizeof line->input, 0);
        if (count <= 0)
            return -1;
        line->input_at = 0;
        line->input_count = (size_t)count;
    }
    return line->input[line->input_at++];
}

bool packet_interrupts(struct packet_line *line)
{
    while (line->input_at < line->input_count || peer_waits(line)) {
        int byte = next_byte(line);
        if (byte < 0)
            return true;
        if (byte == CTRL_C)
            return true;
        if (byte == '$') { // a packet while the guest runs: gdb has given up waiting
            line->input_at--;
            return true;
        }
    }
    send_others_away(line);
    return false;
}

// ---- packets

static u8 sum_of(const char *data, size_t count)
{
    u8 sum = 0;
    for (size_t i = 0; i < count; i++)
        sum = (u8)(sum + (u8)data[i]);
    return sum;
}

bool packet_send(struct packet_line *line, const char *data)
{
    size_t count = strlen(data);
    char end[8];
    snprintf(end, sizeof end, "#%02x", sum_of(data, count));
    for (;;) {
        if (!send_all(line, "$", 1) || !send_all(line, data, count) || !send_all(line, end, 3))
            return false;
        if (line->no_ack)
            return true;
        int answer;
        do // whatever else comes before the answer is not for us
            answer = next_byte(line);
        while (answer >= 0 && answer != '+' && answer != '-' && answer != '$');
        if (answer == '$')
            line->input_at--;
        if (answer != '-')
            return answer >= 0;
    }
}

// Reads from behind the '$' to the sum. Returns 1 for a sound packet, 0 for a damaged one, -1 if
// gdb has gone.
static int receive_data(struct packet_line *line)
{
    size_t count = 0;
    int byte;
    while ((byte = next_byte(line)) != '#') {
        if (byte < 0)
            return -1;
        if (count <= PACKET_SIZE)
            line->packet[count < PACKET_SIZE ? count : PACKET_SIZE] = (char)byte;
        count++;
    }
    char sum[3] = {(char)next_byte(line), (char)next_byte(line), 0}, want[3];
    if (count > PACKET_SIZE)
        return 0;
    line->packet[count] = 0;
    line->packet_size = count;
    snprintf(want, sizeof want, "%02x", sum_of(line->packet, count));
    return tolower((unsigned char)sum[0]) == want[0] && tolower((unsigned char)sum[1]) == want[1];
}

bool packet_receive(struct packet_line *line)
{
    for (;;) {
        int byte = next_byte(line);
        if (byte < 0)
            return false;
        if (byte != '$')
            continue;
        int got = receive_data(line);
        if (got < 0)
            return false;
        if (!line->no_ack && !send_all(line, got ? "+" : "-", 1))
            return false;
        if (got)
            return true;
    }
}

// ---- hexadecimal digits

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool packet_hex(const char **text, u32 *value)
{
    const char *first = *text;
    *value = 0;
    for (; digit(**text) >= 0; (*text)++) {
        if (*value >> 28)
            return false;
        *value = *value << 4 | (u32)digit(**text);
    }
    return *text > first;
}

char *packet_bytes(char *to, const void *bytes, size_t count)
{
    const u8 *from = bytes;
    for (size_t i = 0; i < count; i++, to += 2)
        snprintf(to, 3, "%02x", from[i]);
    return to;
}

int packet_text(const char *text, char *to, size_t most)
{
    size_t count = 0;
    for (; text[0]; text += 2, count++) {
        if (digit(text[0]) < 0 || digit(text[1]) < 0 || count == most)
            return -1;
        to[count] = (char)(digit(text[0]) << 4 | digit(text[1]));
    }
    return (int)count;
}

int packet_binary(const char *text, size_t count, u8 *to, size_t most)
{
    size_t got = 0;
    for (size_t i = 0; i < count; i++) {
        bool escaped = text[i] == '}';
        i += escaped;
        if (got == most || i == count)
            return -1;
        to[got++] = (u8)(text[i] ^ (escaped ? 0x20 : 0));
    }
    return (int)got;
}
