// Themes: whether they can be read, and what the terminal says about its background.
#include "tests/suite.h"
#include "ui/terminal/background.h"
#include "ui/terminal/theme.h"

#include <math.h>
#include <stdio.h>

// Red, green or blue of a colour of the 256-colour palette: the 16 base colours, then a cube of
// 6 x 6 x 6 colours, then 24 greys.
static int part_of(int colour, int i)
{
    static const int base[16][3] = {
        {0, 0, 0},       {205, 49, 49},   {13, 188, 121}, {229, 229, 16},
        {36, 114, 200},  {188, 63, 188},  {17, 168, 205}, {229, 229, 229},
        {102, 102, 102}, {241, 76, 76},   {35, 209, 139}, {245, 245, 67},
        {59, 142, 234},  {214, 112, 214}, {41, 184, 219}, {255, 255, 255}};
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    static const int divisors[] = {36, 6, 1};
    if (colour < 16)
        return base[colour][i];
    if (colour < 232)
        return steps[(colour - 16) / divisors[i] % 6];
    return 8 + 10 * (colour - 232);
}

// How bright a colour of the 256-colour palette is: relative luminance, 0 to 1 (WCAG 2.1).
static double luminance(int colour)
{
    static const double weights[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double v = part_of(colour, i) / 255.0;
        sum += weights[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(int foreground, int background)
{
    double a = luminance(foreground), b = luminance(background);
    return ((a > b ? a : b) + 0.05) / ((a > b ? b : a) + 0.05);
}

// Each role can be read on the background that its theme is for. Frames are no text.
static void test_themes(void)
{
    static const struct {
        enum theme theme;
        int foreground, background; // those of the terminal
        double least;
    } cases[] = {{THEME_DARK, 252, 16, 3}, {THEME_LIGHT, 16, 231, 3}, {THEME_CONTRAST, 231, 16, 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int role = 0; role < ROLES; role++) {
            struct style s = theme_style((enum role)role, cases[i].theme, 256);
            int front = s.foreground < 0 ? cases[i].foreground : s.foreground;
            int back = s.background < 0 ? cases[i].background : s.background;
            bool readable = contrast(front, back) >= cases[i].least;
            if (!readable && role != ROLE_FRAME)
                printf("# theme %s, role %d: contrast %.1f\n", theme_names[cases[i].theme], role,
                       contrast(front, back));
            CU_ASSERT(readable || role == ROLE_FRAME);
        }
    for (int role = 0; role < ROLES; role++) // mono has no colours at all
        CU_ASSERT(theme_style((enum role)role, THEME_MONO, 256).foreground < 0 &&
                  theme_style((enum role)role, THEME_DARK, 2).background < 0);
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
                 {"the terminal's answer says whether its background is light", test_background},
                 {0}}};
