// Where labs are, and what their files hash to. Contracts: scenarios/grade/grade.h.
#include "scenarios/grade/grade.h"

#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"
#include "sim/state/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *script_in(const char *folder, const char *name)
{
    char *lab = folder ? file_join(folder, name) : strdup(name);
    char *script = lab ? file_join(lab, "lab.lua") : NULL;
    free(lab);
    if (script && file_is_regular(script))
        return script;
    free(script);
    return NULL;
}

char *lab_find(const char *name, char *error, size_t error_size)
{
    char *labs = strchr(name, '/') ? NULL : folder_labs();
    char *script = labs ? script_in(labs, name) : NULL;
    script = script ? script : script_in(NULL, name);
    free(labs);
    if (!script)
        snprintf(error, error_size,
                 "%s: there is no such lab (no lab.lua); 'trapeze grade --list' lists them", name);
    return script;
}

u32 lab_list(struct scenario_entry **list)
{
    u32 count = 0;
    struct dirent **names = NULL;
    char error[WORLD_ERROR];
    char *folder = folder_labs();
    int found = folder ? scandir(folder, &names, NULL, alphasort) : 0;
    *list = found > 0 ? calloc((size_t)found, sizeof **list) : NULL;
    for (int i = 0; i < found; i++) {
        struct scenario_entry *e = *list ? &(*list)[count] : NULL;
        char *script = *names[i]->d_name == '.' ? NULL : script_in(folder, names[i]->d_name);
        if (e && script &&
            scenario_read_header(script, &e->title, &e->description, error, sizeof error)) {
            e->path = strdup(names[i]->d_name);
            count++;
        }
        free(script);
        free(names[i]);
    }
    free(names);
    free(folder);
    return count;
}

// ---- handouts

// Reads the first line of a small file, without its end. Returns false if there is no such file,
// or if it is empty.
static bool read_line(const char *folder, const char *name, char *to, size_t size)
{
    char error[WORLD_ERROR];
    size_t bytes;
    char *path = file_join(folder, name);
    char *text = path ? file_text(path, LAB_TEXT, &bytes, error, sizeof error) : NULL;
    snprintf(to, size, "%.*s", text ? (int)strcspn(text, "\r\n") : 0, text ? text : "");
    free(text);
    free(path);
    return *to;
}

bool lab_handout(const char *folder, char name[LAB_NAME], u64 *seed)
{
    char line[32], rest;
    if (!read_line(folder, "lab", name, LAB_NAME) || strchr(name, '/') || *name == '.')
        return false;
    return read_line(folder, "seed", line, sizeof line) &&
           sscanf(line, "%" SCNu64 "%c", seed, &rest) == 1 && *seed;
}

// ---- what was handed in

#define OPEN_SUBMITTED (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

// Errors of open() that come from what the student handed in: no file, a link, a socket, a device.
static bool is_of_student(int error)
{
    return error == ENOENT || error == ELOOP || error == ENXIO || error == ENODEV;
}

bool lab_can_read(const char *folder, const struct lab *declared, char *error, size_t error_size)
{
    const char *name = ".";
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = dir < 0 ? errno : 0;
    for (u32 i = 0; i < declared->files && !failed; i++) {
        name = declared->file[i].name;
        int fd = openat(dir, name, OPEN_SUBMITTED);
        failed = fd < 0 && !is_of_student(errno) ? errno : 0;
        if (fd >= 0)
            close(fd);
    }
    if (dir >= 0)
        close(dir);
    if (failed)
        snprintf(error, error_size,
                 "not graded: %s/%s cannot be read: %s; grade as somebody who may read it", folder,
                 name, strerror(failed));
    return !failed;
}

// ---- hashes

// A file that is missing, or is no plain file, hashes as an empty one: the test itself says so.
static u64 hash_file(u64 hash, int folder, const char *name, u32 most)
{
    u8 bytes[4096];
    struct stat about;
    hash = hash_bytes(hash, name, strlen(name) + 1);
    int fd = openat(folder, name, OPEN_SUBMITTED);
    if (fd < 0)
        return hash;
    ssize_t n = 0;
    bool plain = !fstat(fd, &about) && S_ISREG(about.st_mode);
    for (u64 size = 0; plain && size <= most && (n = read(fd, bytes, sizeof bytes)) > 0;) {
        hash = hash_bytes(hash, bytes, (size_t)n);
        size += (u64)n;
    }
    close(fd);
    return hash;
}

u64 lab_hash_folder(const char *folder, const struct lab *declared)
{
    static const struct lab script = {.files = 1, .file = {{"lab.lua", 4u << 20}}};
    const struct lab *lab = declared ? declared : &script;
    u64 hash = HASH_START;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // The order of the files in the declaration is the order of a Lua table, so it is made one of
    // their names.
    char done[LAB_NAME] = "";
    for (u32 i = 0; fd >= 0 && i < lab->files; i++) {
        const struct lab_file *next = NULL;
        for (u32 j = 0; j < lab->files; j++)
            if (strcmp(lab->file[j].name, done) > 0 &&
                (!next || strcmp(lab->file[j].name, next->name) < 0))
                next = &lab->file[j];
        if (!next)
            break;
        hash = hash_file(hash, fd, next->name, next->most);
        snprintf(done, sizeof done, "%s", next->name);
    }
    if (fd >= 0)
        close(fd);
    return hash;
}
