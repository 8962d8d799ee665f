// lab{} test() sheet() key() partial() classify(): the language of labs, beside that of scenarios.
// Read scenarios/script/lab.h and api.h first.
#include "scenarios/script/api.h"

#include "isa/arch/house.h"
#include "scenarios/script/order.h"
#include "scenarios/script/text.h"
#include "sim/classify.h"
#include "sim/state/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const lab_visibilities[] = {"visible", "hidden", "after_due_date", "after_published",
                                        NULL};

static struct lab *lab_of(lua_State *L)
{
    return scenario_of(L)->options.lab;
}

// ---- texts

// Keeps the string at a stack index, cleaned and cut to the room there is. A line end becomes a
// blank, because reports have a line for each text.
static void keep_text(lua_State *L, int index, char *to, size_t room)
{
    size_t size = 0;
    const char *text = luaL_tolstring(L, index, &size);
    text_clean(text, size, to, room);
    for (char *c = to; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    lua_pop(L, 1);
}

static void keep_field(lua_State *L, int index, const char *key, char *to, size_t room)
{
    int type = lua_getfield(L, index, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "%s: a string is wanted", key);
    if (type == LUA_TSTRING && lua_rawlen(L, -1) >= room)
        luaL_error(L, "%s: at most %d characters are wanted", key, (int)room - 1);
    if (type == LUA_TSTRING)
        keep_text(L, -1, to, room);
    lua_pop(L, 1);
}

static double number_field(lua_State *L, int index, const char *key, double otherwise, double least,
                           double most)
{
    int type = lua_getfield(L, index, key);
    double value = type == LUA_TNUMBER ? lua_tonumber(L, -1) : otherwise;
    // Not a number (0/0) fails both comparisons.
    if ((type != LUA_TNIL && type != LUA_TNUMBER) || !(value >= least && value <= most))
        luaL_error(L, "%s: a number from %I to %I is wanted", key, (LUAI_UACINT)least,
                   (LUAI_UACINT)most);
    lua_pop(L, 1);
    return value;
}

// ---- lab{files=, points=, hours=}

static void read_file(lua_State *L, struct lab *lab)
{
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    if (lab->files == LAB_FILES_MAX)
        luaL_error(L, "files: a lab takes at most %d files", LAB_FILES_MAX);
    if (!*name || *name == '.' || strchr(name, '/') || strlen(name) >= LAB_NAME)
        luaL_error(
            L, "files: '%s' is no plain file name; say it as in { [\"answers.txt\"] = \"64K\" }",
            name);
    struct lab_file *file = &lab->file[lab->files++];
    strcpy(file->name, name);
    lua_newtable(L);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "size");
    file->most = (u32)scenario_size_field(L, lua_gettop(L), "size", 0);
    lua_pop(L, 1);
    if (!file->most || file->most > 16u << 20)
        luaL_error(L, "files: '%s' may have 1 byte to 16M", name);
}

static int declare_lab(lua_State *L)
{
    static const char *const keys[] = {"files", "points", "hours", "build", NULL};
    struct lab *lab = lab_of(L);
    struct lab read = *lab;
    luaL_checktype(L, 1, LUA_TTABLE);
    scenario_check_keys(L, 1, "lab", keys);
    if (lab->declared)
        return luaL_error(L, "lab{...} is called once");
    read.declared = true;
    read.points = (u32)scenario_integer_field(L, 1, "points", 100, 1, 10000);
    read.hours = number_field(L, 1, "hours", 0, 0, 1000);
    keep_field(L, 1, "build", read.build, sizeof read.build);
    if (strchr(read.build, '/') || *read.build == '.')
        return luaL_error(L, "build: a plain name is wanted");
    if (lua_getfield(L, 1, "files") != LUA_TTABLE)
        return luaL_error(L, "files: a table is wanted, as in { [\"answers.txt\"] = \"64K\" }");
    lua_Integer files = order_push_keys(L, -1);
    for (lua_Integer i = 1; i <= files; i++) {
        lua_rawgeti(L, -1, i);
        lua_pushvalue(L, -1);
        lua_rawget(L, -4);
        read_file(L, &read);
        lua_pop(L, 2);
    }
    *lab = read; // only now, so a call that fails declares nothing
    return 0;
}

// ---- test(name, {points=, cases=, limit=, after=, visibility=, tags=}, function(case) ... end)

static u32 find_test(const struct lab *lab, const char *name)
{
    u32 i = 0;
    while (i < lab->tests && strcmp(lab->test[i].name, name))
        i++;
    return i;
}

static void read_test(lua_State *L, struct lab *lab, struct lab_test *t)
{
    static const char *const keys[] = {"points",     "cases", "limit", "after",
                                       "visibility", "tags",  NULL};
    *t = (struct lab_test){.line = scenario_line_of(L)};
    luaL_checktype(L, 2, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TFUNCTION);
    scenario_check_keys(L, 2, "test", keys);
    size_t size = 0;
    luaL_checklstring(L, 1, &size);
    luaL_argcheck(L, size && size < LAB_NAME, 1, "a name of 1 to 63 characters is wanted");
    keep_text(L, 1, t->name, sizeof t->name);
    if (find_test(lab, t->name) < lab->tests)
        luaL_error(L, "there are two tests '%s'", t->name);
    t->points = (u32)scenario_integer_field(L, 2, "points", 0, 1, 10000);
    t->cases = (u32)scenario_integer_field(L, 2, "cases", 1, 1, 1000);
    t->limit = (u64)number_field(L, 2, "limit", LAB_LIMIT, 1, 1e12); // machine steps
    keep_field(L, 2, "after", t->after, sizeof t->after);
    keep_field(L, 2, "tags", t->tags, sizeof t->tags);
    if (*t->after && find_test(lab, t->after) == lab->tests)
        luaL_error(L, "after: no test '%s' comes before this one", t->after);
    t->visibility = (u8)scenario_choice_field(L, 2, "visibility", LAB_VISIBLE, lab_visibilities);
}

// The seed of a case: the same on every host, and another one for each student, test and case.
static lua_Integer seed_of_case(lua_State *L, const struct lab_test *t, u32 number)
{
    u64 seed = scenario_of(L)->options.seed;
    u64 hash = hash_bytes(HASH_START, &seed, sizeof seed);
    hash = hash_bytes(hash, t->name, strlen(t->name));
    hash = hash_bytes(hash, &number, sizeof number);
    return (lua_Integer)(hash >> 11); // 53 bits, which every reader of JSON keeps exact
}

// What the function returned lies on top of the stack: a share of the points (true, false, or a
// number from 0 to 1), then a message, or what was expected, what happened, and where.
static double take_verdict(lua_State *L, struct lab_verdict *v, u32 number)
{
    int top = lua_gettop(L), first = top - 3;
    bool is_number = lua_type(L, first) == LUA_TNUMBER;
    double share = is_number ? lua_tonumber(L, first) : lua_toboolean(L, first);
    // Not a number (0/0) fails both comparisons.
    if (!(is_number || lua_isboolean(L, first)) || !(share >= 0 && share <= 1))
        luaL_error(L, "a test returns true, false, or a number from 0 to 1");
    for (int i = first + 1; i <= top; i++)
        if (!lua_isnil(L, i) && !lua_isstring(L, i))
            luaL_error(L, "behind its points, a test returns texts, and no %s",
                       luaL_typename(L, i));
    if (share == 1 || v->failed_case)
        return share;
    v->failed_case = number;
    lab_scene_take(scenario_of(L), &v->scene);
    if (lua_isnil(L, first + 2) && lua_isnil(L, first + 1))
        snprintf(v->message, sizeof v->message, share > 0 ? "in part" : "it does not hold");
    else if (lua_isnil(L, first + 2))
        keep_text(L, first + 1, v->message, sizeof v->message);
    else {
        keep_text(L, first + 1, v->expected, sizeof v->expected);
        keep_text(L, first + 2, v->happened, sizeof v->happened);
        if (!lua_isnil(L, first + 3))
            keep_text(L, first + 3, v->where, sizeof v->where);
    }
    return share;
}

// The stack of a test that runs: its three arguments, the sum of shares so far.
enum { TEST_FUNCTION = 3, TEST_SUM = 4 };

static int case_is_over(lua_State *L, int status, lua_KContext number);

static int run_case(lua_State *L, u32 number)
{
    const struct lab *lab = lab_of(L);
    const struct lab_test *t = &lab->test[lab->wanted];
    lua_settop(L, TEST_SUM);
    lua_pushvalue(L, TEST_FUNCTION);
    lua_pushinteger(L, seed_of_case(L, t, number));
    lua_pushinteger(L, number);
    scenario_of(L)->in_test = true;
    lua_callk(L, 2, 4, number, case_is_over);
    return case_is_over(L, LUA_OK, number);
}

static int case_is_over(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct lab *lab = lab_of(L);
    const struct lab_test *t = &lab->test[lab->wanted];
    u32 number = (u32)context;
    double sum = lua_tonumber(L, TEST_SUM) + take_verdict(L, &lab->verdict, number);
    lua_pushnumber(L, sum);
    lua_replace(L, TEST_SUM);
    lab->verdict.steps = scenario_of(L)->spent;
    if (!lab->only_case && number < t->cases)
        return run_case(L, number + 1);
    scenario_of(L)->in_test = false;
    if (lab->task == LAB_REPLAY)
        return scenario_of(L)->twin ? lab_scene_show(L) : 0;
    // A sum of shares such as 1/3 + 2/3 may miss the whole by a rounding error.
    lab->verdict.earned = (u32)floor(t->points * sum / (lab->only_case ? 1 : t->cases) + 1e-9);
    return 0;
}

static int declare_test(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    struct lab *lab = sc->options.lab;
    lua_settop(L, 3);
    if (sc->in_test)
        return luaL_error(L, "test(...) is for the top level of the script, and not for a test");
    if (!lab->declared)
        return luaL_error(L, "lab{...} comes before the tests");
    if (lab->tests == LAB_TESTS_MAX)
        return luaL_error(L, "a lab has at most %d tests", LAB_TESTS_MAX);
    read_test(L, lab, &lab->test[lab->tests]);
    u32 index = lab->tests++;
    if (!lab_runs_tests(lab) || lab->wanted != index)
        return 0;
    const struct lab_test *t = &lab->test[index];
    if (lab->only_case > t->cases)
        return luaL_error(L, "test '%s' has no case %d", t->name, (int)lab->only_case);
    sc->options.limit = sc->spent + t->limit;
    lua_pushnumber(L, 0);
    return run_case(L, lab->only_case ? lab->only_case : 1);
}

// ---- sheet(function) key(function): what is printed instead of grading

static int printed(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

static int call_for(lua_State *L, enum lab_task task)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    if (lab_of(L)->task != task)
        return 0;
    lua_callk(L, 0, 0, 0, printed);
    return 0;
}

static int declare_sheet(lua_State *L)
{
    return call_for(L, LAB_SHEET);
}

static int declare_key(lua_State *L)
{
    return call_for(L, LAB_KEY);
}

// ---- partial(value, {full=, none=}): the share of the points for a number that should be small

static int partial(lua_State *L)
{
    static const char *const keys[] = {"full", "none", NULL};
    double value = luaL_checknumber(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    scenario_check_keys(L, 2, "partial", keys);
    lua_getfield(L, 2, "full");
    lua_getfield(L, 2, "none");
    double full = luaL_checknumber(L, -2), none = luaL_checknumber(L, -1);
    if (!(full < none))
        return luaL_error(L, "partial: full is the smaller number, and none the larger one");
    double share = (none - value) / (none - full);
    if (share > 1)
        share = 1;
    lua_pushnumber(L, share < 0 ? 0 : share);
    char text[160];
    snprintf(text, sizeof text, "%.10g: up to %.10g gets all points, and %.10g gets none", value,
             full, none);
    lua_pushstring(L, text);
    return 2;
}

// ---- classify("house:42") -> {house0 = {privileged=, sensitive=, rule=, ...}, ...}

static void push_class(lua_State *L, const struct classified *row)
{
    const struct {
        const char *key;
        bool value;
    } facts[] = {
        {"privileged", row->privileged}, {"sensitive", row->control || row->behaviour},
        {"resource", row->resource},     {"traps_u", row->traps_u},
        {"traps_k", row->traps_k},
    };
    lua_newtable(L);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        lua_pushboolean(L, facts[i].value);
        lua_setfield(L, -2, facts[i].key);
    }
}

// Of an instruction of a house also what it does, with the numbers of this machine.
static void push_rule(lua_State *L, u32 profile, enum insn insn)
{
    struct house_drawn drawn = house_draw(profile, insn);
    char text[160];
    snprintf(text, sizeof text, "%s; n = %u, c = 0x%08x", house_meaning(drawn.rule),
             (unsigned)drawn.bit, (unsigned)drawn.constant);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "rule");
}

// The classes of a machine's instructions as the machine shows them, not as a table claims them.
static int measure_classes(lua_State *L)
{
    u32 profile;
    char error[160];
    if (!isa_profile_parse(scenario_check_text(L, 1), &profile))
        return luaL_error(L, "classify: %s is wanted", ISA_PROFILE_WANTED);
    struct classified *rows = lua_newuserdatauv(L, CLASSIFIED_MOST * sizeof *rows, 0);
    u32 count = classify(profile, rows, error, sizeof error);
    if (!count)
        return luaL_error(L, "%s", error);
    lua_newtable(L);
    for (u32 i = 0; i < count; i++) {
        push_class(L, &rows[i]);
        if (house_has(isa_find(rows[i].name)))
            push_rule(L, profile, isa_find(rows[i].name));
        lua_setfield(L, -2, rows[i].name);
    }
    return 1;
}

void lua_open_lab(lua_State *L)
{
    struct lab *lab = lab_of(L);
    if (!lab)
        return;
    // The dashboard opens a lab again to go back in it. What the script declared then is forgotten.
    lab->declared = false;
    lab->tests = lab->files = 0;
    lab->verdict = (struct lab_verdict){0};
    lua_register(L, "lab", declare_lab);
    lua_register(L, "test", declare_test);
    lua_register(L, "sheet", declare_sheet);
    lua_register(L, "key", declare_key);
    lua_register(L, "partial", partial);
    lua_register(L, "classify", measure_classes);
    lua_open_submission(L);
    lua_open_lab_twin(L);
    lua_open_lab_meter(L);
}
