// What the files that write reports share. Not for others.
#ifndef SCENARIOS_GRADE_REPORT_PARTS_H
#define SCENARIOS_GRADE_REPORT_PARTS_H

#include "scenarios/grade/report.h"

#include <cjson/cJSON.h>

#define REPORT_TEXT (4 * LAB_TEXT + LAB_TRAPS * LAB_TRAP + 1200)

// All that a report says about a test that did not get its points, in lines. "" if there is nothing
// to say. Returns `to`.
char *report_words(const struct grade *g, const struct grade_test *t, char *to, size_t size);
// The command that shows the case that failed. Returns `to`.
char *report_replay(const struct grade *g, const struct grade_test *t, char *to, size_t size);
// The same as report_words in one line; if the submission does not build, with the first thing that
// the compiler said. Returns `to`.
char *report_line(const struct grade *g, const struct grade_test *t, char *to, size_t size);
// Points that hidden tests have in store for the student, who does not see them yet.
u32 report_points_waiting(const struct grade *g);
// "1.250": with three digits behind the point, and a point in every language. Returns `to`.
#define REPORT_SECONDS 32
char *report_seconds(double seconds, char to[REPORT_SECONDS]);
// How long all tests took together.
double report_all_seconds(const struct grade *g);
// Prints the JSON in lines, and frees it.
void report_print_json(FILE *to, cJSON *root);

void write_json(FILE *to, const struct grade *g);
void write_gradescope(FILE *to, const struct grade *g);
void write_prairielearn(FILE *to, const struct grade *g);
void write_classroom50(FILE *to, const struct grade *g);
void write_classroom(FILE *to, const struct grade *g);

void write_tap(FILE *to, const struct grade *g);
void write_tap13(FILE *to, const struct grade *g);
void write_junit(FILE *to, const struct grade *g);
void write_vpl(FILE *to, const struct grade *g);

#endif
