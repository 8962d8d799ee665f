// Looking at a guest's memory and page tables: methods of what guest{} returns. Looking changes
// nothing: no TLB, no A bit, no tick. Read scenarios/script/api.h and look.c first.
// Read next: scenarios/script/events.c.
#include "scenarios/script/api.h"

#include "isa/isa.h"

#include <inttypes.h>

#define BYTES_MOST (1u << 20)

// ---- memory

// Reads an address: a number, or a symbol of the guest's image.
static u32 address_of(lua_State *L, const struct world_guest *g, int index)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        lua_Integer n = luaL_checkinteger(L, index);
        luaL_argcheck(L, n >= 0 && n <= UINT32_MAX, index, "addresses have 32 bits");
        return (u32)n;
    }
    u32 value = 0;
    if (!world_symbol(g, scenario_check_text(L, index), &value))
        luaL_error(L, "%s has no symbol '%s'", g->name, lua_tostring(L, index));
    return value;
}

static int get_symbol(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    luaL_checktype(L, 2, LUA_TSTRING);
    lua_pushinteger(L, address_of(L, g, 2));
    return 1;
}

// Reads `count` bytes at a physical address, or at a virtual address of VCPU 0. A Lua error says
// where there is no memory.
static void read_bytes(lua_State *L, const struct world_guest *g, u32 address, void *to, u32 count,
                       bool physical)
{
    struct machine *m = scenario_of(L)->world->machine;
    bool read = physical ? observe_read(m, &g->path, address, to, count)
                         : observe_read_virtual(m, &g->path, 0, address, to, count);
    if (!read) {
        char text[32];
        snprintf(text, sizeof text, "0x%08" PRIx32, address);
        luaL_error(L, "%s has no %s memory at %s", g->name, physical ? "physical" : "mapped", text);
    }
}

static int push_word(lua_State *L, bool physical)
{
    const struct world_guest *g = scenario_self(L);
    u8 bytes[4];
    read_bytes(L, g, address_of(L, g, 2), bytes, 4, physical);
    lua_pushinteger(L, (lua_Integer)((u32)bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 |
                                     (u32)bytes[3] << 24));
    return 1;
}

static int push_bytes(lua_State *L, bool physical)
{
    const struct world_guest *g = scenario_self(L);
    u32 address = address_of(L, g, 2);
    lua_Integer count = luaL_checkinteger(L, 3);
    luaL_argcheck(L, count >= 0 && count <= BYTES_MOST, 3, "at most 1 MiB at a time");
    luaL_Buffer buffer;
    char *to = luaL_buffinitsize(L, &buffer, (size_t)count);
    read_bytes(L, g, address, to, (u32)count, physical);
    luaL_pushresultsize(&buffer, (size_t)count);
    return 1;
}

static int get_word(lua_State *L)
{
    return push_word(L, false);
}

static int get_bytes(lua_State *L)
{
    return push_bytes(L, false);
}

static int get_physical_word(lua_State *L)
{
    return push_word(L, true);
}

static int get_physical_bytes(lua_State *L)
{
    return push_bytes(L, true);
}

// Pushes the instruction at a virtual address, as text.
static int disassemble(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    u32 pc = address_of(L, g, 2);
    char text[64];
    push_word(L, false);
    isa_disasm((u32)lua_tointeger(L, -1), pc,
               machine_config(scenario_of(L)->world->machine)->profile, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

// ---- page tables

// A word of a table: of the machine's memory if the table is the hart's, of the guest's otherwise.
static bool read_entry(lua_State *L, bool of_hart, u32 address, u32 *entry)
{
    struct machine *m = scenario_of(L)->world->machine;
    if (of_hart)
        return machine_read(m, address, entry, sizeof *entry);
    return observe_read(m, &scenario_self(L)->path, address, entry, sizeof *entry);
}

// Pushes the leaf entry for an address in the table that `satp` names, or nil if paging is off or
// the table has no entry for the address.
static int push_entry(lua_State *L, bool of_hart, u32 satp, u32 address)
{
    // Level 1 maps 4 MiB by an entry, level 0 maps 4 KiB. An entry with R, W or X is a leaf.
    u32 table = SATP_PPN(satp) << 12, entry = 0;
    for (int level = 1; level >= 0 && satp & SATP_MODE; level--) {
        u32 index = address >> (12 + 10 * level) & 1023;
        if (!read_entry(L, of_hart, table + 4 * index, &entry) || !(entry & PTE_V))
            break;
        if (entry & (PTE_R | PTE_W | PTE_X)) {
            lua_pushinteger(L, entry);
            return 1;
        }
        table = PTE_PPN(entry) << 12;
    }
    lua_pushnil(L);
    return 1;
}

// Pushes the entry of the guest's own table.
static int get_guest_entry(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    u32 satp = scenario_vcpu(L, g, 3).state.satp;
    return push_entry(L, false, satp, address_of(L, g, 2));
}

// Pushes the entry of the table that the hart walks for this VCPU: the VMM's shadow. In guest mode
// with two stages there is none.
static int get_shadow_entry(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    struct observed_vcpu v = scenario_vcpu(L, g, 3);
    return push_entry(L, true, v.two_stages ? 0 : v.real.satp, address_of(L, g, 2));
}

const luaL_Reg look_memory_methods[] = {
    {"entry", get_guest_entry},
    {"shadow", get_shadow_entry},
    {"symbol", get_symbol},
    {"word", get_word},
    {"bytes", get_bytes},
    {"disassemble", disassemble},
    {"physical_word", get_physical_word},
    {"physical_bytes", get_physical_bytes},
    {NULL, NULL},
};
