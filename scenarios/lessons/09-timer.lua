-- A timer that cannot tell
-- A timer interrupt comes to a guest at the same instruction as bare, or much too early.
lesson {
    9, "A timer that cannot tell", section = "16.6.1", minutes = 10, more = { "same-tick" },
    idea = [[The VMM injects each interrupt before the instruction where the bare machine would
             deliver it.]],
    discussion = [[Why are the clocks of guests often late on real machines, and who can correct
                   them?]],
}

local source = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      t0, 100
        csrw    stimecmp, t0        # an interrupt at tick 100
        csrw    stimecmph, zero
        li      t0, 0x20
        csrw    sie, t0
arm:    csrsi   sstatus, 2          # interrupts on
spin:   addi    s0, s0, 1
        j       spin
        .align  2
trap:   mv      a0, s0
done:   j       done
]]

local function world(clock, on_vmm)
    machine { clock = clock }
    if on_vmm then vmm {} end
    return guest { name = "clock", source = source, ram = "64K" }
end

local clock = world("virtual", false)
run { event = "trap" }
local bare = { loops = clock:reg "s0", sepc = clock:csr "sepc", scause = clock:csr "scause" }
check("bare, a timer interrupt came", bare.scause == causes["timer-interrupt"])
say {
    ([[This is the bare machine. The timer interrupt of tick 100 has come. The kernel's loop had run
       %d times, and s0 says so.]]):format(bare.loops),
    look = "2:s0",
}

clock = world("virtual", true)
run { pc = "arm" }
local ticks = clock:time()
check("the guest's time is the number of its own instructions", ticks == clock:retired())
say {
    ([[Now the kernel runs on a VMM. The start took %d exits and %s
       cycles of the machine. On the virtual clock only %d ticks
       have passed for the guest.]]):format(counters(clock).exit, grouped(cycles()), ticks),
    look = "2:time",
}
local at = ask {
    "The timer is set to tick 100 again. How often will the loop have run?",
    tostring(bare.loops), "less often", "more often",
    right = 1,
    why = {
        "The guest's time is its own instructions. Exits take none of this time.",
        "That is so on the wall clock: there the work of the VMM uses up the ticks.",
        "The VMM stops the hart exactly, so that no instruction runs too late.",
    },
}

run { event = "inject" }
local loops = clock:reg "s0"
local compared = 1
if loops < bare.loops then compared = 2 elseif loops > bare.loops then compared = 3 end
reveal(at, compared)
check("the interrupt came before the same instruction as bare",
    clock:csr "sepc" == bare.sepc and clock:csr "scause" == bare.scause)
say {
    ([[The loop ran %d times again, and sepc is the same. No hardware interrupt reached the guest.
       The VMM wrote sepc and scause in the VCPU and set pc to the handler: it injected the
       interrupt.]]):format(loops),
    look = "3",
}
local early = ask {
    "Now the wall clock, which runs while the VMM works. How often will the loop have run?",
    tostring(bare.loops), "not once", "about half as often",
    right = 2,
    why = {
        "Only a clock that stops during an exit can give this number.",
        [[The exits before the loop take more than 100 ticks. Tick 100 passes before the loop
          begins.]],
        "Each exit costs hundreds of cycles. There is not half of the time left.",
    },
}

clock = world("wall", true)
run { event = "inject" }
local stolen = clock:reg "s0"
local choices = { [bare.loops] = 1, [0] = 2, [bare.loops // 2] = 3 }
reveal(early, choices[stolen])
check("tick 100 had passed long before", clock:time() > 1000)
say {
    ([[s0 is 0 at tick %s: tick 100 had passed before the loop began. Time was stolen from the
       guest.]]):format(grouped(clock:time())),
    look = "2:time",
}
try {
    "Set the timer to 5000.",
    [[On the virtual clock the loop runs as often as bare. On the wall clock it runs less than half
      as often.]],
}
