// Where things are. Read scenarios/host/folder.h first.
// Read next: scenarios/world/world.h.
#include "scenarios/host/folder.h"

#include "scenarios/host/files.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

// The path of this program, with all links followed. If /proc is not mounted, it is the path by
// which the program was started. "": it is not known.
static void find_program(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    path[n > 0 ? n : 0] = 0;
    const char *started = (const char *)getauxval(AT_EXECFN);
    if (n <= 0 && started && !realpath(started, path))
        *path = 0;
}

// The first of these places that has such a file. "@" stands for the folder in which the program
// lies. It is not enough that the folder exists: build/scenarios has objects and no scenarios.
static char *first_folder(const char *const places[], const char *file)
{
    char program[PATH_MAX];
    find_program(program);
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = 0;
    for (; *places; places++) {
        char *path = **places == '@' ? file_join(program, *places + 2) : strdup(*places);
        char *probe = path ? file_join(path, file) : NULL;
        bool found = probe && file_is_regular(probe);
        free(probe);
        if (found)
            return path;
        free(path);
    }
    return NULL;
}

char *folder_scenarios(void)
{
    static const char *const places[] = {"@/scenarios", "@/../scenarios",
                                         "@/../share/trapeze/scenarios", "scenarios", NULL};
    return first_folder(places, "README.md");
}

char *folder_guests(void)
{
    static const char *const places[] = {"@/build/guests", "@/guests",
                                         "@/../guests",    "@/../share/trapeze/guests",
                                         "build/guests",   NULL};
    return first_folder(places, "hello.elf");
}

char *folder_labs(void)
{
    static const char *const places[] = {"@/labs", "@/../labs", "@/../share/trapeze/labs", "labs",
                                         NULL};
    return first_folder(places, "README.md");
}

// ---- files that scripts name

// Returns true if the file is inside the folder when all links are followed.
static bool lies_in(const char *file, const char *folder)
{
    char *real_file = realpath(file, NULL);
    char *real_folder = folder ? realpath(folder, NULL) : NULL;
    size_t n = real_folder ? strlen(real_folder) : 0;
    bool inside = real_file && n && !strncmp(real_file, real_folder, n) &&
                  (real_file[n] == '/' || real_folder[n - 1] == '/');
    free(real_file);
    free(real_folder);
    return inside;
}

char *folder_file(const char *folder, const char *name, const char *ending)
{
    char *path = NULL;
    if (!folder || asprintf(&path, "%s/%s%s", folder, name, ending) < 0)
        return NULL;
    if (file_is_regular(path) && lies_in(path, folder))
        return path;
    free(path);
    return NULL;
}

char *folder_find(const char *folder, const char *name, char *error, unsigned long error_size)
{
    if (*name == '/' || !*name) {
        snprintf(error, error_size,
                 "'%.100s': a scenario names its files relative to its own folder or to the "
                 "guests' folder",
                 name);
        return NULL;
    }
    char *guests = folder_guests();
    char *found = folder_file(folder, name, "");
    found = found ? found : folder_file(guests, name, "");
    found = found ? found : folder_file(guests, name, ".elf");
    if (!found)
        snprintf(error, error_size,
                 "%.100s: there is no such file in %.150s%s%.150s; check the name%s", name, folder,
                 guests ? " or " : "", guests ? guests : "",
                 guests ? "" : ", or build the guests (make)");
    free(guests);
    return found;
}
