// The names of profiles, as a person writes them, and the words for the rules of a house.
// Read next: isa/decode.c.
#include "isa/arch/house.h"

const char *isa_profile_name(u32 profile)
{
    switch (profile & ISA_PROFILES) {
    case ISA_HOUSE:
        return "house";
    case ISA_HOLES:
        return "holes";
    case ISA_H:
        return "h";
    default:
        return "t32";
    }
}

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

// Reads a decimal number below `most` from *text on, and moves *text behind it.
static bool read_number(const char **text, u32 most, u32 *number)
{
    const char *p = *text;
    for (*number = 0; *p >= '0' && *p <= '9' && *number < most; p++)
        *number = *number * 10 + (u32)(*p - '0');
    bool read = p > *text && *number < most;
    *text = p;
    return read;
}

// What stands behind "house:": the seed, and the instructions that are mended.
static bool parse_house(const char *text, u32 *profile)
{
    u32 seed, mended;
    if (!read_number(&text, HOUSE_SEEDS, &seed))
        return false;
    *profile = HOUSE_PROFILE(seed);
    while (*text == ',') {
        text++;
        if (!read_number(&text, HOUSE_INSTRUCTIONS, &mended))
            return false;
        *profile |= HOUSE_MENDED(mended);
    }
    return !*text;
}

bool isa_profile_parse(const char *text, u32 *profile)
{
    static const char house[] = "house:";
    u32 i = 0;
    while (house[i] && text[i] == house[i])
        i++;
    if (!house[i])
        return parse_house(text + i, profile);
    for (*profile = ISA_T32; *profile <= ISA_H; ++*profile)
        if (is_same(text, isa_profile_name(*profile)))
            return true;
    return false;
}

const char *house_meaning(enum house_rule rule)
{
    static const char *const meanings[HOUSE_RULES] = {
#define HOUSE(name, group, mode, class, meaning) [HOUSE_##name] = meaning,
#include "isa/house.def"
#undef HOUSE
    };
    return meanings[rule];
}
