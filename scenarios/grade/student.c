// The students of a course and their seeds. Contract: scenarios/grade/course.h.
#include "scenarios/grade/course.h"

#include "scenarios/grade/csv.h"
#include "scenarios/host/files.h"
#include "scenarios/script/text.h"

#include <ctype.h>
#include <dirent.h>
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STUDENTS_MAX 100000
#define NAME_MOST 256
#define SHOWN_MOST (16 * NAME_MOST + 40)
#define FILE_MOST (8u << 20)

// A name becomes the name of files, and a field of a table.
static bool is_good_name(const char *name)
{
    size_t n = strlen(name);
    if (!n || n >= 200 || *name == '.')
        return false;
    for (const char *c = name; *c; c++)
        if (*c == '/' || *c == '\\' || iscntrl((unsigned char)*c))
            return false;
    return true;
}

// Makes each byte of a bad name visible, so that the message about it is one line.
static char *visible(const char *name, char *to, size_t size)
{
    char shown[4 * NAME_MOST + 8];
    size_t n = 0;
    for (; *name && n + 5 < sizeof shown; name++) {
        bool control = iscntrl((unsigned char)*name);
        n += (size_t)snprintf(shown + n, sizeof shown - n, control ? "\\x%02x" : "%c",
                              (unsigned char)*name);
    }
    text_clean(shown, n, to, size);
    return to;
}

static bool add(struct student **list, u32 *count, const char *name)
{
    if (*count % 64 == 0) {
        struct student *more = realloc(*list, (*count + 64) * sizeof **list);
        if (!more)
            return false;
        *list = more;
    }
    (*list)[*count] = (struct student){.name = strdup(name)};
    return (*list)[(*count)++].name;
}

// ---- from the folders

bool student_has_folder(const struct course_request *r, const char *name)
{
    struct stat about;
    char *path = file_join(r->submissions, name);
    bool folder = path && !lstat(path, &about) && S_ISDIR(about.st_mode);
    free(path);
    return folder;
}

// A folder that is passed over in silence would be a student without a grade.
static void tell_bad_name(const char *name)
{
    char clean[SHOWN_MOST];
    fprintf(stderr,
            "trapeze grade-all: '%s' is no name of a student (too long, or with a backslash, a tab "
            "or a line end), so this folder is not graded; rename it\n",
            visible(name, clean, sizeof clean));
}

static bool find_folders(const struct course_request *r, struct student **list, u32 *count)
{
    DIR *dir = opendir(r->submissions);
    bool good = dir;
    for (struct dirent *d; good && *count < STUDENTS_MAX && (d = readdir(dir));) {
        if (*d->d_name == '.' || !student_has_folder(r, d->d_name))
            continue;
        if (is_good_name(d->d_name))
            good = add(list, count, d->d_name);
        else
            tell_bad_name(d->d_name);
    }
    if (dir)
        closedir(dir);
    return good;
}

// ---- from a roster

// Takes the name of a record. Returns false after a message if it is no name, or if there is no
// memory.
static bool take_name(const struct course_request *r, u32 line, const char *name,
                      struct student **list, u32 *count, char *error, size_t error_size)
{
    char clean[SHOWN_MOST];
    bool heading = line == 1 && !strcasecmp(name, "student");
    if (!*name || heading) // a line without a name is an empty line, or one of a table with gaps
        return true;
    snprintf(error, error_size, "%s:%u: '%.100s' is no name of a folder", r->roster, (unsigned)line,
             visible(name, clean, sizeof clean));
    return is_good_name(name) && add(list, count, name);
}

static bool find_in_roster(const struct course_request *r, struct student **list, u32 *count,
                           char *error, size_t error_size)
{
    size_t size;
    struct csv csv;
    char *name, *text = file_text(r->roster, FILE_MOST, &size, error, error_size);
    if (!text)
        return false;
    bool good = strlen(text) == size;
    if (!good)
        snprintf(error, error_size,
                 "%s: it is not a text file; save the list of students as CSV in UTF-8", r->roster);
    csv_begin(&csv, text);
    while (good && (name = csv_record(&csv)))
        good = take_name(r, csv.line, name, list, count, error, error_size);
    if (good && csv.wrong)
        snprintf(error, error_size, "%s:%u: %s", r->roster, (unsigned)csv.line, csv.wrong);
    good = good && !csv.wrong;
    free(text);
    return good;
}

// ---- seeds

// The first 53 bits of HMAC-SHA-256 (RFC 2104) of lab and student under the secret of the course.
// Without the secret nobody can tell another student's seed.
static u64 seed_of(const char *secret, size_t size, const char *lab, const char *student)
{
    struct hmac_sha256_ctx context;
    u8 digest[SHA256_DIGEST_SIZE];
    u64 seed = 0;
    hmac_sha256_set_key(&context, size, (const u8 *)secret);
    hmac_sha256_update(&context, strlen(lab) + 1, (const u8 *)lab);
    hmac_sha256_update(&context, strlen(student), (const u8 *)student);
    hmac_sha256_digest(&context, sizeof digest, digest);
    for (int i = 0; i < 8; i++)
        seed = seed << 8 | digest[i];
    return (seed >> 11) | 1; // no seed is 0
}

static bool give_seeds(const struct course_request *r, struct student *list, u32 count, char *error,
                       size_t error_size)
{
    size_t size = 0;
    char *secret = NULL;
    if (r->secret && !(secret = file_text(r->secret, FILE_MOST, &size, error, error_size)))
        return false;
    while (size && (secret[size - 1] == '\n' || secret[size - 1] == '\r'))
        size--;
    if (secret && size < 16) {
        snprintf(error, error_size, "%s: a secret has 16 characters or more", r->secret);
        free(secret);
        return false;
    }
    const char *slash = strrchr(r->lab, '/');
    for (u32 i = 0; i < count; i++)
        list[i].seed =
            secret ? seed_of(secret, size, slash ? slash + 1 : r->lab, list[i].name) : r->seed;
    free(secret);
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct student *)a)->name, ((const struct student *)b)->name);
}

// Somebody who has handed in and stands on no roster gets no grade, so that is told.
static void tell_strangers(const struct course_request *r, const struct student *list, u32 count)
{
    DIR *dir = opendir(r->submissions);
    char first[NAME_MOST] = "", clean[SHOWN_MOST];
    u32 strangers = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        const struct student key = {.name = d->d_name};
        if (*d->d_name == '.' || !student_has_folder(r, d->d_name) ||
            bsearch(&key, list, count, sizeof *list, compare))
            continue;
        if (!strangers++ || strcmp(d->d_name, first) < 0)
            snprintf(first, sizeof first, "%s", d->d_name);
    }
    if (dir)
        closedir(dir);
    if (strangers == 1)
        fprintf(stderr, "trapeze grade-all: the folder '%s' is of nobody on the roster\n",
                visible(first, clean, sizeof clean));
    else if (strangers)
        fprintf(stderr,
                "trapeze grade-all: %u folders are of nobody on the roster; the first is '%s'\n",
                (unsigned)strangers, visible(first, clean, sizeof clean));
}

static bool check_twice(const struct course_request *r, const struct student *list, u32 count,
                        char *error, size_t error_size)
{
    for (u32 i = 1; i < count; i++) {
        if (strcmp(list[i - 1].name, list[i].name))
            continue;
        snprintf(error, error_size, "%s: '%.60s' is there twice", r->roster, list[i].name);
        return false;
    }
    return true;
}

static bool check_any(const struct course_request *r, u32 count, char *error, size_t error_size)
{
    if (r->roster)
        snprintf(error, error_size,
                 "%s: it names no student; its first column has the names of the folders",
                 r->roster);
    else
        snprintf(error, error_size, "%s: there is no folder of a student in it", r->submissions);
    return count;
}

bool students_find(const struct course_request *r, struct student **list, u32 *count, char *error,
                   size_t error_size)
{
    struct stat about;
    *list = NULL;
    *count = 0;
    snprintf(error, error_size, "%s: there is no such folder, or it cannot be read",
             r->submissions);
    if (r->submissions && (stat(r->submissions, &about) || !S_ISDIR(about.st_mode)))
        return false;
    bool good = r->roster ? find_in_roster(r, list, count, error, error_size)
                          : find_folders(r, list, count);
    if (*count)
        qsort(*list, *count, sizeof **list, compare);
    if (good && *count && r->roster && r->submissions)
        tell_strangers(r, *list, *count);
    return good && check_any(r, *count, error, error_size) &&
           check_twice(r, *list, *count, error, error_size) &&
           give_seeds(r, *list, *count, error, error_size);
}

void students_free(struct student *list, u32 count)
{
    for (u32 i = 0; i < count; i++)
        free(list[i].name);
    free(list);
}
