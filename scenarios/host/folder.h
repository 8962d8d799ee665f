// Where things are: trapeze runs from its source tree (./trapeze, build/...) and installed
// (PREFIX/bin/trapeze, PREFIX/share/trapeze).
#ifndef SCENARIOS_HOST_FOLDER_H
#define SCENARIOS_HOST_FOLDER_H

// malloc'ed; NULL if there is none (or no memory).
char *folder_scenarios(void); // *.lua
char *folder_guests(void);    // the guests' built images
char *folder_labs(void);

// A file that a script names, which may only lie in or below `folder` or the guests' folder: as
// written, or with
// ".elf" added among the guests. malloc'ed; NULL and a message that says where was looked.
char *folder_find(const char *folder, const char *name, char *error, unsigned long error_size);

#endif
