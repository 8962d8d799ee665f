// Reading the tables that a script gives, and filling those that it gets. A wrong field is a Lua
// error that says what is wanted. Read scenarios/script/api.h first.
// Read next: scenarios/script/event_table.c.
#include "scenarios/script/api.h"

#include <string.h>

// A table with a metatable may run the script's code whenever a field is read. So all its fields
// are read here at once, into a plain table, which takes its place: no caller needs to expect that
// the script changes the world between two fields.
static void make_plain(lua_State *L, int index, const char *const keys[])
{
    if (!lua_getmetatable(L, index))
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    for (const char *const *key = keys; *key; key++) {
        lua_getfield(L, index, *key);
        lua_setfield(L, -2, *key);
    }
    lua_replace(L, index);
}

// The names as one string, "a, b, c", which stays on top of the stack.
static const char *push_list(lua_State *L, const char *const names[])
{
    luaL_Buffer list;
    luaL_buffinit(L, &list);
    for (const char *const *name = names; *name; name++) {
        luaL_addstring(&list, name == names ? "" : ", ");
        luaL_addstring(&list, *name);
    }
    luaL_pushresult(&list);
    return lua_tostring(L, -1);
}

static bool is_among(const char *key, const char *const keys[])
{
    while (*keys && strcmp(*keys, key))
        keys++;
    return *keys;
}

// A key of a table, as an error tells it. Another value than a string has no name.
struct key {
    const char *name; // NULL: there is none. The table keeps it
    size_t size;      // a name may hold zero bytes
};

static struct key key_at(lua_State *L, int index)
{
    struct key key = {"(a number)", 10};
    if (lua_type(L, index) == LUA_TSTRING)
        key.name = lua_tolstring(L, index, &key.size);
    return key;
}

int scenario_no_field(lua_State *L, const char *what, const char *const keys[])
{
    const char *list = push_list(L, keys);
    luaL_where(L, 1);
    lua_pushfstring(L, "%s has no field '", what);
    lua_pushvalue(L, -4); // the name, with all its bytes
    lua_pushfstring(L, "'; its fields are: %s", list);
    lua_concat(L, 4);
    return lua_error(L);
}

void scenario_check_keys(lua_State *L, int index, const char *what, const char *const keys[])
{
    // Lua's own order of keys differs from run to run. Of several wrong keys the first one by name
    // is told, so the message does not differ.
    struct key wrong = {NULL, 0};
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        struct key key = key_at(L, -2);
        bool known = is_among(key.name, keys) && strlen(key.name) == key.size;
        if (!known && (!wrong.name || strcmp(key.name, wrong.name) < 0))
            wrong = key;
    }
    if (wrong.name) {
        lua_pushlstring(L, wrong.name, wrong.size);
        scenario_no_field(L, what, keys);
    }
    make_plain(L, index, keys);
}

lua_Integer scenario_integer_field(lua_State *L, int index, const char *key, lua_Integer otherwise,
                                   lua_Integer least, lua_Integer most)
{
    lua_getfield(L, index, key);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return otherwise;
    }
    int is_integer = 0;
    lua_Integer value = lua_tointegerx(L, -1, &is_integer);
    lua_pop(L, 1);
    if (!is_integer || value < least || value > most)
        luaL_error(L, "%s: an integer from %I to %I is wanted", key, (LUAI_UACINT)least,
                   (LUAI_UACINT)most);
    return value;
}

// The string at the top of the stack; NULL if there is another value, or zero bytes are in it.
static const char *text_on_top(lua_State *L)
{
    bool is_text = lua_type(L, -1) == LUA_TSTRING;
    const char *text = is_text ? lua_tostring(L, -1) : NULL;
    return text && strlen(text) == lua_rawlen(L, -1) ? text : NULL;
}

const char *scenario_field_text(lua_State *L, int index, const char *what)
{
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : NULL;
    if (!text || strlen(text) != lua_rawlen(L, index))
        luaL_error(L, "%s: a string without zero bytes is wanted", what);
    return text;
}

u64 scenario_size_field(lua_State *L, int index, const char *key, u64 otherwise)
{
    if (lua_getfield(L, index, key) == LUA_TNIL) {
        lua_pop(L, 1);
        return otherwise;
    }
    char unit = 0, rest = 0;
    unsigned long long count = 0;
    bool is_number = lua_type(L, -1) == LUA_TNUMBER;
    const char *text = is_number ? lua_tostring(L, -1) : text_on_top(L);
    int read = text ? sscanf(text, "%12llu%c%c", &count, &unit, &rest) : 0;
    static const char units[] = "KMG";
    const char *u = read == 2 ? strchr(units, unit & ~32) : NULL;
    if (read < 1 || *text == '-' || (read == 2 && (!u || !unit)) || read > 2 || count > 1ull << 40)
        luaL_error(L, "%s: a size is wanted: a number of bytes, or \"64K\", \"32M\", \"1G\"", key);
    lua_pop(L, 1);
    return u ? count << 10 * (u - units + 1) : count;
}

const char *scenario_check_text(lua_State *L, int index)
{
    size_t size;
    const char *text = luaL_checklstring(L, index, &size);
    luaL_argcheck(L, strlen(text) == size, index, "a string without zero bytes is wanted");
    return text;
}

bool scenario_boolean_field(lua_State *L, int index, const char *key)
{
    if (lua_getfield(L, index, key) > LUA_TNIL && !lua_isboolean(L, -1))
        luaL_error(L, "%s: true or false is wanted", key);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

int scenario_choice_field(lua_State *L, int index, const char *key, int otherwise,
                          const char *const words[])
{
    lua_getfield(L, index, key);
    const char *word = text_on_top(L);
    int i = otherwise;
    if (!lua_isnil(L, -1)) {
        luaL_Buffer list;
        luaL_buffinit(L, &list);
        for (i = 0; words[i] && !(word && !strcmp(words[i], word)); i++) {
            luaL_addstring(&list, i ? ", \"" : "\"");
            luaL_addstring(&list, words[i]);
            luaL_addchar(&list, '"');
        }
        luaL_pushresult(&list);
        if (!words[i])
            luaL_error(L, "%s: one of %s is wanted", key, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return i;
}

u32 scenario_profile_field(lua_State *L, int index, const char *key)
{
    u32 profile = ISA_T32;
    lua_getfield(L, index, key);
    const char *word = text_on_top(L);
    if (!lua_isnil(L, -1) && !(word && isa_profile_parse(word, &profile)))
        luaL_error(L, "%s: %s is wanted", key, ISA_PROFILE_WANTED);
    lua_pop(L, 1);
    return profile;
}

// ---- tables for the script

void scenario_set_integer(lua_State *L, const char *key, u64 value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

void scenario_set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}
