// Asking for the background's colour. Read ui/terminal/background.h first.
//
// The question is OSC 11 of xterm, which most terminals answer today. Those that do not know it say
// nothing, so a second question follows which every terminal answers (DA1, "who are you?"). When
// its answer is there, no answer to the first question will come any more. Source: xterm, "XTerm
// Control Sequences", "Operating System Commands" and "Send Device Attributes".
#include "ui/terminal/background.h"
#include "ui/terminal/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define QUESTION "\033]11;?\033\\\033[c"
#define WAIT_MOST 100 // milliseconds

bool background_read(const char *answer, bool *light)
{
    unsigned part[3];
    const char *colour = strstr(answer, "]11;rgb:");
    if (!colour)
        return false;
    colour += strlen("]11;rgb:");
    // Each part has 1 to 4 hexadecimal digits; its first two say how bright it is.
    for (int i = 0; i < 3; i++) {
        size_t digits = strspn(colour, "0123456789abcdefABCDEF");
        char two[3] = {0};
        if (!digits || digits > 4 || (i < 2 && colour[digits] != '/'))
            return false;
        memcpy(two, colour, digits < 2 ? digits : 2);
        part[i] = (unsigned)strtoul(two, NULL, 16) * (digits == 1 ? 17 : 1);
        colour += digits + (i < 2);
    }
    // The eye takes green for brighter than red, and red for brighter than blue.
    *light = part[0] * 299 + part[1] * 587 + part[2] * 114 > 128 * 1000;
    return true;
}

// Is the answer to the second question there, "\033[?...c"?
static bool is_complete(const char *answer)
{
    const char *attributes = strstr(answer, "\033[?");
    return attributes && strchr(attributes, 'c');
}

static void read_answer(char *answer, size_t size)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    u64 end = host_milliseconds() + WAIT_MOST;
    size_t count = 0;
    while (!is_complete(answer) && count + 1 < size && host_milliseconds() < end) {
        if (poll(&input, 1, 20) <= 0)
            continue;
        ssize_t more = read(STDIN_FILENO, answer + count, size - 1 - count);
        if (more <= 0)
            return;
        count += (size_t)more;
        answer[count] = 0;
    }
}

static bool ask(bool *light)
{
    struct termios before, raw;
    char answer[256] = "";
    if (tcgetattr(STDIN_FILENO, &before))
        return false;
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO); // else the answer would be shown, and wait for Enter
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    if (write(STDOUT_FILENO, QUESTION, strlen(QUESTION)) > 0)
        read_answer(answer, sizeof answer);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return background_read(answer, light);
}

// "15;0" is a foreground and a background: numbers of the palette of 16 colours.
static bool read_environment(bool *light)
{
    const char *colours = getenv("COLORFGBG"), *last = colours ? strrchr(colours, ';') : NULL;
    if (!last || !last[1])
        return false;
    int background = atoi(last + 1);
    *light = background == 7 || background == 15;
    return true;
}

bool background_is_light(void)
{
    // The consoles of kernels are dark, and some print what they do not know.
    static const char *const consoles[] = {"linux", "vt", "cons", "dumb"};
    const char *term = getenv("TERM");
    bool light = false;
    for (size_t i = 0; i < sizeof consoles / sizeof *consoles; i++)
        if (!term || !strncmp(term, consoles[i], strlen(consoles[i])))
            return false;
    return (ask(&light) || read_environment(&light)) && light;
}
