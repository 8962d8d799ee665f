// The files of a course: fields of CSV that a spreadsheet opens, and the parts of a course that was
// graded by several processes.
#include "scenarios/grade/course.h"
#include "scenarios/grade/csv.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void is_written(const char *field, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    csv_field(to, field);
    fclose(to);
    CU_ASSERT_STRING_EQUAL(text, expected);
    free(text);
}

static void fields_are_written_so_that_nothing_is_computed(void)
{
    is_written("Ada", "Ada");
    is_written("", "");
    is_written("1+1", "1+1");
    is_written("=1+1", "\"'=1+1\"");
    is_written("+1", "\"'+1\"");
    is_written("-1", "\"'-1\"");
    is_written("@SUM(A1)", "\"'@SUM(A1)\"");
    is_written("=\"a\"", "\"'=\"\"a\"\"\"");
}

static void quotes_commas_and_line_ends_are_kept(void)
{
    is_written("a,b", "\"a,b\"");
    is_written("o\"brien", "\"o\"\"brien\"");
    is_written("\"", "\"\"\"\"");
    is_written("two\nlines", "\"two\nlines\"");
    is_written("\x1b[2J", "\\x1b[2J");
}

static void make_part(const char *folder, unsigned number, unsigned of)
{
    char path[256];
    snprintf(path, sizeof path, "%s/part-%u-of-%u.csv", folder, number, of);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fclose(file);
}

static void a_division_is_whole_when_each_part_is_there(void)
{
    char folder[] = "/tmp/trapeze-parts-XXXXXX", error[512], path[256];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    const struct course_request r = {.out = folder};
    for (unsigned number = 1; number <= 4; number++) {
        make_part(folder, number, 4);
        make_part(folder, number, 8); // left over from another division
        CU_ASSERT_EQUAL(parts_are_whole(&r, error, sizeof error), number == 4);
        if (number == 3)
            CU_ASSERT_PTR_NOT_NULL(strstr(error, "of 4 parts, these are missing: 4"));
    }
    for (unsigned number = 1; number <= 4; number++)
        for (unsigned of = 4; of <= 8; of += 4) {
            snprintf(path, sizeof path, "%s/part-%u-of-%u.csv", folder, number, of);
            unlink(path);
        }
    rmdir(folder);
}

const struct suite suite_course_files = {
    "course_files", (const struct test[]){{"fields are written so that nothing is computed",
                                           fields_are_written_so_that_nothing_is_computed},
                                          {"quotes, commas and line ends are kept",
                                           quotes_commas_and_line_ends_are_kept},
                                          {"a division is whole when each part is there",
                                           a_division_is_whole_when_each_part_is_there},
                                          {0}}};
