// The folders that trapeze needs. trapeze runs from its source tree (./trapeze, build/...) or
// from its installed place (PREFIX/bin/trapeze, PREFIX/share/trapeze).
// Read next: scenarios/host/folder.c.
#ifndef SCENARIOS_HOST_FOLDER_H
#define SCENARIOS_HOST_FOLDER_H

// Each of these is malloc'ed. NULL: there is no such folder, or there is no memory.
char *folder_scenarios(void); // the scenarios, *.lua
char *folder_guests(void);    // the built images of the guests
char *folder_labs(void);

// Returns "FOLDER/NAMEENDING", malloc'ed, if that is a regular file which lies inside the folder
// after all links are followed. Otherwise returns NULL.
char *folder_file(const char *folder, const char *name, const char *ending);

// Returns the path of a file that a script names, malloc'ed. The file must lie inside `folder`
// or inside the guests' folder. In the guests' folder the name needs no ".elf". Returns NULL,
// with a message in `error` that says where the file was looked for.
char *folder_find(const char *folder, const char *name, char *error, unsigned long error_size);

#endif
