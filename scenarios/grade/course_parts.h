// What the files that grade a course and read its reports share. Not for others.
#ifndef SCENARIOS_GRADE_COURSE_PARTS_H
#define SCENARIOS_GRADE_COURSE_PARTS_H

#include "scenarios/grade/course.h"

#include <cjson/cJSON.h>

// ---- summary.c

// The student's report, which the caller deletes; NULL: there is none.
cJSON *course_report(const struct course_request *r, const struct student *s);
// A text of a report or of a test in it; "" if it has none of this name.
const char *report_text(const cJSON *object, const char *key);

// ---- regrade.c

// Begins the regrade of a part, or goes on with one that was interrupted. False and a message: it
// cannot be written that a regrade has begun.
bool regrade_begin(const struct course_request *r, const struct student *list, u32 count,
                   char *error, size_t error_size);
// Keeps the report at `path` in OUT/before, if it is the one from before the regrade. There may be
// none. False and a message: it cannot be written.
bool regrade_keep(const struct course_request *r, const char *path, const char *student,
                  const char *ending, char *error, size_t error_size);
// The score from before the regrade. `now`: the score of the report that is there now.
double regrade_score_before(const struct course_request *r, const struct student *s, double now);
// All parts of the regrade have come to their end.
void regrade_end(const struct course_request *r);

#endif
