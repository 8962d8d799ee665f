// Tables of numbers, as text for people or JSON for machines. Read tests/bench/bench.h first.
#include "tests/bench/bench.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#define NAME_WIDTH 15

void report_table(struct report *r, const char *key, const char *title, const struct field *fields)
{
    r->fields = fields;
    if (r->json) {
        r->rows = cJSON_AddArrayToObject(r->json, key);
        return;
    }
    printf("\n%s\n%-*s", title, NAME_WIDTH, "");
    for (const struct field *f = fields; f->key; f++)
        printf(" %9s", f->heading);
    printf("\n");
}

static void print_row(const struct report *r, const char *name, const double *values,
                      const char *what)
{
    printf("%-*s", NAME_WIDTH, name);
    for (u32 i = 0; r->fields[i].key; i++)
        if (isnan(values[i]))
            printf(" %9s", "-");
        else
            printf(" %9.*f", r->fields[i].decimals, values[i]);
    printf("%s%s\n", *what ? "   " : "", what);
    fflush(stdout);
}

void report_row(struct report *r, const char *name, const double *values, const char *what)
{
    if (!r->json) {
        print_row(r, name, values, what);
        return;
    }
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "name", name);
    for (u32 i = 0; r->fields[i].key; i++)
        if (!isnan(values[i]))
            cJSON_AddNumberToObject(row, r->fields[i].key, values[i]);
    cJSON_AddItemToArray(r->rows, row);
}

void report_number(struct report *r, const char *key, double value, const char *format)
{
    if (r->json && !isnan(value))
        cJSON_AddNumberToObject(r->json, key, value);
    else if (!r->json)
        printf(format, value); // from our own sources only
}
