// Reports in lines, and JUnit's XML. Each has characters that mean something to its reader, so text
// is made safe in its own way. Contracts: scenarios/grade/report_parts.h. Sources: the Test
// Anything Protocol, versions 13 and 14; the schema of JUnit reports of Maven Surefire 3; the
// documentation of Moodle's VPL.
#include "scenarios/grade/report_parts.h"

#include <inttypes.h>
#include <string.h>

// ---- TAP: # begins a directive

static void tap_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            fputc('\\', to);
        fputc(*text == '\n' ? ' ' : *text, to);
    }
}

static void tap_comment(FILE *to, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(to, "# %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

// A test that was blocked is "not ok": "SKIP" would count as passed.
static void write_tap_lines(FILE *to, const struct grade *g)
{
    char text[REPORT_TEXT];
    fprintf(to, "1..%" PRIu32 "\n", g->count);
    tap_comment(to, g->log);
    for (u32 i = 0; i < g->count; i++) {
        const struct grade_test *t = &g->test[i];
        fprintf(to, "%sok %" PRIu32 " - ", t->status == GRADE_PASS ? "" : "not ", i + 1);
        tap_text(to, t->declared.name);
        fprintf(to, " (%" PRIu32 " of %" PRIu32 ")\n", t->verdict.earned, t->declared.points);
        tap_comment(to, report_words(g, t, text, sizeof text));
    }
}

void write_tap(FILE *to, const struct grade *g)
{
    fputs("TAP version 14\n", to);
    write_tap_lines(to, g);
}

void write_tap13(FILE *to, const struct grade *g)
{
    fputs("TAP version 13\n", to);
    write_tap_lines(to, g);
}

// ---- JUnit

// U+FFFE and U+FFFF are valid UTF-8 and no characters of XML 1.0.
static bool is_no_xml(const char *text)
{
    return !strncmp(text, "\xef\xbf\xbe", 3) || !strncmp(text, "\xef\xbf\xbf", 3);
}

static void xml_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (is_no_xml(text)) {
            fputc('?', to);
            text += 2;
            continue;
        }
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        default:
            fputc(*text, to);
        }
    }
}

static void write_junit_test(FILE *to, const struct grade *g, const struct grade_test *t)
{
    char text[REPORT_TEXT], line[2 * LAB_TEXT], seconds[REPORT_SECONDS];
    fputs("  <testcase classname=\"", to);
    xml_text(to, g->lab);
    fputs("\" name=\"", to);
    xml_text(to, t->declared.name);
    fprintf(to, "\" time=\"%s\">\n", g->timed ? report_seconds(t->seconds, seconds) : "0");
    if (t->status != GRADE_PASS) {
        fputs("    <failure message=\"", to);
        xml_text(to, report_line(g, t, line, sizeof line));
        fprintf(to, "\" type=\"%s\">", grade_statuses[t->status]);
        xml_text(to, report_words(g, t, text, sizeof text));
        fputs("</failure>\n", to);
    }
    fprintf(to, "    <system-out>%" PRIu32 " of %" PRIu32 " points</system-out>\n",
            t->verdict.earned, t->declared.points);
    if (!g->builds && t == g->test) { // once is enough
        fputs("    <system-err>", to);
        xml_text(to, g->log);
        fputs("</system-err>\n", to);
    }
    fputs("  </testcase>\n", to);
}

void write_junit(FILE *to, const struct grade *g)
{
    u32 failures = 0;
    char seconds[REPORT_SECONDS];
    for (u32 i = 0; i < g->count; i++)
        failures += g->test[i].status != GRADE_PASS;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"", to);
    xml_text(to, g->lab);
    fprintf(to,
            "\" time=\"%s\" tests=\"%" PRIu32 "\" failures=\"%" PRIu32
            "\" errors=\"0\" skipped=\"0\">\n",
            g->timed ? report_seconds(report_all_seconds(g), seconds) : "0", g->count, failures);
    fprintf(to, "  <properties>\n    <property name=\"seed\" value=\"%" PRIu64 "\"/>\n", g->seed);
    fprintf(to, "    <property name=\"score\" value=\"%" PRIu32 "\"/>\n", g->earned);
    fprintf(to, "    <property name=\"max_score\" value=\"%" PRIu32 "\"/>\n  </properties>\n",
            g->points);
    for (u32 i = 0; i < g->count; i++)
        write_junit_test(to, g, &g->test[i]);
    fputs("</testsuite>\n", to);
}

// ---- VPL: comments stand between <|-- and --|>, and a line that begins with "-" is a title

static void vpl_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        fputc(*text, to);
        // What would end the comment, or give a grade of its own, gets a space inside.
        if (!strncmp(text, "--|>", 4) || !strncmp(text, "<|--", 4) || !strncmp(text, ":=>>", 4))
            fputc(' ', to);
    }
}

// Lines as they are: a line that begins with ">" has no other meaning for VPL.
static void vpl_lines(FILE *to, const char *text)
{
    while (*text) {
        char line[REPORT_TEXT];
        size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        fputc('>', to);
        vpl_text(to, line);
        fputc('\n', to);
        text += length + (text[length] == '\n');
    }
}

void write_vpl(FILE *to, const struct grade *g)
{
    char text[REPORT_TEXT];
    fputs("<|--\n", to);
    if (!g->builds)
        fputs("-The submission does not build\n", to);
    vpl_lines(to, g->log);
    for (u32 i = 0; i < g->count; i++) {
        const struct grade_test *t = &g->test[i];
        fputc('-', to);
        vpl_text(to, t->declared.name);
        fprintf(to, " (%" PRIu32 " of %" PRIu32 ")\n", t->verdict.earned, t->declared.points);
        vpl_lines(to, report_words(g, t, text, sizeof text));
    }
    fprintf(to, "--|>\nGrade :=>> %" PRIu32 "\n", g->earned);
}
