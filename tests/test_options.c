// Numbers, sizes and choices of the command line. What they print goes to stderr, which is silenced
// here.
#include "tests/suite.h"
#include "ui/command/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int silence(void)
{
    fflush(stderr);
    int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
    return kept;
}

static void speak(int kept)
{
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        bool good;
        u64 value;
    } cases[] = {
        {"0", true, 0},
        {"12", true, 12},
        {"0x1F", true, 31},
        {"1_000", true, 1000},
        {"18446744073709551615", true, UINT64_MAX},
        {"", false, 0},
        {"-1", false, 0},
        {"12x", false, 0},
        {"18446744073709551616", false, 0},
        {"0x", false, 0},
        {"_1", false, 0},
        {"1__0", false, 0},
        {" 1", false, 0},
        {"1.5", false, 0},
        {"0xg", false, 0},
    };
    int kept = silence();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        u64 value = 77;
        bool good = option_number("run", "--limit", cases[i].text, 0, UINT64_MAX, &value);
        CU_ASSERT_EQUAL(good, cases[i].good);
        if (good)
            CU_ASSERT_EQUAL(value, cases[i].value);
    }
    u64 value;
    CU_ASSERT_FALSE(option_number("run", "--harts", "9", 1, 8, &value));
    CU_ASSERT_FALSE(option_number("run", "--harts", "0", 1, 8, &value));
    CU_ASSERT_TRUE(option_number("run", "--harts", "8", 1, 8, &value));
    speak(kept);
}

static void test_sizes(void)
{
    static const struct {
        const char *text;
        bool good;
        u64 value;
    } cases[] = {
        {"4096", true, 4096},
        {"64K", true, 64 << 10},
        {"128M", true, 128 << 20},
        {"1g", true, 1 << 30},
        {"2MiB", true, 2 << 20},
        {"1T", false, 0},
        {"K", false, 0},
        {"1KK", false, 0},
        {"3G", false, 0},
        {"99999999999999999999K", false, 0},
        {"17179869184G", false, 0},
        {"-1M", false, 0},
        {"1 M", false, 0},
        {"", false, 0},
        {"1Ki", false, 0},
    };
    int kept = silence();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        u64 value = 77;
        bool good = option_size("boot", "--ram", cases[i].text, 4096, 2ull << 30, &value);
        CU_ASSERT_EQUAL(good, cases[i].good);
        if (good)
            CU_ASSERT_EQUAL(value, cases[i].value);
    }
    speak(kept);
}

static void test_choices(void)
{
    static const char *const names[] = {"auto", "always", "never", NULL};
    int kept = silence();
    CU_ASSERT_EQUAL(option_choice("run", "--color", "never", names), 2);
    CU_ASSERT_EQUAL(option_choice("run", "--color", "nev", names), -1);
    CU_ASSERT_EQUAL(option_choice("run", "--color", "", names), -1);
    speak(kept);
}

const struct suite suite_options = {
    "options", (const struct test[]){
                   {"numbers are read whole or not at all, within their range", test_numbers},
                   {"sizes take K, M and G, and do not overflow", test_sizes},
                   {"a choice is one of its words", test_choices},
                   {0}}};
