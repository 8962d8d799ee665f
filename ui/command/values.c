// The values of options: numbers, sizes and choices as a person writes them, and the messages about
// those that are wrong. Read ui/command/options.h first.
// Read next: ui/command/words.c.
#include "ui/command/options.h"

#include "isa/isa.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NEAR_MOST 24 // letters of a word that is compared

int option_wrong(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "trapeze %s: ", command);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\ntry: trapeze %s --help\n", command);
    va_end(arguments);
    return STATUS_USAGE;
}

// The value of one digit; `base` if the character is no digit of that base.
static unsigned digit_value(char c, unsigned base)
{
    if (isdigit((unsigned char)c))
        return (unsigned)(c - '0');
    if (base == 16 && isxdigit((unsigned char)c))
        return (unsigned)(tolower((unsigned char)c) - 'a') + 10;
    return base;
}

// Reads digits from *text on: decimal, or hexadecimal after 0x, with single underscores between
// them. Returns false if there is no digit, or if the number needs more than 64 bits.
static bool read_digits(const char **text, u64 *value)
{
    const char *p = *text;
    unsigned base = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') ? 16 : 10;
    if (base == 16)
        p += 2;
    const char *first = p;
    *value = 0;
    for (;; p++) {
        if (*p == '_' && p > first && isxdigit((unsigned char)p[1]))
            continue;
        unsigned digit = digit_value(*p, base);
        if (digit == base)
            break;
        if (*value > (UINT64_MAX - digit) / base)
            return false;
        *value = *value * base + digit;
    }
    *text = p;
    return p > first;
}

bool option_number(const char *command, const char *option, const char *text, u64 least, u64 most,
                   u64 *value)
{
    const char *end = text;
    bool whole = read_digits(&end, value);
    if (whole && !*end && *value >= least && *value <= most)
        return true;
    bool only_digits = !text[strspn(text, "0123456789_")];
    if (!whole && *text && only_digits)
        option_wrong(command, "%s %s: this number is too large; the largest is %llu", option, text,
                     (unsigned long long)most);
    else if (most == UINT64_MAX)
        option_wrong(command, "%s %s: a number of %llu or more is wanted", option, text,
                     (unsigned long long)least);
    else
        option_wrong(command, "%s %s: a number from %llu to %llu is wanted", option, text,
                     (unsigned long long)least, (unsigned long long)most);
    return false;
}

// Writes a number of bytes as a person does ("128M") into `to`, which has room for 32 characters.
static const char *size_text(u64 bytes, char *to)
{
    static const char unit[] = {0, 'K', 'M', 'G'};
    unsigned i = 0;
    while (i < 3 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        i++;
    }
    snprintf(to, 32, unit[i] ? "%llu%c" : "%llu", (unsigned long long)bytes, unit[i]);
    return to;
}

bool option_size(const char *command, const char *option, const char *text, u64 least, u64 most,
                 u64 *value)
{
    static const char units[] = "KMG";
    const char *end = text;
    bool good = read_digits(&end, value);
    const char *unit = good && *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    if (unit) {
        unsigned shift = 10 * (unsigned)(unit - units + 1);
        good = *value <= UINT64_MAX >> shift;
        *value <<= shift;
        end++;
        if (end[0] == 'i' && end[1] == 'B')
            end += 2;
    }
    if (good && !*end && *value >= least && *value <= most)
        return true;
    char from[32], to[32];
    option_wrong(command, "%s %s: a size from %s to %s is wanted (64K, 128M, 1G)", option, text,
                 size_text(least, from), size_text(most, to));
    return false;
}

int option_choice(const char *command, const char *option, const char *text,
                  const char *const names[])
{
    char list[160] = "";
    for (int i = 0; names[i]; i++) {
        if (!strcmp(names[i], text))
            return i;
        size_t used = strlen(list);
        const char *before = names[i + 1] ? ", " : " or ";
        snprintf(list + used, sizeof list - used, "%s%s", i ? before : "", names[i]);
    }
    option_wrong(command, "%s %s: %s is wanted", option, text, list);
    return -1;
}

bool option_profile(const char *command, const char *option, const char *text, u64 *profile)
{
    u32 read;
    if (!isa_profile_parse(text, &read)) {
        option_wrong(command, "%s %s: %s is wanted", option, text, ISA_PROFILE_WANTED);
        return false;
    }
    *profile = read;
    return true;
}

// How many letters must be changed, inserted or removed to make one word the other. This is the
// distance of Levenshtein; `row` is one row of his table.
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NEAR_MOST + 1];
    size_t columns = strnlen(b, NEAR_MOST);
    for (unsigned j = 0; j <= columns; j++)
        row[j] = j;
    for (unsigned i = 0; a[i] && i < NEAR_MOST; i++) {
        unsigned diagonal = row[0];
        row[0] = i + 1;
        for (unsigned j = 1; j <= columns; j++) {
            unsigned change = diagonal + (a[i] != b[j - 1]);
            diagonal = row[j];
            unsigned other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < other ? change : other;
        }
    }
    return row[columns];
}

const char *option_near(const char *word, const char *const names[])
{
    const char *best = NULL;
    unsigned least = strlen(word) > 5 ? 4 : 3; // a word that is farther away is another word
    for (; *names; names++) {
        bool begins_with_it = *word && !strncmp(*names, word, strlen(word));
        unsigned d = begins_with_it ? 1 : distance(word, *names);
        if (d < least && d < strlen(*names)) {
            least = d;
            best = *names;
        }
    }
    return best;
}
