// The memory map of a VM: what leads where, what is nothing, and how guest memory is reached by it.
#include "hypervisor/gmem.h"
#include "hypervisor/map.h"
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define RWX (PTE_R | PTE_W | PTE_X)
#define TAIL (3 * PAGE_SIZE) // RAM behind the last whole 4 MiB

static struct turn turn_of(struct fake *f)
{
    struct turn t = fake_new_turn(f);
    turn_take_vm(&t, fake_vm_at(f, 1));
    return t;
}

static struct mapping find(const struct turn *t, gpa address)
{
    struct mapping found = {0};
    return gmem_reach(t, address, ACCESS_READ, &found) == REACHED ? found : (struct mapping){0};
}

// Every page of RAM leads to its place, and its neighbours on both sides to nothing.
static void check_map(struct fake *f, bool super)
{
    struct turn t = turn_of(f);
    const struct guest_config *c = &f->config->guest[0];
    for (u32 offset = 0; offset < c->ram_size; offset += PAGE_SIZE) {
        struct mapping found = find(&t, BOARD_RAM + offset + 0x123);
        bool whole = (offset | (MEGAPAGE_SIZE - 1)) < c->ram_size;
        CHECK(found.at, c->ram_at + offset + 0x123);
        CHECK(found.rights, RWX);
        CHECK(found.super, super && whole);
    }
    CHECK(find(&t, BOARD_RAM - 1).rights, 0);
    CHECK(find(&t, BOARD_RAM + c->ram_size).rights, 0);
    CHECK(find(&t, 0).rights, 0);
    CHECK(find(&t, 0xffffffff).rights, 0);
}

static void ram_in_one_piece_is_mapped_by_superpages_and_its_end_by_pages(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = 2 * MEGAPAGE_SIZE + TAIL});
    check_map(f, true);
    fake_free(f);
}

static void ram_that_begins_anywhere_is_mapped_by_pages(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = 2 * MEGAPAGE_SIZE, .shift = PAGE_SIZE});
    check_map(f, false);
    fake_free(f);
}

// Hardware that walks the map must find entries that it accepts: for U, with A and D set.
static void its_entries_are_those_of_the_second_stage(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = MEGAPAGE_SIZE + TAIL});
    struct turn t = turn_of(f);
    const u32 *root = hw_page(t.hw, t.vm->map);
    CHECK(root[0], 0);
    CHECK(root[BOARD_RAM >> 22], PTE_MAKE(BOARD_RAM + MEGAPAGE_SIZE, 0xdf));
    u32 pointer = root[(BOARD_RAM >> 22) + 1];
    CHECK(pointer & 0x3ff, PTE_V);
    const u32 *table = hw_page(t.hw, PTE_PPN(pointer) << PAGE_SHIFT);
    CHECK(table[2], PTE_MAKE(BOARD_RAM + 2 * MEGAPAGE_SIZE + 2 * PAGE_SIZE, 0xdf));
    CHECK(table[3], 0);
    fake_free(f);
}

// A page in the middle of RAM is taken out of the map, so the copies have a hole to stop at.
static void a_copy_that_cannot_be_finished_changes_nothing(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = MEGAPAGE_SIZE + TAIL});
    struct turn t = turn_of(f);
    gpa last = BOARD_RAM + MEGAPAGE_SIZE + TAIL - 4;
    u32 words[4] = {1, 2, 3, 4}, read[4] = {9, 9, 9, 9};
    *fake_word(f, 1, last) = 7;
    CU_ASSERT_FALSE(gmem_write(&t, last, words, 8));
    CHECK(*fake_word(f, 1, last), 7);
    CU_ASSERT_FALSE(gmem_read(&t, last, read, 8));
    CHECK(read[0], 9);
    CU_ASSERT_FALSE(gmem_read(&t, BOARD_RAM, read, 0xffffffff));
    CU_ASSERT_FALSE(gmem_read(&t, 0xfffffff8, read, 16));
    CHECK(read[0], 9);
    CU_ASSERT(gmem_write(&t, last - 12, words, 16));
    CU_ASSERT(gmem_read(&t, last - 12, read, 16));
    CHECK(read[3], 4);
    fake_free(f);
}

// Neighbours in guest memory need not be neighbours in the machine.
static void a_copy_follows_the_map_from_page_to_page(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = 4 * PAGE_SIZE, .shift = PAGE_SIZE});
    struct turn t = turn_of(f);
    mpa ram = f->config->guest[0].ram_at;
    CU_ASSERT(map_ram(&t, BOARD_RAM, ram + PAGE_SIZE, PAGE_SIZE));
    CU_ASSERT(map_ram(&t, BOARD_RAM + PAGE_SIZE, ram, PAGE_SIZE));
    const u32 words[2] = {0x11111111, 0x22222222};
    CU_ASSERT(gmem_write(&t, BOARD_RAM + PAGE_SIZE - 4, words, 8));
    CHECK(*(u32 *)hw_page(t.hw, ram + 2 * PAGE_SIZE - 4), 0x11111111);
    CHECK(*(u32 *)hw_page(t.hw, ram), 0x22222222);
    fake_free(f);
}

static void what_the_map_does_not_allow_cannot_be_reached(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = 4 * PAGE_SIZE});
    struct turn t = turn_of(f);
    struct mapping found;
    const u32 *root = hw_page(t.hw, t.vm->map);
    u32 *entry = hw_page(t.hw, PTE_PPN(root[BOARD_RAM >> 22]) << PAGE_SHIFT);
    entry[1] &= ~(u32)PTE_W;
    CHECK(gmem_reach(&t, BOARD_RAM + PAGE_SIZE, ACCESS_READ, &found), REACHED);
    CHECK(gmem_reach(&t, BOARD_RAM + PAGE_SIZE, ACCESS_WRITE, &found), REACH_NOTHING);
    CU_ASSERT_FALSE(gmem_write(&t, BOARD_RAM + PAGE_SIZE, entry, 4));
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, BOARD_RAM + PAGE_SIZE), EVENT_FILL);
    u32 level;
    CHECK(fake_spte(f, BOARD_RAM + PAGE_SIZE, &level) & RWX, PTE_R | PTE_X);
    fake_free(f);
}

// Sets the right to write of the pages in which guest 1's tables are.
static void let_write_tables(struct fake *f, bool may)
{
    struct turn t = turn_of(f);
    const u32 *root = hw_page(t.hw, t.vm->map);
    u32 *entries = hw_page(t.hw, PTE_PPN(root[FAKE_ROOT >> 22]) << PAGE_SHIFT);
    for (u32 page = 0x10; page < 0x20; page++) // FAKE_ROOT and what is behind it
        entries[page] = may ? entries[page] | PTE_W : entries[page] & ~(u32)PTE_W;
}

// Where the hardware sets A and D (--adue), the walk writes to the guest's table. It asks the map
// for the right to write, not for the right to read.
static void a_walk_marks_no_entry_where_nothing_may_be_written(void)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.ram = 2 * MEGAPAGE_SIZE, .shift = PAGE_SIZE, .adue = true});
    fake_paging(f);
    fake_map(f, 0x1000, BOARD_RAM, FAKE_ALL & ~(u32)PTE_A);
    let_write_tables(f, false);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_LOAD_ACCESS);
    let_write_tables(f, true);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    fake_free(f);
}

const struct suite suite_map = {
    "map",
    (const struct test[]){
        {"RAM in one piece is mapped by superpages, and its end by pages",
         ram_in_one_piece_is_mapped_by_superpages_and_its_end_by_pages},
        {"RAM that begins anywhere is mapped by pages",
         ram_that_begins_anywhere_is_mapped_by_pages},
        {"its entries are those of the second stage", its_entries_are_those_of_the_second_stage},
        {"a copy that cannot be finished changes nothing",
         a_copy_that_cannot_be_finished_changes_nothing},
        {"a copy follows the map from page to page", a_copy_follows_the_map_from_page_to_page},
        {"what the map does not allow cannot be reached",
         what_the_map_does_not_allow_cannot_be_reached},
        {"a walk marks no entry where nothing may be written",
         a_walk_marks_no_entry_where_nothing_may_be_written},
        {0},
    },
};
