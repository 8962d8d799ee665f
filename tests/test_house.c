// The profile `house`: a seed draws what twelve instructions do, the classes of the rules are what
// the machine does, and a machine whose holes are mended can be virtualized.
#include "isa/arch/house.h"
#include "sim/classify.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

#define SEEDS 200u

static struct classified rows[CLASSIFIED_MOST];

static u32 run(u32 profile)
{
    char error[160] = "";
    u32 count = classify(profile, rows, error, sizeof error);
    CU_ASSERT_STRING_EQUAL(error, "");
    return count;
}

static bool is_house(const struct classified *row)
{
    return !strncmp(row->name, "house", 5);
}

static bool is_hole(const struct classified *row)
{
    return (row->control || row->behaviour) && !row->privileged && !row->traps_u;
}

static void every_house_has_its_share_of_each_class(void)
{
    for (u32 seed = 0; seed < SEEDS; seed++) {
        u32 count = run(HOUSE_PROFILE(seed * 327)), holes = 0, privileged = 0, resources = 0;
        for (u32 i = 0; i < count; i++) {
            CU_ASSERT_TRUE(rows[i].agrees);
            if (!is_house(&rows[i]))
                continue;
            holes += is_hole(&rows[i]);
            privileged += rows[i].privileged;
            resources += rows[i].resource;
        }
        CU_ASSERT_EQUAL(holes, 4);
        CU_ASSERT_EQUAL(privileged, 3);
        CU_ASSERT_EQUAL(resources, 1);
    }
}

static void a_mended_hole_is_privileged(void)
{
    u32 profile = HOUSE_PROFILE(42), count = run(profile);
    for (u32 i = 0; i < count; i++)
        if (is_house(&rows[i]) && is_hole(&rows[i]))
            profile |= HOUSE_MENDED(isa_find(rows[i].name) - INSN_house0);
    CU_ASSERT_NOT_EQUAL(profile, HOUSE_PROFILE(42));
    count = run(profile);
    for (u32 i = 0; i < count; i++)
        CU_ASSERT(rows[i].agrees && !is_hole(&rows[i]));
}

static void seeds_differ_and_one_seed_is_always_the_same(void)
{
    u32 same = 0, rules = 0;
    for (u32 seed = 0; seed + 1 < SEEDS; seed++)
        for (enum insn insn = INSN_house0; insn <= INSN_house11; insn++) {
            struct house_drawn a = house_draw(HOUSE_PROFILE(seed), insn),
                               b = house_draw(HOUSE_PROFILE(seed + 1), insn);
            same += a.rule == b.rule;
            rules |= 1u << a.rule;
            CU_ASSERT(a.bit >= 1 && a.bit <= 31 && (a.constant & 1));
        }
    CU_ASSERT(same < SEEDS * HOUSE_INSTRUCTIONS / 5);
    CU_ASSERT_EQUAL(rules, (1u << HOUSE_RULES) - 1); // every rule is drawn by some seed
    // A seed that was given to a class stays what it is.
    CU_ASSERT_EQUAL(house_draw(HOUSE_PROFILE(42), INSN_house0).rule, HOUSE_drop_keep);
    CU_ASSERT_EQUAL(house_draw(HOUSE_PROFILE(42), INSN_house11).constant, 0x8e2b94b3);
}

// ---- what the rules do, said a second time

#define A 0x81234567u
#define B 0x00000711u
#define SCRATCH 0x5555u
#define RETIRED 77u
#define NOW 100u
#define OLD 0xddddddddu
#define TURNED(value) ((value) << n | (value) >> (32 - n))

static u32 expected_result(enum house_rule rule, u32 c, u32 n, bool k)
{
    bool set = A >> n & 1;
    const u32 results[HOUSE_RULES] = {
        [HOUSE_rotate] = TURNED(A) + B,
        [HOUSE_mix] = (A ^ c) - B,
        [HOUSE_bit] = set,
        [HOUSE_constant] = c,
        [HOUSE_multiply] = A * c + B,
        [HOUSE_refuse] = OLD,
        [HOUSE_k_rotate] = TURNED(A) ^ B,
        [HOUSE_k_multiply] = (A + B) * c,
        [HOUSE_k_show] = SCRATCH ^ c,
        [HOUSE_k_keep] = OLD,
        [HOUSE_k_open] = OLD,
        [HOUSE_mode] = k ? A : B,
        [HOUSE_rare_mode] = set && !k ? A ^ c : A,
        [HOUSE_show] = SCRATCH ^ c,
        [HOUSE_drop_keep] = OLD,
        [HOUSE_show_status] = TURNED(SSTATUS_SPIE),
        [HOUSE_drop_open] = OLD,
        [HOUSE_show_cause] = CAUSE_BREAKPOINT + A,
        [HOUSE_leave] = A + c,
        [HOUSE_clock] = NOW ^ c,
        [HOUSE_progress] = RETIRED + A,
    };
    return results[rule];
}

static void check_rule(u32 profile, enum insn insn, bool k)
{
    struct house_drawn drawn = house_draw(profile, insn);
    struct hart_state h = {.x = {[10] = OLD, [11] = A, [12] = B}, .mode = k, .retired = RETIRED},
                      before;
    h.sscratch = SCRATCH;
    h.sstatus = SSTATUS_SPIE;
    h.scause = CAUSE_BREAKPOINT;
    before = h;
    struct decoded d = {.insn = (u8)insn, .rd = 10, .rs1 = 11, .rs2 = 12};
    bool done = house_execute(&h, d, profile, NOW);
    CU_ASSERT_EQUAL(done, k ? drawn.in_k : drawn.in_u);
    if (done) {
        before.x[10] = expected_result(drawn.rule, drawn.constant, drawn.bit, k);
        if (k && (drawn.rule == HOUSE_k_keep || drawn.rule == HOUSE_drop_keep))
            before.sscratch = A + drawn.constant;
        if (k && (drawn.rule == HOUSE_k_open || drawn.rule == HOUSE_drop_open))
            before.sstatus |= A >> drawn.bit & 1 ? SSTATUS_SUM : 0;
        if (drawn.rule == HOUSE_leave)
            before.mode = MODE_U;
    }
    CU_ASSERT(!memcmp(&h, &before, sizeof h));
    u32 word = isa_encode(d);
    struct decoded other = isa_decode(word, profile);
    d.word = word;
    CU_ASSERT(!memcmp(&d, &other, sizeof d));
    other = house_decode(word, profile);
    CU_ASSERT(!memcmp(&d, &other, sizeof d));
    CU_ASSERT_EQUAL(house_decode(word, ISA_T32).insn, INSN_ILLEGAL);
    CU_ASSERT_EQUAL(house_decode(word ^ 1u << 31, profile).insn, INSN_ILLEGAL);
    d.rd = 0; // x0 stays 0
    house_execute(&h, d, profile, NOW);
    CU_ASSERT_EQUAL(h.x[0], 0);
}

static void a_rule_does_what_the_table_says(void)
{
    for (u32 seed = 0; seed < SEEDS; seed++)
        for (enum insn insn = INSN_house0; insn <= INSN_house11; insn++) {
            check_rule(HOUSE_PROFILE(seed), insn, true);
            check_rule(HOUSE_PROFILE(seed), insn, false);
        }
}

static void a_profile_is_read_as_a_person_writes_it(void)
{
    static const struct {
        const char *text;
        u32 profile;
    } good[] = {
        {"t32", ISA_T32},
        {"holes", ISA_HOLES},
        {"h", ISA_H},
        {"house:0", HOUSE_PROFILE(0)},
        {"house:65535", HOUSE_PROFILE(65535)},
        {"house:42,0,11", HOUSE_PROFILE(42) | HOUSE_MENDED(0) | HOUSE_MENDED(11)},
    };
    static const char *const bad[] = {
        "",           "T32",         "house",     "house:",  "house:65536", "house:-1",
        "house:1,",   "house:1,12",  "house:1,,", "house:x", "house:1 ",    "house:99999999999",
        "house:0x10", "house:1,2,x", "holes,h",
    };
    u32 profile;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CU_ASSERT_TRUE(isa_profile_parse(good[i].text, &profile));
        CU_ASSERT_EQUAL(profile, good[i].profile);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(isa_profile_parse(bad[i], &profile));
}

const struct suite suite_house = {
    "house",
    (const struct test[]){
        {"every house has its share of each class", every_house_has_its_share_of_each_class},
        {"a mended hole is privileged", a_mended_hole_is_privileged},
        {"seeds differ, and one seed is always the same",
         seeds_differ_and_one_seed_is_always_the_same},
        {"a rule does what the table says", a_rule_does_what_the_table_says},
        {"a profile is read as a person writes it", a_profile_is_read_as_a_person_writes_it},
        {0},
    }};
