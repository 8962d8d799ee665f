-- The same tick
-- By the virtual clock a guest's time is the number of its own retired instructions. So a timer interrupt comes before
-- the same instruction, whether the kernel runs bare or under a VMM, and however many exits there were before.
local function timer_of(depth)
    machine { clock = "virtual" }
    if depth > 0 then vmm { quantum = 700 } end -- turns end often, and nobody may notice
    local g = guest { name = "hello", image = "hello", ram = "8M" }
    -- Bare, the machine delivers the interrupt as a trap. Under the VMM it is injected.
    local _, e = run { event = depth > 0 and "inject" or "trap", cause = "timer-interrupt" }
    step(depth > 0 and 1 or 0)
    return { pc = e.pc, sepc = g:csr "sepc", scause = g:csr "scause" }, g:retired(), counters().exit
end

local bare = timer_of(0)
local virtual, retired, exits = timer_of(1)
print(string.format("the interrupt came at pc %08x, after %d exits that the guest never noticed", bare.pc, exits))

check("the same pc, sepc and scause", 10, function() return same(bare, virtual) end)
check("there were exits before it", exits > 10)
