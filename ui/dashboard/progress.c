// Reading and writing the list of finished lessons. Read ui/dashboard/progress.h first.
#include "ui/dashboard/progress.h"
#include "scenarios/host/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SIZE_MAX_OF_LIST 65536

// The folder of the list, made if it is not there. malloc'ed; NULL: there is no place for it.
static char *state_folder(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *base = NULL;
    if (state && *state == '/') {
        base = strdup(state);
    } else if (home && *home == '/') {
        char *local = file_join(home, ".local");
        base = local ? file_join(local, "state") : NULL;
        if (base && mkdir(local, 0755) == 0) // a failure shows when the next folder is made
            mkdir(base, 0700);
        free(local);
    }
    if (base)
        mkdir(base, 0700);
    char *folder = base ? file_join(base, "trapeze") : NULL;
    free(base);
    if (folder)
        mkdir(folder, 0700);
    return folder;
}

static char *list_path(void)
{
    char *folder = state_folder(), *path = folder ? file_join(folder, "lessons") : NULL;
    free(folder);
    return path;
}

void progress_read(struct progress *p)
{
    char error[256], *path = list_path();
    size_t size;
    p->names = path ? file_text(path, SIZE_MAX_OF_LIST, &size, error, sizeof error) : NULL;
    free(path);
}

void progress_free(struct progress *p)
{
    free(p->names);
}

bool progress_has(const struct progress *p, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = p->names; line && *line;) {
        size_t end = strcspn(line, "\n");
        if (end == length && !strncmp(line, name, length))
            return true;
        line += end + (line[end] == '\n');
    }
    return false;
}

const char *progress_name(const char *path, char *to, size_t size)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (length > 4 && !strcmp(name + length - 4, ".lua"))
        length -= 4;
    snprintf(to, size, "%.*s", (int)length, name);
    return to;
}

void progress_add(const char *path)
{
    struct progress p;
    struct file_out out;
    char name[256], error[256];
    progress_read(&p);
    progress_name(path, name, sizeof name);
    char *list = progress_has(&p, name) || strchr(name, '\n') ? NULL : list_path();
    if (list && file_out_open(&out, list, error, sizeof error)) {
        fprintf(out.file, "%s%s\n", p.names ? p.names : "", name);
        file_out_commit(&out, error, sizeof error);
        file_out_discard(&out);
    }
    free(list);
    progress_free(&p);
}
