-- Try an instruction of a house
-- Runs one instruction in K and in U, from the same registers and CSRs, and prints what it did. Run this file with
-- `trapeze run try.lua --headless`. Change the five values: what an instruction does with one number, it need not do
-- with another. Change the program, too, if you want to look at more.
local MACHINE = "house:1" -- as your sheet says
local INSTRUCTION = "house0"
local RS1, RS2 = 0x12345678, 7
local PRIVATE = 0x5555 -- what sscratch holds before

local program = [[
        la      t0, handler
        csrw    stvec, t0
        li      t0, MODE                # sstatus.SPP says where sret goes: 0x100 to K, 0 to U
        csrw    sstatus, t0
        li      t0, PRIVATE
        csrw    sscratch, t0
        la      t0, there
        csrw    sepc, t0
        li      s2, -1
        li      a0, 0
        li      a1, RS1
        li      a2, RS2
        sret
there:  INSTRUCTION a0, a1, a2
after:  ebreak                          # traps to K from both modes
        .align  2
handler:
        csrr    s2, scause
        csrr    s3, sepc
        csrr    s4, sscratch
        csrr    s5, sstatus             # bit 8, SPP: the mode that trapped
        li      a7, 8
        ecall
]]

local function try(mode, name)
    machine { profile = MACHINE }
    local values = { MODE = mode, PRIVATE = PRIVATE, RS1 = RS1, RS2 = RS2, INSTRUCTION = INSTRUCTION }
    local g = guest { source = program:gsub("%u%u+%d?", values), ram = "1M" }
    run { off = g, limit = 1000 }
    if g:reg "s2" == causes["illegal-insn"] then
        print(name .. ": it traps")
        return
    end
    print(string.format("%s: a0 = %08x, sscratch = %08x, sstatus = %08x, the mode is then %s", name, g:reg "a0",
        g:reg "s4", g:reg "s5", g:reg "s5" & 0x100 ~= 0 and "K" or "U"))
end

print(string.format("%s %s a0, a1, a2 with a1 = %08x, a2 = %08x", MACHINE, INSTRUCTION, RS1, RS2))
try(0x100, "in K")
try(0, "in U")
