// Files whose name is near to a word that names no file: one of them may be meant.
#ifndef UI_COMMAND_NEAR_H
#define UI_COMMAND_NEAR_H

// Among the files of `folder` whose names end in `ending`: the name, without the ending, that
// differs least from `word` (option_near). malloc'ed; NULL: none is near, or there is no such
// folder.
char *near_file(const char *folder, const char *word, const char *ending);

#endif
