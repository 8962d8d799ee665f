// Finding and making the folder. Read ui/dashboard/state_folder.h first.
#include "ui/dashboard/state_folder.h"
#include "scenarios/host/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Returns the folder, malloc'ed. Makes it if it does not exist. Returns NULL if there is no
// place for it.
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

char *state_file(const char *name)
{
    char *folder = state_folder(), *path = folder ? file_join(folder, name) : NULL;
    free(folder);
    return path;
}
