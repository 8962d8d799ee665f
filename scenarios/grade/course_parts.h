// What the files that read the reports of a course share. Not for others.
#ifndef SCENARIOS_GRADE_COURSE_PARTS_H
#define SCENARIOS_GRADE_COURSE_PARTS_H

#include "scenarios/grade/course.h"

#include <cjson/cJSON.h>

// ---- summary.c

// The student's report, which the caller deletes; NULL: there is none.
cJSON *course_report(const struct course_request *r, const struct student *s);
// A text of a report or of a test in it; "" if it has none of this name.
const char *report_text(const cJSON *object, const char *key);

#endif
