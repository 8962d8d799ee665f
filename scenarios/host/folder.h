// Where things are. trapeze runs from its source tree (./trapeze, build/...) or installed
// (PREFIX/bin/trapeze, PREFIX/share/trapeze).
// Read next: scenarios/host/folder.c.
#ifndef SCENARIOS_HOST_FOLDER_H
#define SCENARIOS_HOST_FOLDER_H

// Each is malloc'ed; NULL: there is no such folder, or memory lacks.
char *folder_scenarios(void); // the scenarios, *.lua
char *folder_guests(void);    // the built images of the guests
char *folder_labs(void);

// "FOLDER/NAMEENDING" if that is a regular file which lies, all links followed, inside the folder.
// malloc'ed; NULL if it is not.
char *folder_file(const char *folder, const char *name, const char *ending);

// A file that a script names. It must lie inside `folder` or inside the guests' folder; there it is
// found without its ".elf", too. malloc'ed; NULL and a message that says where it was looked for.
char *folder_find(const char *folder, const char *name, char *error, unsigned long error_size);

#endif
