// Which submissions are alike? A source text is cut into tokens, all names are taken for one, and
// so neither new names nor new comments hide where a text comes from. Hashes of all runs of so many
// tokens are taken, and of each window of them the smallest is kept: two texts that share a passage
// share those. What the starter has, too, does not count. Contract: scenarios/grade/course.h.
// Source: Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document
// Fingerprinting", SIGMOD 2003.
#include "scenarios/grade/course.h"

#include "scenarios/grade/csv.h"
#include "sim/state/hash.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RUN 16          // tokens that are hashed together
#define WINDOW 12       // hashes of which one is kept
#define PRINTS_LEAST 10 // a text with fewer prints of its own says nothing
#define ALIKE_LEAST 50  // percent

struct prints {
    u64 *hash; // in rising order, each once
    u32 count;
};

// ---- tokens

struct reader {
    const char *at;
    bool renames; // names may be changed freely, as in C; in assembly they are mostly mnemonics
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

// Skips blanks and comments.
static void skip(struct reader *r)
{
    for (;;) {
        r->at += strspn(r->at, " \t\r\n");
        bool line = !strncmp(r->at, "//", 2) || (*r->at == '#' && !r->renames);
        if (line) {
            r->at += strcspn(r->at, "\n");
            continue;
        }
        if (strncmp(r->at, "/*", 2))
            return;
        const char *end = strstr(r->at + 2, "*/");
        r->at = end ? end + 2 : r->at + strlen(r->at);
    }
}

static bool is_keyword(const char *word, size_t length)
{
    static const char *const words[] = {"if",     "else",  "for",      "while",  "do",     "return",
                                        "switch", "case",  "break",    "static", "struct", "sizeof",
                                        "goto",   "const", "continue", NULL};
    for (const char *const *w = words; *w; w++)
        if (strlen(*w) == length && !strncmp(*w, word, length))
            return true;
    return false;
}

// The next token as a number. 0: the text is over.
static u64 next_token(struct reader *r)
{
    skip(r);
    const char *start = r->at;
    if (!*start)
        return 0;
    if (*start == '"' || *start == '\'') {
        for (r->at++; *r->at && *r->at != *start && *r->at != '\n'; r->at++)
            r->at += *r->at == '\\' && r->at[1];
        r->at += *r->at != 0;
        return 's';
    }
    if (!is_word(*start)) {
        r->at++;
        return (unsigned char)*start;
    }
    while (is_word(*r->at))
        r->at++;
    size_t length = (size_t)(r->at - start);
    if (isdigit((unsigned char)*start))
        return 'n';
    if (r->renames && !is_keyword(start, length))
        return 'v';
    return hash_bytes(HASH_START, start, length) | 256;
}

// ---- prints

static int compare(const void *a, const void *b)
{
    u64 x = *(const u64 *)a, y = *(const u64 *)b;
    return x < y ? -1 : x > y;
}

static void make_unique(struct prints *p)
{
    u32 kept = 0;
    if (p->count)
        qsort(p->hash, p->count, sizeof *p->hash, compare);
    for (u32 i = 0; i < p->count; i++)
        if (!kept || p->hash[kept - 1] != p->hash[i])
            p->hash[kept++] = p->hash[i];
    p->count = kept;
}

// Adds the prints of a text of so many bytes.
static void add_text(struct prints *p, const char *text, size_t size, bool renames)
{
    struct reader r = {text, renames};
    u64 run[RUN], window[WINDOW], last = 0, token;
    u64 *more =
        realloc(p->hash, (p->count + size + 1) * sizeof *more); // a token has a byte at least
    if (!more)
        return;
    p->hash = more;
    for (u32 n = 0; (token = next_token(&r)); n++) {
        memmove(run, run + 1, (RUN - 1) * sizeof *run);
        run[RUN - 1] = token;
        memmove(window, window + 1, (WINDOW - 1) * sizeof *window);
        window[WINDOW - 1] = hash_bytes(HASH_START, run, sizeof run);
        if (n + 1 < RUN + WINDOW)
            continue;
        u64 smallest = window[0];
        for (u32 i = 1; i < WINDOW; i++)
            smallest = window[i] < smallest ? window[i] : smallest;
        if (smallest != last)
            p->hash[p->count++] = last = smallest;
    }
}

static bool is_source(const char *name, bool *renames)
{
    const char *dot = strrchr(name, '.');
    *renames = dot && !strcmp(dot, ".c");
    return dot && (*renames || !strcmp(dot, ".s"));
}

// The prints of the lab's source files in this folder.
static struct prints prints_of(const char *folder, const struct lab *lab)
{
    struct prints p = {0};
    char error[LAB_ERROR];
    for (u32 i = 0; folder && i < lab->files; i++) {
        bool renames;
        size_t size;
        char *path =
            is_source(lab->file[i].name, &renames) ? file_join(folder, lab->file[i].name) : NULL;
        char *text = path ? file_text(path, lab->file[i].most, &size, error, sizeof error) : NULL;
        if (text)
            add_text(&p, text, size, renames);
        free(text);
        free(path);
    }
    make_unique(&p);
    return p;
}

// How many prints both have.
static u32 shared(const struct prints *a, const struct prints *b)
{
    u32 count = 0;
    for (u32 i = 0, j = 0; i < a->count && j < b->count;) {
        count += a->hash[i] == b->hash[j];
        bool first = a->hash[i] <= b->hash[j], second = b->hash[j] <= a->hash[i];
        i += first;
        j += second;
    }
    return count;
}

static void remove_starter(struct prints *p, const struct prints *starter)
{
    u32 kept = 0;
    for (u32 i = 0; i < p->count; i++)
        if (!starter->count ||
            !bsearch(&p->hash[i], starter->hash, starter->count, sizeof *starter->hash, compare))
            p->hash[kept++] = p->hash[i];
    p->count = kept;
}

// ---- pairs

struct pair {
    const struct student *first, *second;
    u32 alike; // percent
    bool same_run;
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->alike != y->alike)
        return x->alike < y->alike ? 1 : -1;
    int names = strcmp(x->first->name, y->first->name);
    return names ? names : strcmp(x->second->name, y->second->name);
}

static bool is_pair(const struct course_request *r, const struct student *students,
                    const struct prints *prints, u32 i, u32 j, struct pair *pair)
{
    u32 least = prints[i].count < prints[j].count ? prints[i].count : prints[j].count;
    if (least < PRINTS_LEAST)
        return false;
    *pair = (struct pair){&students[i], &students[j], shared(&prints[i], &prints[j]) * 100 / least,
                          false};
    pair->same_run = report_same_run(r, &students[i], &students[j]);
    return pair->alike >= ALIKE_LEAST || pair->same_run;
}

static u32 find_pairs(const struct course_request *r, const struct student *students, u32 count,
                      const struct prints *prints, struct pair **pairs)
{
    u32 found = 0, room = 0;
    for (u32 i = 0; i < count; i++)
        for (u32 j = i + 1; j < count; j++) {
            struct pair pair;
            if (!is_pair(r, students, prints, i, j, &pair))
                continue;
            if (found == room) {
                room = room ? 2 * room : 64;
                struct pair *more = realloc(*pairs, room * sizeof *more);
                if (!more)
                    return found;
                *pairs = more;
            }
            (*pairs)[found++] = pair;
        }
    if (found)
        qsort(*pairs, found, sizeof **pairs, compare_pairs);
    return found;
}

// ---- all of it

static bool write_pairs(const struct course_request *r, const struct pair *pairs, u32 count,
                        char *error, size_t error_size)
{
    struct file_out out = {0};
    char *path = file_join(r->out, "similar.csv");
    bool good = path && report_open(&out, path, error, error_size);
    if (good) {
        fputs("first,second,alike_percent,same_run\n", out.file);
        for (u32 i = 0; i < count; i++) {
            csv_field(out.file, pairs[i].first->name);
            fputc(',', out.file);
            csv_field(out.file, pairs[i].second->name);
            fprintf(out.file, ",%" PRIu32 ",%s\n", pairs[i].alike,
                    pairs[i].same_run ? "yes" : "no");
        }
        good = file_out_commit(&out, error, error_size);
    }
    file_out_discard(&out);
    free(path);
    return good;
}

bool similar_write(const struct course_request *r, const struct lab *lab, const char *lab_folder,
                   const struct student *students, u32 count, char *error, size_t error_size)
{
    struct pair *pairs = NULL;
    char *start = file_join(lab_folder, "start");
    struct prints starter = prints_of(start, lab);
    struct prints *prints = calloc(count + 1, sizeof *prints);
    for (u32 i = 0; prints && i < count; i++) {
        char *folder = file_join(r->submissions, students[i].name);
        prints[i] = prints_of(folder, lab);
        remove_starter(&prints[i], &starter);
        free(folder);
    }
    u32 found = prints ? find_pairs(r, students, count, prints, &pairs) : 0;
    bool good = prints && write_pairs(r, pairs, found, error, error_size);
    printf("%" PRIu32 " pairs of submissions are alike (similar.csv)\n", found);
    for (u32 i = 0; prints && i < count; i++)
        free(prints[i].hash);
    free(prints);
    free(starter.hash);
    free(start);
    free(pairs);
    return good;
}
