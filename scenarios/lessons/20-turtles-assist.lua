-- Guest mode in guest mode
-- A VMM in a VMM, and both use guest mode. What is still an exit, and how often?
lesson {
    20, "Guest mode in guest mode", section = "16.5", minutes = 8,
    idea = [[A VMM that is a guest can use guest mode, too: the VMM below it emulates the registers
             of guest mode.]],
    discussion = "The inner VMM could write all its registers to memory, and make one call. What is saved?",
}

local source = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      t0, user
        csrw    sepc, t0
        sret
user:   li      s1, 0x0c000004      # a device: the interrupt controller
call:   ecall
load:   lw      a0, 0(s1)
after:  lw      a1, 0(s1)
done:   j       done
        .align  2
trap:   csrr    t0, sepc
        addi    t0, t0, 4           # go on after the ecall
        csrw    sepc, t0
        sret
]]

local function world(technique, inner_technique)
    machine { profile = "h" }
    vmm { technique = technique }
    local inner = inner_technique and vmm { name = "inner", technique = inner_technique }
    return guest { name = "tiny", source = source, ram = "64K", inside = inner }
end

-- Runs the guest to a place, and returns how often the hart came to L0 on the way.
local function to(g, place)
    local before = counters().exit
    run { pc = place, guest = g }
    return counters().exit - before
end

local tiny = world("assist", nil)
to(tiny, "load")
local one = to(tiny, "after")
check("with one VMM the load from a device is one exit", one == 1)

tiny = world("trap", "trap")
to(tiny, "call")
local call_by_trap = to(tiny, "load")
local load_by_trap = to(tiny, "after")
say {
    ([[tiny is the guest of inner, and inner is the guest of L0. Both VMMs work by trap-and-emulate. A
       system call of tiny was %d exits to L0, and a load from a device %d.]]):format(call_by_trap, load_by_trap),
    look = "0",
}

tiny = world("assist", "assist")
to(tiny, "call")
say {
    [[Now L0 runs inner in guest mode, and inner runs tiny in guest mode. The hart has one guest mode,
      so L0 keeps a record of the registers that inner believes to have.]],
    look = "0",
}
local price = ask {
    "tiny makes a system call. How many exits to L0 does the call cost?",
    "0", "1", tostring(call_by_trap),
    right = 1,
    why = {
        "inner delegated this kind of trap to tiny, and L0 told the hart.",
        "L0 need not choose who gets the trap. The hart knows it already.",
        "That is the number for trap-and-emulate in trap-and-emulate.",
    },
}

local call = to(tiny, "load")
reveal(price, ({ [0] = 1, [1] = 2, [call_by_trap] = 3 })[call])
say {
    "There was no exit. The hart entered tiny's own handler, at depth 2 as at depth 1.",
    look = "3",
}
local many = ask {
    [[tiny loads from a device. With one VMM this is one exit. How many times does the hart come to
      L0 now?]],
    "1", "2", "more than 12",
    right = 3,
    why = {
        "L0 gets the hart. But inner has to emulate the device of tiny, so inner must run, too.",
        "To inner, and back to tiny. But inner uses registers of its guest, too.",
        "inner reads why tiny stopped. Each access to a register of its guest is an exit.",
    },
}

local load = to(tiny, "after")
reveal(many, load == 1 and 1 or load == 2 and 2 or load > 12 and 3)
check("the exits are those of tiny, and those of inner's accesses", load > 12)
say {
    ([[The hart came to L0 %d times: once for tiny, and then for inner's registers. On an Intel processor
       it was 13 times.]]):format(load),
    look = "3",
}
local last = to(tiny, "done")
check("the next load costs as many exits", last == load)
local in_guest_mode = tiny:state()
machine { profile = "h" }
local bare = guest { name = "tiny", source = source, ram = "64K" }
run { pc = "done" }
check("tiny ends as on the bare machine", function() return same(in_guest_mode, bare:state()) end)
say {
    ([[Guest mode in guest mode is as fast as guest mode, until something is an exit. At depth 2 one exit
       is %d exits.]]):format(load),
    look = "3",
}
try {
    "Let inner work by trap: world(\"assist\", \"trap\").",
    "The load then needs fewer exits, but each system call needs some.",
}
