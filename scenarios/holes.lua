-- A machine that cannot be virtualized
-- The profile `holes` of the ISA has instructions that are sensitive but not privileged. One of them, rdmode, shows the
-- real mode and never traps, so no VMM can answer in its place. The condition of Popek and Goldberg fails, and a guest
-- can find out that it does not have the real kernel mode.
local curious = [[
        .globl  _start
_start: rdmode  s0                  # 1 in K, 0 in U: and it does not trap
        csrr    s1, sstatus         # privileged: traps, so the VMM can lie
        li      a7, 8
        ecall
]]
local function life(depth, profile)
    machine { profile = profile }
    if depth > 0 then vmm {} end
    local g = guest { name = "curious", source = curious, ram = "8M" }
    run()
    return g:reg "s0", g:state()
end

local bare, bare_state = life(0, "holes")
local virtual, virtual_state = life(1, "holes")
print("bare the kernel reads mode " .. bare .. ", under the VMM " .. virtual)

check("bare, the kernel sees that it is in K", bare == 1)
check("under the VMM it sees the real mode, U", virtual == 0)
check("equivalence is broken, and only there", function()
    local equal, where = same(bare_state, virtual_state)
    return not equal and where:find "s0" ~= nil, where
end)
