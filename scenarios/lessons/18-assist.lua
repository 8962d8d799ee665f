-- Guest mode
-- A hart that knows of guests runs the guest's kernel itself. What is left for the VMM?
lesson {
    18, "Guest mode", section = "16.4.3", minutes = 10,
    idea = [[In guest mode the hart delivers the guest's own traps and walks the guest's own page
             table. The VMM is needed for devices and firmware.]],
    discussion = "What does a VMM no longer do if it has guest mode? What must it still do?",
}

local source = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      t0, low             # the root table points to the table of small pages
        srli    t0, t0, 2
        ori     t0, t0, 1
        la      t1, slot
        sw      t0, 0(t1)
        la      t0, root
        srli    t0, t0, 12
        li      t1, 0x80000000
        or      t0, t0, t1
paging: csrw    satp, t0
paged:  la      t0, user
        csrw    sepc, t0
        sret                        # down to mode U
        .align  2
trap:   csrr    t0, sepc
        addi    t0, t0, 4           # go on after the instruction that trapped
        csrw    sepc, t0
        sret

        .align  12                  # 80001000: the program's page
user:   li      s1, 0x80004000      # its data
        li      s2, 0x80005000      # nothing
        li      s3, 0x10001000      # a device
call:   ecall
load:   lw      a0, 0(s1)
fault:  lw      a0, 0(s2)
device: lw      a0, 0(s3)
done:   j       done

        .data
        .align  12
root:   .space  4 * 0x40
        .word   0x040000d7          # 10000000 -> itself: the devices
        .space  4 * 0x1bf
slot:   .word   0
        .space  4 * 0x1ff
low:    .word   0x200000cf          # 80000000: the kernel
        .word   0x2000045b          # 80001000: the program
        .word   0x200008cf, 0x20000ccf
        .word   0x200010d7          # 80004000: the program's data
        .space  4 * 0x3fb
]]

local function world(technique)
    machine { profile = "h" }
    if technique then vmm { technique = technique } end
    return guest { name = "unix", source = source, ram = "64K" }
end

-- Runs to a place, and returns the exits and the cycles on the way.
local function to(g, place)
    local exits, start = counters(g).exit, cycles()
    run { pc = place }
    return counters(g).exit - exits, cycles() - start
end

local unix = world "trap"
to(unix, "call")
local call_exits = to(unix, "load")
check("by trap-and-emulate a system call is four exits", call_exits == 4)
local load_exits, load_cycles = to(unix, "fault")
to(unix, "done")
local exits_by_trap = counters(unix).exit
say {
    ([[A kernel and its program run by trap-and-emulate, as in lesson 3. A system call was %d exits.
       The first load from a page was %d exit, and the VMM filled its shadow: %d
       cycles.]]):format(call_exits, load_exits, load_cycles),
    look = "3",
}

unix = world "assist"
to(unix, "paging")
local satp_exits = to(unix, "paged")
to(unix, "call")
say {
    [[This is the same guest on a hart with guest mode. The guest's kernel is in real K, and its
      program is in real U. The hart has one set of CSRs for the VMM and one for the guest.]],
    look = "2",
}
local price = ask {
    "The program calls its kernel. How many exits does the call cost now?",
    "0", "1", "4",
    right = 1,
    why = {
        "The hart knows the guest's stvec. It enters the guest's handler by itself.",
        "The VMM told the hart that this kind of trap is the guest's own: it is delegated.",
        "The handler uses CSRs. But in guest mode these are the guest's, and do not trap.",
    },
}

local before = counters(unix)
call_exits = to(unix, "load")
reveal(price, call_exits == 0 and 1)
check("the call was a trap of the guest, and no exit", counters(unix).trap == before.trap + 1)
say {
    [[There was no exit. Pane 3 says "own": the guest's kernel took the trap by itself. The VMM does
      not know of it.]],
    look = "3:own",
}
local reads = ask {
    [[A load needs a page that the TLB lacks. Bare, the hart reads 2 entries of tables. How many
      does it read in guest mode?]],
    "2", "4", "8",
    right = 3,
    why = {
        "These are the guest's own entries. But the hart must know where they are.",
        "The address of each of the guest's entries needs the VMM's table, too.",
        [[The hart reads 2 entries of the VMM's table before each of the guest's 2 entries, and 2
          more for the page itself.]],
    },
}

local walk_exits, walk_cycles = to(unix, "fault")
local entries = (walk_cycles - 1) // 10 -- an entry costs 10 cycles, the instruction itself 1
reveal(reads, ({ [2] = 1, [4] = 2, [8] = 3 })[entries])
check("the load was no exit", walk_exits == 0)
say {
    ([[%d reads took %d cycles, and there was no exit. By trap-and-emulate the same load took %d
       cycles. The second stage is the VMM's table: it says where guest physical memory
       is.]]):format(entries, walk_cycles, load_cycles),
    look = "6",
}
local which = ask {
    "Which one of these is an exit in guest mode?",
    "a page fault of the program", "a write of satp", "a load from a device",
    right = 3,
    why = {
        "The guest's own table has no such page, so this trap is delegated to the guest.",
        "In guest mode satp is the guest's. The second stage stays the same.",
        "The second stage has no entry for a device, so the VMM gets the hart.",
    },
}

before = counters(unix)
local fault_exits = to(unix, "device")
check("the page fault was the guest's own",
    (counters(unix).trap_causes["load-page-fault"] or 0) == 1 and fault_exits == 0)
local device_exits, device_cycles = to(unix, "done")
check("the device was emulated after a guest page fault",
    counters(unix).exit_causes["guest-load-page-fault"] == 1)
reveal(which, satp_exits == 0 and device_exits == 1 and 3)
local all = counters(unix).exit
say {
    ([[The load took %d cycles. The whole program made %d exits by trap-and-emulate, and %d in guest
       mode. The VMM still emulates devices, answers calls of the firmware, and
       schedules.]]):format(device_cycles, exits_by_trap, all),
    look = "4",
}
check("in guest mode the device is the only exit", all == 1)

local in_guest_mode = unix:state()
local bare = world(nil)
run { pc = "done" }
check("the guest ends as on the bare machine", function() return same(in_guest_mode, bare:state()) end)
try {
    "Give the VMM costs = \"p4\".",
    "The one exit takes 6,120 cycles more. Nothing else changes.",
}
