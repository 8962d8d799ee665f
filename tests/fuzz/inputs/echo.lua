-- A guest that prints what it reads. The target `recording` runs this lesson again (recording.c).
lesson { 1, "Echo" }
machine {}
guest { name = "echo", ram = "64K", source = [[
_start: li a7, 2
        ecall
        bltz a0, idle
        li a7, 1
        ecall
        j _start
idle:   li t0, 0x200
        csrw sie, t0
        wfi
        j _start
]] }
say "The guest waits."
local q = ask { "Does it wait?", "yes", "no", right = 1, why = { "x", "y" } }
run()
reveal(q, 1)
