// The students of a course and their seeds. Contract: scenarios/grade/course.h.
#include "scenarios/grade/course.h"

#include "scenarios/host/files.h"
#include "scenarios/script/text.h"

#include <dirent.h>
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STUDENTS_MAX 100000
#define FILE_MOST (8u << 20)

// A name becomes the name of files, and a field of a table.
static bool is_good_name(const char *name)
{
    size_t n = strlen(name);
    return n && n < 200 && *name != '.' && !strchr(name, '/') && !strpbrk(name, "\n\r\t\\");
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

static bool is_folder(const char *parent, const char *name)
{
    struct stat about;
    char *path = file_join(parent, name);
    bool folder = path && !lstat(path, &about) && S_ISDIR(about.st_mode);
    free(path);
    return folder;
}

// A folder that is passed over in silence would be a student without a grade.
static void tell_bad_name(const char *name)
{
    char clean[4 * 256 + 8];
    text_clean(name, strlen(name), clean, sizeof clean);
    fprintf(stderr,
            "trapeze grade-all: '%s' is no name of a student (too long, or with a backslash, a tab "
            "or a line end), so this folder is not graded; rename it\n",
            clean);
}

static bool find_folders(const struct course_request *r, struct student **list, u32 *count)
{
    DIR *dir = opendir(r->submissions);
    bool good = dir;
    for (struct dirent *d; good && *count < STUDENTS_MAX && (d = readdir(dir));) {
        if (*d->d_name == '.' || !is_folder(r->submissions, d->d_name))
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

static bool find_in_roster(const struct course_request *r, struct student **list, u32 *count,
                           char *error, size_t error_size)
{
    size_t size;
    char *text = file_text(r->roster, FILE_MOST, &size, error, error_size);
    if (!text)
        return false;
    bool good = true;
    u32 number = 0;
    for (char *line = text, *next; good && *line; line = next) {
        next = line + strcspn(line, "\n");
        next += *next == '\n';
        size_t length = strcspn(line, ",;\r\n");
        number++;
        char *name = strndup(line, length);
        bool empty = name && !*name;
        if (name && !empty && !is_good_name(name)) {
            snprintf(error, error_size, "%s:%u: '%.60s' is no name of a folder", r->roster,
                     (unsigned)number, name);
            good = false;
        }
        good = good && name && (empty || add(list, count, name));
        free(name);
    }
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

bool students_find(const struct course_request *r, struct student **list, u32 *count, char *error,
                   size_t error_size)
{
    *list = NULL;
    *count = 0;
    snprintf(error, error_size, "%s: there is no such folder, or it cannot be read",
             r->submissions);
    bool good = r->roster ? find_in_roster(r, list, count, error, error_size)
                          : find_folders(r, list, count);
    if (*count)
        qsort(*list, *count, sizeof **list, compare);
    for (u32 i = 1; good && i < *count; i++) {
        if (strcmp((*list)[i - 1].name, (*list)[i].name))
            continue;
        snprintf(error, error_size, "%s: '%.60s' is there twice", r->roster, (*list)[i].name);
        good = false;
    }
    return good && give_seeds(r, *list, *count, error, error_size);
}

void students_free(struct student *list, u32 count)
{
    for (u32 i = 0; i < count; i++)
        free(list[i].name);
    free(list);
}
