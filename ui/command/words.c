// trapeze words: the glossary, or one word of it.
// Read next: ui/main.c.
#include "isa/manual.h"
#include "scenarios/host/glossary.h"
#include "ui/command/options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MOST 128 // of the glossary
#define NAME_COLUMNS (GLOSSARY_NAME_MOST + 4)
#define LINE_COLUMNS 79

// Prints `text` from column NAME_COLUMNS on, and breaks the line between two words.
static void print_wrapped(const char *text)
{
    const size_t most = LINE_COLUMNS - NAME_COLUMNS;
    while (strlen(text) > most) {
        size_t length = most;
        while (text[length] != ' ')
            length--;
        printf("%.*s\n%*s", (int)length, text, NAME_COLUMNS, "");
        text += length + 1;
    }
    puts(text);
}

static void print_all(void)
{
    const char *group = "";
    const struct glossary_word *word;
    for (size_t i = 0; (word = glossary_at(i)); i++) {
        if (strcmp(word->group, group))
            printf("%s%c%s\n", i ? "\n" : "", toupper((unsigned char)word->group[0]),
                   word->group + 1);
        group = word->group;
        printf("  %-*s", NAME_COLUMNS - 2, word->name);
        print_wrapped(word->meaning);
    }
}

static void print_one(const struct glossary_word *word)
{
    printf("%s: %s. Lesson %d shows it.\n", word->name, word->meaning, word->lesson);
}

// A word that nobody knows: the message names the word that is most like it.
static int unknown(const char *name)
{
    const char *names[WORDS_MOST + MANUAL_NAMES + 1] = {0};
    const struct glossary_word *word;
    size_t count = 0;
    for (size_t i = 0; (word = glossary_at(i)) && count < WORDS_MOST; i++)
        names[count++] = word->name;
    manual_all_names(names + count, MANUAL_NAMES);
    const char *near = option_near(name, names);
    if (near)
        return option_wrong("words", "there is no word '%.40s'; did you mean '%s'?", name, near);
    return option_wrong("words", "there is no word '%.40s'", name);
}

int cmd_words(int argc, char **argv)
{
    struct command_line line;
    int status = options_read("words", argc, argv, &line);
    if (status >= 0)
        return status;
    if (!line.operand_count)
        print_all();
    for (int i = 0; i < line.operand_count; i++) {
        const struct glossary_word *word = glossary_find(line.operands[i]);
        if (word)
            print_one(word);
        else if (!manual_entry(stdout, line.operands[i]))
            return unknown(line.operands[i]);
    }
    return STATUS_DONE;
}
