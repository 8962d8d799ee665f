// Standard input as a guest's keyboard. Read ui/terminal/terminal.h first.
#include "ui/terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define INPUT_MAX (64u << 20)
#define ESCAPE 1 // Ctrl-A

struct terminal {
    bool interactive;
    bool escape; // the last key was Ctrl-A
    bool closed;
    u8 *bytes; // of a file or pipe: all of it
    size_t size, at;
};

// What the signal handlers need. These are globals because a signal handler has no parameter
// through which it could come. The handlers are installed only while a terminal is open.
static struct termios saved;
static volatile sig_atomic_t raw_mode, asked;

static void restore(void)
{
    if (raw_mode)
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    raw_mode = 0;
}

static void on_crash(int signal)
{
    restore();
    raise(signal); // SA_RESETHAND has taken this handler out, so the signal now ends the program
}

// The first signal asks the run to end. Whoever sends a second one does not want to wait for that.
static void on_ask(int number)
{
    if (asked) {
        signal(number, SIG_DFL);
        on_crash(number);
    }
    asked = number;
}

static const struct {
    int signal;
    void (*handler)(int);
} handlers[] = {
    {SIGINT, on_ask},    {SIGTERM, on_ask},   {SIGHUP, on_ask},   {SIGQUIT, on_ask},
    {SIGUSR1, on_ask},   {SIGUSR2, on_ask},   {SIGXCPU, on_ask},  {SIGALRM, on_ask},
    {SIGVTALRM, on_ask}, {SIGPROF, on_ask},   {SIGILL, on_crash}, {SIGTRAP, on_crash},
    {SIGSEGV, on_crash}, {SIGABRT, on_crash}, {SIGBUS, on_crash}, {SIGFPE, on_crash},
    {SIGSYS, on_crash},
};

static void handle_signals(bool ours, bool interactive)
{
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
        bool crash = handlers[i].handler == on_crash;
        if (crash && !interactive)
            continue; // nothing must be restored, so a debugger or a sanitizer may have the crash
        struct sigaction action = {.sa_handler = ours ? handlers[i].handler : SIG_DFL,
                                   .sa_flags = crash ? (int)SA_RESETHAND : 0};
        sigaction(handlers[i].signal, &action, NULL);
    }
}

static bool go_raw(void)
{
    if (tcgetattr(STDIN_FILENO, &saved))
        return false;
    struct termios raw = saved;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON | ISTRIP);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw_mode = 1;
    return !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

// Reads everything up to the end of a file or pipe. Returns false if that is too much, or if
// there is no memory.
static bool read_all(struct terminal *t)
{
    size_t room = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, 2000) == 0)
        fputs("trapeze boot: reading the guest's input from standard input to its end; < /dev/null "
              "gives none\n",
              stderr);
    for (;;) {
        if (t->size == room) {
            room = room ? room * 2 : 4096;
            u8 *more = room <= INPUT_MAX ? realloc(t->bytes, room) : NULL;
            if (!more)
                return false;
            t->bytes = more;
        }
        ssize_t n = read(STDIN_FILENO, t->bytes + t->size, room - t->size);
        if (n < 0 && errno == EINTR && !asked)
            continue;
        if (n <= 0)
            return true;
        t->size += (size_t)n;
    }
}

struct terminal *terminal_open(char *error, size_t error_size)
{
    struct terminal *t = calloc(1, sizeof *t);
    if (!t) {
        snprintf(error, error_size, "not enough memory");
        return NULL;
    }
    asked = 0;
    t->interactive = isatty(STDIN_FILENO);
    handle_signals(true, t->interactive);
    if (t->interactive && go_raw()) {
        fputs("trapeze boot: the keyboard is the guest's; Ctrl-A x leaves\r\n", stderr);
        return t;
    }
    t->interactive = false;
    if (read_all(t))
        return t;
    snprintf(error, error_size,
             "standard input is too large for a guest's keyboard: at most %u MiB", INPUT_MAX >> 20);
    terminal_close(t);
    return NULL;
}

void terminal_close(struct terminal *t)
{
    if (!t)
        return;
    restore();
    handle_signals(false, t->interactive);
    free(t->bytes);
    free(t);
}

bool terminal_is_interactive(const struct terminal *t)
{
    return t->interactive;
}

int terminal_signal(const struct terminal *t)
{
    (void)t;
    return asked;
}

// Takes the escape key out of what was typed. Ctrl-A x means leave. Ctrl-A Ctrl-A is one Ctrl-A for
// the guest. Before any other key Ctrl-A is dropped.
static int take_escapes(struct terminal *t, u8 *bytes, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (t->escape && (bytes[i] == 'x' || bytes[i] == 'X'))
            return TERMINAL_LEAVE;
        bool starts = !t->escape && bytes[i] == ESCAPE;
        t->escape = starts;
        if (!starts)
            bytes[kept++] = bytes[i];
    }
    return kept;
}

static int read_keys(struct terminal *t, u8 *bytes, size_t room, int wait_ms)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    int ready = t->closed ? 0 : poll(&input, 1, wait_ms);
    if (asked)
        return TERMINAL_LEAVE;
    if (ready <= 0)
        return 0;
    ssize_t n = read(STDIN_FILENO, bytes, room);
    if (n > 0)
        return take_escapes(t, bytes, (int)n);
    t->closed = true;
    return TERMINAL_CLOSED;
}

int terminal_read(struct terminal *t, u8 *bytes, size_t room, int wait_ms)
{
    if (t->interactive)
        return read_keys(t, bytes, room, wait_ms);
    if (asked)
        return TERMINAL_LEAVE;
    size_t n = t->size - t->at < room ? t->size - t->at : room;
    if (n)
        memcpy(bytes, t->bytes + t->at, n);
    t->at += n;
    return n ? (int)n : TERMINAL_CLOSED;
}
