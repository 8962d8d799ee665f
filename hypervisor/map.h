// A VM's memory map: which machine page stands behind each guest physical page. The map is a page
// table, in the format that the second stage of the hypervisor extension (Sv32x4) reads:
//
//     guest physical address                      an entry with V = 1
//      33       22 21      12 11       0           31         20 19      10 9 8 7 6 5 4 3 2 1 0
//     +-----------+----------+----------+         +-------------+----------+---+-+-+-+-+-+-+-+-+
//     |   VPN[1]  |  VPN[0]  |  offset  |         |   PPN[1]    |  PPN[0]  | 0 |1|1|0|1|X|W|R|1|
//     +-----------+----------+----------+         +-------------+----------+---+-+-+-+-+-+-+-+-+
//
//     vm->map --> root: entry VPN[1] --> table: entry VPN[0] --> machine page
//                       (or a leaf: 4 MiB of the machine, where the VM's RAM is one such piece)
//
// VPN[1] has 12 bits in this format, so a root has 16 KiB. No address of the board has more than
// 32 bits, so only the first 4 KiB of a root have entries. If the VMM itself walks the map
// (gmem_reach), it keeps only these 4 KiB. The hardware of technique `assist` walks the map,
// too, and it needs all 16 KiB, aligned to 16 KiB. The other three pages are then empty.
//
// An entry with V = 0 says that there is nothing, and all its bits are 0. The format leaves the
// other 31 bits of such an entry to software. They could say where a page is that is away for a
// while.
// Read next: hypervisor/map.c.
#ifndef HYPERVISOR_MAP_H
#define HYPERVISOR_MAP_H

#include "hypervisor/turn.h"

// Maps RAM of the VM to machine memory. Addresses and size are multiples of 4096. Returns false if
// there are not enough pages for the tables.
bool map_ram(struct turn *t, gpa from, mpa to, u32 bytes);

#endif
