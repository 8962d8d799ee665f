// The table of styles. Read ui/terminal/theme.h first.
#include "ui/terminal/theme.h"

#define BOLD ATTRIBUTE_BOLD
#define REVERSE ATTRIBUTE_REVERSE
#define UNDERLINE ATTRIBUTE_UNDERLINE

// The nearest colours of the 256-colour cube to those of Okabe and Ito: #E69F00, #56B4E9, #009E73,
// #F0E442, #0072B2, #D55E00, #CC79A7.
enum {
    ORANGE = 214,
    SKY = 74,
    GREEN = 36,
    YELLOW = 227,
    BLUE = 32,
    VERMILLION = 166,
    PURPLE = 175
};
enum { B_RED = 1, B_GREEN, B_YELLOW, B_BLUE, B_MAGENTA, B_CYAN, B_WHITE };

struct row {
    struct style of256, of16, of8;
    u8 mono;
};

static const struct row rows[ROLES] = {
    [ROLE_PLAIN] = {{-1, -1, 0}, {-1, -1, 0}, {-1, -1, 0}, 0},
    [ROLE_DIM] = {{245, -1, 0}, {8, -1, 0}, {-1, -1, 0}, 0},
    [ROLE_FRAME] = {{240, -1, 0}, {8, -1, 0}, {-1, -1, 0}, 0},
    [ROLE_FOCUS] = {{SKY, -1, BOLD}, {14, -1, BOLD}, {B_CYAN, -1, BOLD}, BOLD},
    [ROLE_TITLE] = {{252, -1, 0}, {7, -1, 0}, {-1, -1, 0}, 0},
    [ROLE_BAR] = {{255, 24, 0}, {15, B_BLUE, 0}, {B_WHITE, B_BLUE, BOLD}, REVERSE},
    [ROLE_HINT] = {{252, 236, 0}, {7, 0, 0}, {-1, -1, 0}, 0},
    [ROLE_KEY] = {{ORANGE, 236, BOLD}, {11, 0, BOLD}, {B_YELLOW, -1, BOLD}, BOLD},
    [ROLE_CHANGED] = {{YELLOW, -1, BOLD}, {11, -1, BOLD}, {B_YELLOW, -1, BOLD}, BOLD},
    [ROLE_SELECTED] = {{255, 24, 0}, {15, B_BLUE, 0}, {B_WHITE, B_BLUE, 0}, REVERSE},
    [ROLE_MARKED] = {{255, 238, 0}, {15, 8, 0}, {-1, -1, REVERSE}, UNDERLINE},
    [ROLE_GOOD] = {{GREEN, -1, 0}, {10, -1, 0}, {B_GREEN, -1, 0}, 0},
    [ROLE_WARNING] = {{ORANGE, -1, 0}, {11, -1, 0}, {B_YELLOW, -1, 0}, BOLD},
    [ROLE_BAD] = {{VERMILLION, -1, BOLD}, {9, -1, BOLD}, {B_RED, -1, BOLD}, BOLD},
    [ROLE_VMM] = {{252, -1, BOLD}, {15, -1, BOLD}, {B_WHITE, -1, BOLD}, BOLD},
    [ROLE_GUEST] = {{BLUE, -1, 0}, {12, -1, 0}, {B_CYAN, -1, 0}, 0},
    [ROLE_PRIVILEGED] = {{SKY, -1, 0}, {14, -1, 0}, {B_CYAN, -1, 0}, 0},
    [ROLE_PAGE] = {{ORANGE, -1, 0}, {3, -1, 0}, {B_YELLOW, -1, 0}, 0},
    [ROLE_CALL] = {{GREEN, -1, 0}, {10, -1, 0}, {B_GREEN, -1, 0}, 0},
    [ROLE_DEVICE] = {{PURPLE, -1, 0}, {13, -1, 0}, {B_MAGENTA, -1, 0}, 0},
    [ROLE_INTERRUPT] = {{YELLOW, -1, 0}, {11, -1, 0}, {B_WHITE, -1, BOLD}, 0},
    [ROLE_FAULT] = {{VERMILLION, -1, BOLD}, {9, -1, BOLD}, {B_RED, -1, BOLD}, BOLD | UNDERLINE},
};

struct style theme_style(enum role role, int colours)
{
    const struct row *row = &rows[role < ROLES ? role : ROLE_PLAIN];
    if (colours >= 256)
        return row->of256;
    if (colours >= 16)
        return row->of16;
    if (colours >= 8)
        return row->of8;
    return (struct style){-1, -1, row->mono};
}
