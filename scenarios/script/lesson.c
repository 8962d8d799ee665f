// lesson{} say{} ask{} reveal() try(): a scenario explains what it shows, and asks the viewer to
// predict it. Read scenarios/script/lesson.h and api.h first.
// Read next: scenarios/script/arena.h.
#include "scenarios/script/api.h"

#include "scenarios/script/library.h"
#include "scenarios/script/order.h"
#include "scenarios/script/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 1000 // bytes of one text
#define QUESTION_TYPE "trapeze.question"

// ---- texts

// Line ends and indentation of the script's source become single spaces.
static void squeeze(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        bool space = *from == ' ' || *from == '\n' || *from == '\t';
        if (!space)
            *to++ = *from;
        else if (to != text && to[-1] != ' ')
            *to++ = ' ';
    }
    while (to != text && to[-1] == ' ')
        to--;
    *to = 0;
}

// The string at a stack index, fit for a terminal and on one line. The registry holds it, so the
// pointer is good as long as the scenario.
static const char *keep_text(lua_State *L, int index, const char *what)
{
    size_t size = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &size) : NULL;
    if (!text || size > TEXT_MOST)
        luaL_error(L, "%s: a text of at most %d bytes is wanted", what, TEXT_MOST);
    size_t room = 4 * size + 8;
    char *clean = lua_newuserdatauv(L, room, 0);
    text_clean(text, size, clean, room);
    squeeze(clean);
    lua_pushstring(L, clean);
    const char *kept = scenario_keep_string(L);
    lua_pop(L, 1);
    return kept;
}

static const char *text_field(lua_State *L, int index, const char *key)
{
    const char *text = "";
    if (lua_getfield(L, index, key) != LUA_TNIL)
        text = keep_text(L, lua_gettop(L), key);
    lua_pop(L, 1);
    return text;
}

static const char *text_item(lua_State *L, int index, lua_Integer item, const char *what)
{
    lua_rawgeti(L, index, item);
    const char *text = keep_text(L, lua_gettop(L), what);
    lua_pop(L, 1);
    return text;
}

static bool is_field(lua_State *L, int key, const char *what, lua_Integer items,
                     const char *const keys[])
{
    if (lua_isinteger(L, key))
        return lua_tointeger(L, key) >= 1 && lua_tointeger(L, key) <= items;
    if (lua_type(L, key) != LUA_TSTRING)
        return false;
    const char *name = scenario_field_text(L, key, what);
    while (*keys && strcmp(*keys, name))
        keys++;
    return *keys;
}

// Refuses a key of the table that is neither among `keys` nor a number from 1 to `items`.
static void check_table(lua_State *L, const char *what, lua_Integer items, const char *const keys[])
{
    lua_Integer count = order_push_keys(L, 1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!is_field(L, lua_gettop(L), what, items, keys))
            luaL_error(L, "%s has no field '%s'; scenarios/README.md lists its fields", what,
                       library_text(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

// Where to look: "2:sscratch 3 v".
static const char *read_look(lua_State *L)
{
    const char *look = text_field(L, 1, "look");
    for (const char *place = look; *place;) {
        size_t length = strcspn(place, " ");
        if (!strchr("0123456789v", *place) || (length > 1 && place[1] != ':'))
            luaL_error(L, "look: places such as \"2:sscratch 3\" are wanted: the number of a pane, "
                          "and perhaps a word that it shows");
        place += length + (place[length] == ' ');
    }
    return look;
}

// ---- the lesson under way

static struct lesson *need_lesson(lua_State *L, const char *what)
{
    struct lesson *lesson = scenario_of(L)->lesson;
    if (!lesson)
        luaL_error(L, "%s: this is for lessons; say lesson{...} first", what);
    return lesson;
}

// ---- lesson{number, title, section=, minutes=, idea=, discussion=, more={}}

static void read_more(lua_State *L, struct lesson *lesson)
{
    if (lua_getfield(L, 1, "more") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_Integer count = luaL_len(L, -1);
        if (count > LESSON_MORE_MAX)
            luaL_error(L, "more: at most %d scenarios are possible", LESSON_MORE_MAX);
        for (lua_Integer i = 1; i <= count; i++)
            lesson->more[lesson->more_count++] = text_item(L, lua_gettop(L), i, "more");
    }
    lua_pop(L, 1);
}

// The first item of lesson{...}.
static u32 read_number(lua_State *L)
{
    lua_Integer number = 0;
    int is_integer = 0;
    lua_rawgeti(L, 1, 1);
    number = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || number < 1 || number > 1000)
        luaL_error(L, "lesson: the first item is its number, an integer from 1 to 1000, as in "
                      "lesson { 3, \"A system call\" }");
    lua_pop(L, 1);
    return (u32)number;
}

static int new_lesson(lua_State *L)
{
    static const char *const keys[] = {"section", "minutes", "idea", "discussion", "more", NULL};
    struct scenario *sc = scenario_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_table(L, "lesson", 2, keys);
    if (sc->lesson || sc->world)
        return luaL_error(L, "lesson{...} comes once, before the first machine");
    struct lesson *lesson = lua_newuserdatauv(L, sizeof *lesson, 0);
    memset(lesson, 0, sizeof *lesson);
    lesson->number = read_number(L);
    lesson->title = text_item(L, 1, 2, "the title of the lesson");
    lesson->minutes = (u32)scenario_integer_field(L, 1, "minutes", 0, 0, 1000);
    lesson->section = text_field(L, 1, "section");
    lesson->idea = text_field(L, 1, "idea");
    lesson->discussion = text_field(L, 1, "discussion");
    read_more(L, lesson);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &sc->lesson); // the lesson is on top of the stack
    sc->lesson = lesson;
    if (!sc->options.only_lesson)
        return 0;
    sc->stopping = true;
    return lua_yieldk(L, 0, 0, stop_is_over);
}

// ---- say{text, look=} or say(text)

static int say(lua_State *L)
{
    static const char *const keys[] = {"look", NULL};
    struct lesson_stop stop = {.kind = LESSON_SAY, .look = ""};
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) {
        stop.text = keep_text(L, 1, "say");
    } else {
        luaL_checktype(L, 1, LUA_TTABLE);
        check_table(L, "say", 1, keys);
        stop.text = text_item(L, 1, 1, "say");
        stop.look = read_look(L);
    }
    return stop_here(L, stop, stop_is_over);
}

// ---- ask{question, choice, choice, ..., right=, why={}, look=} -> a question

static void read_reasons(lua_State *L, struct lesson_question *q)
{
    if (lua_getfield(L, 1, "why") != LUA_TTABLE || luaL_len(L, -1) != q->choices)
        luaL_error(L, "why: a reason for each of the %d choices is wanted, the right one too",
                   (int)q->choices);
    for (u32 i = 0; i < q->choices; i++)
        q->why[i] = text_item(L, lua_gettop(L), i + 1, "why");
    lua_pop(L, 1);
}

static int asked(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lesson *lesson = scenario_of(L)->lesson;
    u32 *index = lua_newuserdatauv(L, sizeof *index, 0);
    *index = lesson->questions - 1;
    luaL_setmetatable(L, QUESTION_TYPE);
    return 1;
}

static int ask(lua_State *L)
{
    static const char *const keys[] = {"right", "why", "look", NULL};
    struct lesson *lesson = need_lesson(L, "ask");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer choices = luaL_len(L, 1) - 1;
    if (choices > LESSON_CHOICES_MAX)
        return luaL_error(L, "ask: a question has at most %d choices", LESSON_CHOICES_MAX);
    check_table(L, "ask", 1 + LESSON_CHOICES_MAX, keys);
    if (lesson->questions == LESSON_QUESTIONS_MAX)
        return luaL_error(L, "a lesson has at most %d questions", LESSON_QUESTIONS_MAX);
    struct lesson_question q = {.answer = -1, .line = scenario_line_of(L)};
    q.text = text_item(L, 1, 1, "the question");
    if (choices < 2)
        return luaL_error(L, "ask: a question needs 2 choices or more");
    for (q.choices = 0; q.choices < choices; q.choices++)
        q.choice[q.choices] = text_item(L, 1, q.choices + 2, "a choice");
    q.right = (u32)scenario_integer_field(L, 1, "right", 0, 1, choices) - 1;
    if (q.right >= q.choices)
        return luaL_error(L, "right: the number of the right choice is wanted, from 1");
    read_reasons(L, &q);
    struct lesson_stop stop = {.kind = LESSON_ASK, .text = q.text, .look = read_look(L)};
    lesson->question[lesson->questions] = q;
    stop.question = &lesson->question[lesson->questions++];
    return stop_here(L, stop, asked);
}

// ---- reveal(question, fact): the fact is the number of the choice that the machine shows

static void check_fact(lua_State *L, const struct lesson_question *q)
{
    u32 line = scenario_line_of(L);
    lua_Integer fact = lua_tointeger(L, 2); // 0 if the script found none
    lua_settop(L, 0);
    lua_pushfstring(L, "%s -> %s", q->text, q->choice[q->right]);
    if (q->holds)
        lua_pushstring(L, "");
    else if (fact >= 1 && fact <= q->choices)
        lua_pushfstring(L, "the machine shows: %s", q->choice[fact - 1]);
    else
        lua_pushstring(L, "the machine shows none of the choices");
    scenario_add_check(L, q->holds, line);
}

static int reveal(lua_State *L)
{
    static const char *const no_look = "";
    struct lesson *lesson = need_lesson(L, "reveal");
    const u32 *index = luaL_checkudata(L, 1, QUESTION_TYPE);
    struct lesson_question *q = &lesson->question[*index];
    if (q->revealed)
        return luaL_error(L, "reveal: this question was revealed before");
    q->holds = lua_isinteger(L, 2) && lua_tointeger(L, 2) == (lua_Integer)q->right + 1;
    check_fact(L, q);
    q->revealed = true;
    return stop_here(L,
                     (struct lesson_stop){
                         .kind = LESSON_REVEAL, .text = q->text, .look = no_look, .question = q},
                     stop_is_over);
}

void lesson_check_revealed(lua_State *L)
{
    struct lesson *lesson = scenario_of(L)->lesson;
    for (u32 i = 0; lesson && i < lesson->questions; i++) {
        if (lesson->question[i].revealed)
            continue;
        lua_settop(L, 0);
        lua_pushstring(L, lesson->question[i].text);
        lua_pushstring(L, "the script asked this, and never revealed the answer");
        scenario_add_check(L, false, lesson->question[i].line);
    }
}

// ---- try(change) or try{change, result}

static int add_try(lua_State *L)
{
    static const char *const keys[] = {NULL};
    struct lesson *lesson = need_lesson(L, "try");
    lua_settop(L, 1);
    if (lesson->tries == LESSON_TRIES_MAX)
        return luaL_error(L, "a lesson has at most %d things to try", LESSON_TRIES_MAX);
    struct lesson_try *to = &lesson->tries_list[lesson->tries];
    *to = (struct lesson_try){.result = ""};
    if (lua_type(L, 1) == LUA_TSTRING) {
        to->change = keep_text(L, 1, "try");
    } else {
        luaL_checktype(L, 1, LUA_TTABLE);
        check_table(L, "try", 2, keys);
        to->change = text_item(L, 1, 1, "try");
        if (luaL_len(L, 1) > 1)
            to->result = text_item(L, 1, 2, "try");
    }
    lesson->tries++;
    return 0;
}

// ---- grouped(number): "300,004", as the dashboard shows numbers

static int grouped(lua_State *L)
{
    char digits[32], text[48], *to = text;
    int count =
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)luaL_checkinteger(L, 1));
    luaL_argcheck(L, lua_tointeger(L, 1) >= 0, 1, "a number from 0 is wanted");
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    lua_pushlstring(L, text, (size_t)(to - text));
    return 1;
}

void lua_open_lesson(lua_State *L)
{
    lua_register(L, "lesson", new_lesson);
    lua_register(L, "say", say);
    lua_register(L, "ask", ask);
    lua_register(L, "reveal", reveal);
    lua_register(L, "try", add_try);
    lua_register(L, "grouped", grouped);
    luaL_newmetatable(L, QUESTION_TYPE);
    lua_pushliteral(L, "question");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
