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
// VPN[1] has 12 bits in this format, so a root has 16 KiB. No address of the board has more than 32
// bits, so only the first 4 KiB of a root can say anything, and they are all that the VMM keeps
// where it walks the map itself (gmem_reach). The hardware of technique `assist` walks the map,
// too, and wants the 16 KiB whole, aligned to 16 KiB, with the other three pages empty.
//
// An entry with V = 0 says that there is nothing, and is all zero. The format leaves its other 31
// bits to software, so a page that is only away for a while has room to say where it is.
// Source: RISC-V Privileged Specification 1.12, section 8.5.
// Read next: hypervisor/map.c.
#ifndef HYPERVISOR_MAP_H
#define HYPERVISOR_MAP_H

#include "hypervisor/turn.h"

// Maps RAM of the VM to machine memory. Addresses and size are multiples of 4096. Returns false if
// there are not enough pages for the tables.
bool map_ram(struct turn *t, gpa from, mpa to, u32 bytes);

#endif
