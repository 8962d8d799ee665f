// Finds files with a similar name, for a word that names no file. The person may have meant one
// of these files.
#ifndef UI_COMMAND_NEAR_H
#define UI_COMMAND_NEAR_H

// Looks at the files of `folder` whose names end in `ending`. Returns the name, without the
// ending, that differs least from `word` (option_near), malloc'ed. Returns NULL if no name is
// similar, or if there is no such folder.
char *near_file(const char *folder, const char *word, const char *ending);

#endif
