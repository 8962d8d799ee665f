// A board with wires that end in arrays: what the tests of the devices and of the firmware share.
// Read next: tests/model.h.
#ifndef TESTS_FAKE_BOARD_H
#define TESTS_FAKE_BOARD_H

#include "isa/board/board.h"
#include "tests/suite.h"

#define FAKE_RAM 0x40000u
#define FAKE_SECTORS 64u
#define FAKE_TEXT 256u

struct fake {
    struct board board;
    struct board_wires wires;
    u8 ram[FAKE_RAM]; // at BOARD_RAM
    u8 disk[FAKE_SECTORS * BOARD_SECTOR];
    u64 sectors;     // as the wires tell: FAKE_SECTORS, or less; 0: no disk
    bool disk_fails; // reads and writes do
    char in[FAKE_TEXT], out[FAKE_TEXT];
    u32 in_at, in_count, out_count; // out_count goes on counting when the array is full
    enum power power;
    u32 code, power_calls;
};

// A board after reset with 2 harts, a disk whose every byte differs from its neighbours, and no
// input.
struct fake *fake_new(void);
struct fake *fake_new_with(struct board_options options);
void fake_free(struct fake *f);
void fake_type(struct fake *f, const char *text); // input arrives

// Accesses that must succeed.
u32 fake_load(struct fake *f, u32 address, u32 size);
void fake_store(struct fake *f, u32 address, u32 size, u32 value);
#define LOAD4(address) fake_load(f, address, 4)
#define STORE4(address, value) fake_store(f, address, 4, value)

// An access that the board must refuse, both ways.
bool fake_refuses(struct fake *f, u32 address, u32 size);

// Pseudo-random numbers, the same in every run: the state goes in and out.
u32 fake_random(u64 *state);

#endif
