// A grade in writing: for a person, for a program, and for the platforms that teachers use. Each
// format is a row of one table. A report has nothing in it that differs between two runs: no time
// (unless the person asks for it), no path, no name of a machine.
//
//     report.c        the table, text for people, and text made safe
//     report_json.c   json, gradescope, prairielearn
//     report_github.c classroom50, classroom
//     report_lines.c  tap, tap13, junit, vpl
// Read next: scenarios/grade/grade.h.
#ifndef SCENARIOS_GRADE_REPORT_H
#define SCENARIOS_GRADE_REPORT_H

#include "scenarios/grade/grade.h"

#include <stdio.h>

struct report_format {
    const char *name;
    void (*write)(FILE *to, const struct grade *g);
    bool times;   // it has a place for the seconds that a test took
    bool records; // a platform takes the report for the grade, so it must be of a whole run
};
extern const struct report_format report_formats[];               // closed by a NULL name
const struct report_format *report_format_find(const char *name); // NULL: there is none

// Returns the whole report: malloc'ed text, closed by a zero byte. Returns NULL if there is not
// enough memory.
char *report_make(const struct report_format *format, const struct grade *g);

#endif
