// The scenarios that come with the program. Read scenarios/script/scenario.h first.
#include "scenarios/script/scenario.h"

#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct scenario_entry *)a)->path,
                  ((const struct scenario_entry *)b)->path);
}

static bool read_entry(const char *folder, const char *name, struct scenario_entry *entry)
{
    char error[WORLD_ERROR];
    size_t n = strlen(name);
    *entry = (struct scenario_entry){0};
    if (n < 5 || *name == '.' || strcmp(name + n - 4, ".lua"))
        return false;
    entry->path = file_join(folder, name);
    if (entry->path &&
        scenario_read_header(entry->path, &entry->title, &entry->description, error, sizeof error))
        return true;
    free(entry->path);
    return false;
}

u32 scenario_list(struct scenario_entry **list)
{
    u32 count = 0, room = 0;
    *list = NULL;
    char *folder = folder_scenarios();
    DIR *dir = folder ? opendir(folder) : NULL;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct scenario_entry entry;
        if (!read_entry(folder, d->d_name, &entry))
            continue;
        if (count == room) {
            struct scenario_entry *more = realloc(*list, (room += 16) * sizeof **list);
            if (!more) {
                free(entry.path);
                free(entry.title);
                free(entry.description);
                break;
            }
            *list = more;
        }
        (*list)[count++] = entry;
    }
    if (dir)
        closedir(dir);
    free(folder);
    if (count)
        qsort(*list, count, sizeof **list, compare_entries);
    return count;
}

void scenario_list_free(struct scenario_entry *list, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        free(list[i].path);
        free(list[i].title);
        free(list[i].description);
    }
    free(list);
}

char *scenario_find(const char *name)
{
    struct stat s;
    if (!stat(name, &s))
        return strdup(name);
    char *folder = strchr(name, '/') ? NULL : folder_scenarios();
    char *found = folder_file(folder, name, "");
    found = found ? found : folder_file(folder, name, ".lua");
    free(folder);
    return found;
}
