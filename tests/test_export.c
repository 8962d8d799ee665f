// A screen as text, HTML and SVG. Whether other programs read the files: tests/test_dashboard.sh.
#include "tests/suite.h"
#include "ui/terminal/export.h"

#include <stdlib.h>
#include <string.h>

static char *exported(const struct cells *c, enum theme theme, enum export_format format)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    export_cells(c, theme, format, to);
    fclose(to);
    return text;
}

static u32 count(const char *text, const char *what)
{
    u32 n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

static struct cells make_screen(void)
{
    struct cells c = {0};
    CU_ASSERT_FATAL(cells_resize(&c, 2, 12));
    struct area all = area_all(&c);
    area_put(&all, 0, 0, ROLE_PLAIN, 0, "a<b & c>d");
    area_put(&all, 1, 2, ROLE_BAD, ATTRIBUTE_BOLD | ATTRIBUTE_UNDERLINE, "é█");
    return c;
}

static void test_formats(void)
{
    struct cells c = make_screen();
    char *text = exported(&c, THEME_DARK, EXPORT_TEXT);
    CU_ASSERT_STRING_EQUAL(text, "a<b & c>d\n  é█\n");
    free(text);
    for (int theme = 0; theme < THEMES; theme++) {
        text = exported(&c, (enum theme)theme, EXPORT_HTML);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "a&lt;b &amp; c&gt;d"));
        CU_ASSERT_EQUAL(count(text, "<span"), count(text, "</span>"));
        CU_ASSERT_EQUAL(count(text, "underline"), 1);
        free(text);
        text = exported(&c, (enum theme)theme, EXPORT_SVG);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "a&lt;b &amp; c&gt;d"));
        CU_ASSERT_EQUAL(count(text, "<text"), 2);
        CU_ASSERT_EQUAL(count(text, "<text"), count(text, "</text>"));
        free(text);
    }
    cells_free(&c);
}

static void test_names(void)
{
    CU_ASSERT_EQUAL(export_format_of("a.txt"), EXPORT_TEXT);
    CU_ASSERT_EQUAL(export_format_of("x/y.html"), EXPORT_HTML);
    CU_ASSERT_EQUAL(export_format_of("y.svg"), EXPORT_SVG);
    CU_ASSERT_EQUAL(export_format_of(".svg"), -1);
    CU_ASSERT_EQUAL(export_format_of("svg"), -1);
    CU_ASSERT_EQUAL(export_format_of(""), -1);
}

const struct suite suite_export = {
    "export", (const struct test[]){
                  {"a screen is written as text, HTML and SVG, in every theme", test_formats},
                  {"the end of the name says the format", test_names},
                  {0}}};
