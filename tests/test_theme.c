// Themes: whether they can be read, and what the terminal says about its background.
#include "tests/suite.h"
#include "ui/terminal/background.h"
#include "ui/terminal/theme.h"

#include <math.h>
#include <stdio.h>

// What terminals make of the first 16 colours: xterm, Visual Studio Code and the console of Linux.
enum palette { XTERM, CODE, CONSOLE, PALETTES };
static const char *const palette_names[] = {"xterm", "Visual Studio Code", "the console"};
static const u8 base[PALETTES][16][3] = {{{0, 0, 0},
                                          {205, 0, 0},
                                          {0, 205, 0},
                                          {205, 205, 0},
                                          {0, 0, 238},
                                          {205, 0, 205},
                                          {0, 205, 205},
                                          {229, 229, 229},
                                          {127, 127, 127},
                                          {255, 0, 0},
                                          {0, 255, 0},
                                          {255, 255, 0},
                                          {92, 92, 255},
                                          {255, 0, 255},
                                          {0, 255, 255},
                                          {255, 255, 255}},
                                         {{0, 0, 0},
                                          {205, 49, 49},
                                          {13, 188, 121},
                                          {229, 229, 16},
                                          {36, 114, 200},
                                          {188, 63, 188},
                                          {17, 168, 205},
                                          {229, 229, 229},
                                          {102, 102, 102},
                                          {241, 76, 76},
                                          {35, 209, 139},
                                          {245, 245, 67},
                                          {59, 142, 234},
                                          {214, 112, 214},
                                          {41, 184, 219},
                                          {255, 255, 255}},
                                         {{0, 0, 0},
                                          {170, 0, 0},
                                          {0, 170, 0},
                                          {170, 85, 0},
                                          {0, 0, 170},
                                          {170, 0, 170},
                                          {0, 170, 170},
                                          {170, 170, 170},
                                          {85, 85, 85},
                                          {255, 85, 85},
                                          {85, 255, 85},
                                          {255, 255, 85},
                                          {85, 85, 255},
                                          {255, 85, 255},
                                          {85, 255, 255},
                                          {255, 255, 255}}};

// Red, green or blue of a colour of the 256-colour palette: the 16 base colours, then a cube of
// 6 x 6 x 6 colours, then 24 greys.
static int part_of(enum palette palette, int colour, int i)
{
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    static const int divisors[] = {36, 6, 1};
    if (colour < 16)
        return base[palette][colour][i];
    if (colour < 232)
        return steps[(colour - 16) / divisors[i] % 6];
    return 8 + 10 * (colour - 232);
}

// How bright a colour is: relative luminance, 0 to 1 (WCAG 2.1).
static double luminance(enum palette palette, int colour)
{
    static const double weights[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double v = part_of(palette, colour, i) / 255.0;
        sum += weights[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(enum palette palette, int foreground, int background)
{
    double a = luminance(palette, foreground), b = luminance(palette, background);
    return ((a > b ? a : b) + 0.05) / ((a > b ? b : a) + 0.05);
}

struct reading {
    enum theme theme;
    int colours;                // of the terminal
    int foreground, background; // those of the terminal
    double least;               // the contrast that every role must have
};

// Each role can be read on the background that its theme is for. Frames are no text.
static void can_be_read(const struct reading *r, enum palette palette)
{
    // The darkest colours of the console are darker than those of others.
    double least = palette == CONSOLE && r->colours < 256 ? r->least - 0.5 : r->least;
    for (int role = 0; role < ROLES; role++) {
        struct style s = theme_style((enum role)role, r->theme, r->colours);
        int front = s.foreground < 0 ? r->foreground : s.foreground;
        int back = s.background < 0 ? r->background : s.background;
        double got = contrast(palette, front, back);
        if (got < least && role != ROLE_FRAME)
            printf("# theme %s, %d colours of %s, role %d: contrast %.1f\n", theme_names[r->theme],
                   r->colours, palette_names[palette], role, got);
        CU_ASSERT(got >= least || role == ROLE_FRAME);
        CU_ASSERT(front < r->colours && back < r->colours);
    }
}

static void test_themes(void)
{
    static const struct reading readings[] = {
        {THEME_DARK, 256, 252, 16, 3},     {THEME_LIGHT, 256, 16, 231, 3},
        {THEME_CONTRAST, 256, 231, 16, 7}, {THEME_DARK, 16, 7, 0, 3},
        {THEME_LIGHT, 16, 0, 15, 3},       {THEME_CONTRAST, 16, 0, 15, 3},
    };
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
        for (int palette = 0; palette < PALETTES; palette++)
            can_be_read(&readings[i], (enum palette)palette);
    for (int role = 0; role < ROLES; role++) // mono has no colours at all
        CU_ASSERT(theme_style((enum role)role, THEME_MONO, 256).foreground < 0 &&
                  theme_style((enum role)role, THEME_DARK, 2).background < 0);
}

// The background of a terminal with 8 colours is black, or its white.
static void test_few_colours(void)
{
    static const struct reading readings[] = {
        {THEME_DARK, 8, 7, 0, 3}, {THEME_LIGHT, 8, 0, 7, 2.5}, {THEME_CONTRAST, 8, 0, 7, 3}};
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
        for (int palette = 0; palette < PALETTES; palette++)
            can_be_read(&readings[i], (enum palette)palette);
}

static void test_background(void)
{
    bool light = false;
    CU_ASSERT(background_read("\033]11;rgb:ffff/ffff/dddd\033\\", &light) && light);
    CU_ASSERT(background_read("\033]11;rgb:1e/1e/1e\a", &light) && !light);
    CU_ASSERT(background_read("x\033]11;rgb:f/f/f\a", &light) && light);
    static const char *const wrong[] = {"",
                                        "\033[?62c",
                                        "\033]11;rgb:",
                                        "\033]11;rgb:zz/00/00",
                                        "\033]11;rgb:00/00",
                                        "\033]11;rgb:fffff/0/0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(background_read(wrong[i], &light));
}

const struct suite suite_theme = {
    "theme", (const struct test[]){
                 {"every theme can be read on its background", test_themes},
                 {"every theme can be read with 8 colours, too", test_few_colours},
                 {"the terminal's answer says whether its background is light", test_background},
                 {0}}};
