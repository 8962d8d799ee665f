// Signals, and the terminal as it was before. Read ui/terminal/leave.h first.
//
// After a crash curses cannot be trusted any more, so the bytes that restore the terminal are made
// ready at the start, and the signal handler writes them. `leave` holds what the handlers need. It
// is a global because a signal handler has no parameter through which it could come.
#include "ui/terminal/leave.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ENDING_SECONDS 2 // a signal ends the program after so long, even if the program hangs
#define WRITE_SECONDS 1  // a terminal that takes no byte for so long is not waited for

static struct {
    volatile sig_atomic_t taken;     // the terminal is ours
    volatile sig_atomic_t asked_end; // a signal asked us to end
    volatile sig_atomic_t writing;   // inside leave_write
    sigjmp_buf out_of_write;
    int (*give_back)(void);
    struct termios before;
    int output_flags;  // of the descriptor
    char restore[512]; // bytes that give the terminal back
    size_t restore_size;
} leave;

bool leave_is_ready(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) > 0;
}

// Safe in a signal handler: it calls only what POSIX lists as safe there. The terminal may take no
// more bytes: those that wait are then dropped, and no write waits.
void leave_rescue(void)
{
    if (!leave.taken)
        return;
    leave.taken = 0;
    if (!leave_is_ready())
        tcflush(STDOUT_FILENO, TCOFLUSH);
    fcntl(STDOUT_FILENO, F_SETFL, leave.output_flags | O_NONBLOCK);
    ssize_t written = write(STDOUT_FILENO, leave.restore, leave.restore_size);
    (void)written; // if the terminal is gone, there is nobody to tell
    fcntl(STDOUT_FILENO, F_SETFL, leave.output_flags);
    tcsetattr(STDIN_FILENO, TCSANOW, &leave.before);
}

// ---- writing without waiting for ever

static void end_write(void)
{
    leave.writing = 0;
    alarm(leave.asked_end ? ENDING_SECONDS : 0);
}

bool leave_write(int (*writer)(void))
{
    if (sigsetjmp(leave.out_of_write, 1))
        return false;
    leave.writing = 1;
    alarm(WRITE_SECONDS);
    writer();
    end_write();
    return true;
}

void leave_now(void)
{
    if (!leave.taken)
        return;
    if (leave_is_ready() && leave_write(leave.give_back))
        leave.taken = 0;
    else
        leave_rescue();
}

// ---- signals

static void on_crash(int signal_number)
{
    leave_rescue();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

// The loop sees the first signal and ends in order. If it does not, it hangs: the second signal
// ends the program here, and SIGALRM ends it below.
static void on_end(int signal_number)
{
    if (leave.asked_end)
        on_crash(signal_number);
    leave.asked_end = signal_number;
    alarm(leave.writing ? WRITE_SECONDS : ENDING_SECONDS);
}

// A write has gone on for a second. If the terminal takes nothing, the program waits inside write,
// and a jump leaves nothing half-done but what the writer has. Else the terminal is slow, and gets
// the time that it needs.
static void on_alarm(int signal_number)
{
    (void)signal_number;
    if (leave.writing && !leave_is_ready()) {
        end_write();
        siglongjmp(leave.out_of_write, 1);
    }
    if (leave.writing)
        alarm(WRITE_SECONDS);
    else if (leave.asked_end)
        on_crash(leave.asked_end);
}

static const struct {
    int number;
    void (*handler)(int);
} caught[] = {
    {SIGINT, on_end},    {SIGTERM, on_end},   {SIGHUP, on_end},    {SIGQUIT, on_end},
    {SIGUSR1, on_end},   {SIGUSR2, on_end},   {SIGXCPU, on_end},   {SIGVTALRM, on_end},
    {SIGPROF, on_end},   {SIGSEGV, on_crash}, {SIGBUS, on_crash},  {SIGFPE, on_crash},
    {SIGILL, on_crash},  {SIGABRT, on_crash}, {SIGTRAP, on_crash}, {SIGSYS, on_crash},
    {SIGALRM, on_alarm},
};

bool leave_prepare(void)
{
    static char other_stack[32768]; // for a crash by stack overflow
    if (tcgetattr(STDIN_FILENO, &leave.before))
        return false;
    leave.output_flags = fcntl(STDOUT_FILENO, F_GETFL);
    leave.asked_end = 0;
    leave.restore_size = 0;
    sigaltstack(&(stack_t){.ss_sp = other_stack, .ss_size = sizeof other_stack}, NULL);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction action = {.sa_handler = caught[i].handler, .sa_flags = SA_ONSTACK};
        sigaction(caught[i].number, &action, NULL);
    }
    return true;
}

void leave_add_bytes(const char *bytes)
{
    size_t size = bytes && bytes != (char *)-1 ? strlen(bytes) : 0;
    if (!size || leave.restore_size + size > sizeof leave.restore)
        return;
    memcpy(leave.restore + leave.restore_size, bytes, size);
    leave.restore_size += size;
}

void leave_taken(int (*give_back)(void))
{
    static bool registered;
    leave.give_back = give_back;
    leave.taken = 1;
    if (!registered)
        registered = !atexit(leave_now);
}

bool leave_is_taken(void)
{
    return leave.taken;
}

void leave_release(void)
{
    alarm(0);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        signal(caught[i].number, SIG_DFL);
}

int leave_signal(void)
{
    return leave.asked_end;
}
