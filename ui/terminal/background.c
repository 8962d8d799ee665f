// The question for the background's colour, and its answer. Read ui/terminal/background.h first.
//
// The question is OSC 11 of xterm, which most terminals answer today. Those that do not know it say
// nothing. Source: xterm, "XTerm Control Sequences", "Operating System Commands".
#include "ui/terminal/background.h"

#include <stdlib.h>
#include <string.h>

bool background_read(const char *answer, bool *light)
{
    unsigned part[3];
    const char *colour = strstr(answer, BACKGROUND_ANSWER "rgb:");
    if (!colour)
        return false;
    colour += strlen(BACKGROUND_ANSWER "rgb:");
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

bool background_guess_light(void)
{
    bool light = false;
    return read_environment(&light) && light;
}

const char *background_question(void)
{
    // The consoles of kernels are dark, and some print what they do not know.
    static const char *const consoles[] = {"linux", "vt", "cons", "dumb"};
    const char *term = getenv("TERM");
    for (size_t i = 0; i < sizeof consoles / sizeof *consoles; i++)
        if (!term || !strncmp(term, consoles[i], strlen(consoles[i])))
            return NULL;
    return "\033]11;?\033\\";
}
