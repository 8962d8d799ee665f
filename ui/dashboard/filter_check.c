// Checking the words of a filter. Read ui/dashboard/filter_check.h first.
#include "ui/dashboard/filter_check.h"
#include "ui/dashboard/filter.h"
#include "ui/dashboard/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_DIGITS 8

static bool is_letter(char letter)
{
    for (int i = 0; i < TRAP_CLASSES; i++)
        if (trap_classes[i].letter == letter)
            return true;
    return false;
}

// Returns true if the word has the form of a VM's name: a g, and numbers separated by points
// ("g1.2").
static bool has_form_of_vm(const char *word)
{
    return word[0] == 'g' && isdigit((u8)word[1]) && !word[1 + strspn(word + 1, "0123456789.")];
}

// Returns true if it is a VM of this world, or if such a VM is inside it.
static bool is_vm(const char *word, const struct world *w)
{
    char path[40];
    size_t length = strlen(word);
    for (u32 i = 0; i < w->guests; i++) {
        vm_path_print(&w->guest[i].path, path, sizeof path);
        if (!strncmp(path, word, length) && (!path[length] || path[length] == '.'))
            return true;
    }
    return false;
}

static bool is_level(const char *word)
{
    return word[0] == 'L' && isdigit((u8)word[1]) && !word[2] && word[1] - '0' < EVENT_DEPTH;
}

static bool is_number(const char *text, size_t length)
{
    size_t digits = strspn(text, "0123456789abcdef");
    return digits >= length && length <= ADDRESS_DIGITS;
}

// A part of a cause may contain punctuation: "0(s1)". Each name or number between the
// punctuation must be one that a cause can have.
static bool is_part_of_cause(const char *word)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    while (*word) {
        char part[FILTER_SIZE];
        size_t length = strspn(word, name);
        snprintf(part, sizeof part, "%.*s", (int)length, word);
        if (length && !is_number(word, length) && !words_is_in_cause(part))
            return false;
        word += length;
        if (*word && !strchr("(),", *word))
            return false;
        word += *word != 0;
    }
    return true;
}

static bool check_word(const char *word, const struct world *w, char *problem)
{
    if (has_form_of_vm(word)) {
        snprintf(problem, FILTER_PROBLEM, "there is no VM '%.20s'; pane 1 lists the VMs", word);
        return !w || is_vm(word, w);
    }
    if (!word[1] && isupper((u8)word[0])) {
        snprintf(problem, FILTER_PROBLEM, "no trap has the letter %s; ? lists the letters", word);
        return is_letter(word[0]);
    }
    snprintf(problem, FILTER_PROBLEM,
             "no trap has the word '%.20s'; ? lists letters and names; or fill, g1, L2, satp",
             word);
    return is_level(word) || words_is_action(word) || is_part_of_cause(word);
}

bool filter_check(const char *filter, const struct world *w, char *problem)
{
    if (strlen(filter) >= FILTER_SIZE) {
        snprintf(problem, FILTER_PROBLEM, "this is too long: %d letters at most", FILTER_SIZE - 1);
        return false;
    }
    while (*filter) {
        char word[FILTER_SIZE];
        size_t length = strcspn(filter, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, filter);
        filter += length + strspn(filter + length, " ");
        const char *text = word[0] == '!' ? word + 1 : word;
        if (*text && !check_word(text, w, problem))
            return false;
    }
    return true;
}
