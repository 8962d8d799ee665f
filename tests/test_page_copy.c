// Copies of a page: whatever they share, each one keeps the bytes that the page had.
#include "tests/suite.h"
#include "sim/state/page_copy.h"

#include <stdlib.h>
#include <string.h>

#define COPIES 24
#define PART 512u // bytes that are written at once; the page has eight such parts

struct history {
    struct page_room *room;
    u8 page[PAGE_SIZE];
    struct page_copy *copy[COPIES]; // of each moment
    u8 was[COPIES][PAGE_SIZE];      // the page at that moment
};

static u32 draw_lot(u32 *seed, u32 most)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % most;
}

// Writes a few parts of the page, or many, or none: one byte of a part, all of it, or zeros.
static void write_something(struct history *h, u32 *seed)
{
    for (u32 parts = draw_lot(seed, 9); parts; parts--) {
        u32 at = draw_lot(seed, PAGE_SIZE / PART) * PART;
        u8 value = (u8)draw_lot(seed, 256);
        switch (draw_lot(seed, 3)) {
        case 0:
            h->page[at + draw_lot(seed, PART)] = value;
            break;
        case 1:
            memset(h->page + at, value, PART);
            break;
        default:
            memset(h->page + at, 0, PART);
        }
    }
}

static void take_copy(struct history *h, u32 i)
{
    h->copy[i] = page_copy_new(h->page, i ? h->copy[i - 1] : NULL, h->room);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->copy[i]);
    page_copy_hold(h->copy[i]);
    memcpy(h->was[i], h->page, PAGE_SIZE);
}

static void check_copy(const struct history *h, u32 i)
{
    u8 page[PAGE_SIZE];
    memset(page, 0xa5, sizeof page);
    page_copy_put(h->copy[i], page, PAGE_SIZE);
    CU_ASSERT_EQUAL(memcmp(page, h->was[i], PAGE_SIZE), 0);
    CU_ASSERT(page_copy_is(h->copy[i], page, PAGE_SIZE));
    page[PAGE_SIZE - 1] ^= 1;
    CU_ASSERT_FALSE(page_copy_is(h->copy[i], page, PAGE_SIZE));
    CU_ASSERT(page_copy_is(h->copy[i], page, PAGE_SIZE - 1));
}

// The copies are dropped in another order than they were made, and the others stay what they are.
static void each_copy_keeps_its_bytes(void)
{
    struct history *h = malloc(sizeof *h);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    for (u32 seed = 1; seed <= 20; seed++) {
        u32 lot = seed;
        memset(h, 0, sizeof *h);
        h->room = page_room_new();
        for (u32 i = 0; i < COPIES; i++) {
            take_copy(h, i);
            write_something(h, &lot);
        }
        for (u32 left = COPIES, i = 0; left; left--) {
            for (u32 j = 0; j < COPIES; j++)
                if (h->copy[j])
                    check_copy(h, j);
            while (!h->copy[i])
                i = draw_lot(&lot, COPIES);
            page_copy_drop(h->copy[i]);
            h->copy[i] = NULL;
        }
        page_room_drop(h->room);
    }
    free(h);
}

static void a_copy_costs_what_was_written(void)
{
    u8 page[PAGE_SIZE] = {0};
    struct page_copy *copy[4];
    struct page_room *room = page_room_new();
    copy[0] = page_copy_new(page, NULL, room);
    page[100] = 1;
    copy[1] = page_copy_new(page, copy[0], room);
    copy[2] = page_copy_new(page, copy[1], room);
    memset(page, 7, sizeof page);
    copy[3] = page_copy_new(page, copy[2], room);
    size_t least = page_copy_bytes(copy[2], copy[1]);
    CU_ASSERT(least < 200);
    CU_ASSERT_EQUAL(page_copy_bytes(copy[0], NULL), least);
    size_t word = page_copy_bytes(copy[1], copy[0]);
    CU_ASSERT(word > least && word < least + 2 * PART);
    CU_ASSERT_EQUAL(page_copy_bytes(copy[1], NULL), word);
    CU_ASSERT(page_copy_bytes(copy[3], copy[2]) > PAGE_SIZE);
    CU_ASSERT_EQUAL(page_copy_bytes(NULL, copy[3]), 0);
    page_room_drop(room); // the copies hold it still
    for (int i = 0; i < 4; i++)
        page_copy_drop(copy[i]);
}

static void a_page_that_is_given_back_is_taken_again(void)
{
    enum { PAGES = 1000 };
    struct page_room *room = page_room_new();
    u8 *page[PAGES];
    for (u32 i = 0; i < PAGES; i++) {
        page[i] = page_room_take(room);
        CU_ASSERT_PTR_NOT_NULL_FATAL(page[i]);
        memset(page[i], (int)i, PAGE_SIZE);
    }
    for (u32 i = 0; i < PAGES; i++) // no two of them share a byte
        CU_ASSERT(page[i][0] == (u8)i && page[i][PAGE_SIZE - 1] == (u8)i);
    for (u32 i = 0; i < 3; i++)
        page_room_give(room, page[i]);
    for (u32 i = 3; i-- > 0;)
        CU_ASSERT_PTR_EQUAL(page_room_take(room), page[i]);
    for (u32 i = 0; i < PAGES; i++)
        page_room_give(room, page[i]);
    page_room_drop(room);
}

static void a_page_without_a_copy_is_zero(void)
{
    u8 page[PAGE_SIZE];
    memset(page, 1, sizeof page);
    CU_ASSERT_FALSE(page_copy_is(NULL, page, 1));
    page_copy_put(NULL, page, 1000);
    CU_ASSERT(page_copy_is(NULL, page, 1000));
    CU_ASSERT_FALSE(page_copy_is(NULL, page, 1001));
    CU_ASSERT_EQUAL(page[1000], 1);
}

const struct suite suite_page_copy = {
    "page_copy",
    (const struct test[]){
        {"each copy keeps its bytes, whatever the copies share", each_copy_keeps_its_bytes},
        {"a copy costs what was written since the copy before it", a_copy_costs_what_was_written},
        {"a page that is given back is the next one that is taken",
         a_page_that_is_given_back_is_taken_again},
        {"a page without a copy is all zero", a_page_without_a_copy_is_zero},
        {0}}};
