// Reading and writing the list of finished lessons. Read ui/dashboard/progress.h first.
#include "ui/dashboard/progress.h"
#include "scenarios/host/files.h"
#include "ui/dashboard/state_folder.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_OF_LIST 65536

void progress_read(struct progress *p)
{
    char error[256], *path = state_file("lessons");
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
    char *list = progress_has(&p, name) || strchr(name, '\n') ? NULL : state_file("lessons");
    if (list && file_out_open(&out, list, error, sizeof error)) {
        fprintf(out.file, "%s%s\n", p.names ? p.names : "", name);
        file_out_commit(&out, error, sizeof error);
        file_out_discard(&out);
    }
    free(list);
    progress_free(&p);
}
