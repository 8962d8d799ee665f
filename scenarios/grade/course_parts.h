// The functions that the files about grading a course share. No other file includes this header.
#ifndef SCENARIOS_GRADE_COURSE_PARTS_H
#define SCENARIOS_GRADE_COURSE_PARTS_H

#include "scenarios/grade/course.h"

#include <cjson/cJSON.h>

// ---- summary.c

// Returns the student's report, which the caller deletes; NULL if there is none.
cJSON *course_report(const struct course_request *r, const struct student *s);
// Returns a text of a report, or of a test in it; "" if there is none of this name.
const char *report_text(const cJSON *object, const char *key);

// ---- regrade.c

// Begins the regrade of a part, or continues one that was interrupted. Returns false, with a
// message in `error`, if the note that a regrade has begun cannot be written.
bool regrade_begin(const struct course_request *r, const struct student *list, u32 count,
                   char *error, size_t error_size);
// Keeps the report at `path` in OUT/before, if this report is older than the regrade. There may
// be no report. Returns false, with a message in `error`, if it cannot be kept.
bool regrade_keep(const struct course_request *r, const char *path, const char *student,
                  const char *ending, char *error, size_t error_size);
// Returns the score from before the regrade. `now` is the score of the present report.
double regrade_score_before(const struct course_request *r, const struct student *s, double now);
// To be called when all parts of the regrade are complete.
void regrade_end(const struct course_request *r);

#endif
