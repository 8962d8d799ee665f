// The words of the source: names, numbers, characters, registers. A cursor moves over a piece of
// the text, and each function here takes one word off its front.
// Read next: isa/asm/symbol.c.
#include "isa/asm/parts.h"

#include <ctype.h>
#include <string.h>

// ---- blanks and single characters

void skip_blanks(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

bool is_at(struct cursor *c, char ch)
{
    skip_blanks(c);
    return c->at < c->end && *c->at == ch;
}

bool take(struct cursor *c, char ch)
{
    if (!is_at(c, ch))
        return false;
    c->at++;
    return true;
}

bool expect(struct cursor *c, char ch)
{
    return take(c, ch) || source_error(c->as, c->at, "expected '%c' here", ch);
}

bool expect_end(struct cursor *c)
{
    skip_blanks(c);
    if (c->at == c->end)
        return true;
    if (isprint((unsigned char)*c->at))
        return source_error(c->as, c->at, "unexpected '%c'", *c->at);
    return source_error(c->as, c->at, "unexpected byte 0x%02x", (unsigned char)*c->at);
}

// ---- names

static bool is_name_character(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_' || ch == '.' || ch == '$';
}

struct name take_name(struct cursor *c)
{
    skip_blanks(c);
    struct name name = {c->at, 0};
    while (c->at < c->end && is_name_character(*c->at))
        c->at++;
    name.length = (u32)(c->at - name.at);
    return name;
}

bool is_named(struct name name, const char *text)
{
    for (u32 i = 0; i < name.length; i++)
        if (name.at[i] != text[i])
            return false;
    return !text[name.length];
}

// ---- numbers and characters

static int digit_value(char ch)
{
    if (isdigit((unsigned char)ch))
        return ch - '0';
    return isalpha((unsigned char)ch) ? tolower((unsigned char)ch) - 'a' + 10 : 99;
}

// The base that the prefix of a number names, and the prefix's length: 12, 0x1f, 0b101, 0o17, 017.
static int number_base(struct name word, u32 *prefix)
{
    *prefix = 0;
    if (word.length < 2 || *word.at != '0')
        return 10;
    *prefix = 2;
    switch (word.at[1]) {
    case 'x':
    case 'X':
        return 16;
    case 'b':
    case 'B':
        return 2;
    case 'o':
    case 'O':
        return 8;
    default:
        *prefix = 1;
        return 8;
    }
}

bool take_number(struct cursor *c, i64 *number)
{
    struct name word = take_name(c);
    u32 prefix;
    int base = number_base(word, &prefix);
    const char *p = word.at + prefix, *end = word.at + word.length;
    u64 n = 0;
    if (p == end)
        return source_error(c->as, word.at, "this number has no digits");
    for (; p < end; p++) {
        if (digit_value(*p) >= base)
            return source_error(c->as, p, "'%c' is not a digit of base %d", *p, base);
        n = n * (u64)base + (u64)digit_value(*p);
        if (n > 0xffffffffu)
            return source_error(c->as, word.at, "this number does not fit 32 bits");
    }
    *number = (i64)n;
    return true;
}

// The rest of an escape, behind its backslash: \xHH, \ooo, or a letter.
static bool take_escape(struct cursor *c, u8 *byte)
{
    static const char letters[] = "abfnrtve\\\"'?", bytes[] = "\a\b\f\n\r\t\v\033\\\"'?";
    const char *start = c->at - 1;
    int base = 8, digits = 3;
    u32 n = 0;
    if (c->at < c->end && *c->at == 'x') {
        c->at++;
        base = 16, digits = 2;
    } else if (c->at < c->end && digit_value(*c->at) >= 8) {
        const char *letter = memchr(letters, *c->at, sizeof letters - 1);
        if (!letter)
            return source_error(c->as, start,
                                "unknown escape; there are \\n \\t \\r \\a \\b \\f \\v \\e \\\\ "
                                "\\\" \\' \\ooo and \\xHH");
        c->at++;
        *byte = (u8)bytes[letter - letters];
        return true;
    }
    const char *first = c->at;
    for (; c->at < c->end && c->at < first + digits && digit_value(*c->at) < base; c->at++)
        n = n * (u32)base + (u32)digit_value(*c->at);
    if (c->at == first || n > 255)
        return source_error(c->as, start, "this escape is not a byte");
    *byte = (u8)n;
    return true;
}

bool take_character(struct cursor *c, u8 *byte)
{
    if (c->at >= c->end)
        return source_error(c->as, c->at, "the closing quote is missing");
    if (*c->at++ == '\\')
        return take_escape(c, byte);
    *byte = (u8)c->at[-1];
    return true;
}

// ---- registers

// x0 to x31, with no zero in front of the number; or a name of the calling convention.
int register_number(struct name name)
{
    for (int i = 0; i < 32; i++)
        if (is_named(name, isa_reg_names[i]))
            return i;
    if (is_named(name, "fp"))
        return X_S0;
    if (name.length < 2 || name.length > 3 || *name.at != 'x' ||
        !isdigit((unsigned char)name.at[1]))
        return -1;
    int number = name.at[1] - '0';
    if (name.length == 3) {
        if (!isdigit((unsigned char)name.at[2]) || !number)
            return -1;
        number = number * 10 + name.at[2] - '0';
    }
    return number < 32 ? number : -1;
}

// ---- how alike two names are

// The Levenshtein distance of two names: row[j] is the distance between the first i characters of
// `name` and the first j of `text`. Names of more than 23 characters are simply far apart.
u32 name_distance(struct name name, const char *text)
{
    u32 row[24], length = (u32)strlen(text);
    if (length >= 24 || name.length >= 24)
        return 99;
    for (u32 j = 0; j <= length; j++)
        row[j] = j;
    for (u32 i = 1; i <= name.length; i++) {
        u32 diagonal = row[0];
        row[0] = i;
        for (u32 j = 1; j <= length; j++) {
            u32 change = diagonal + (name.at[i - 1] != text[j - 1]);
            diagonal = row[j];
            u32 edit = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < edit ? change : edit;
        }
    }
    return row[length];
}
