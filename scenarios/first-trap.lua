-- The first trap
-- A guest kernel prints, turns paging on, takes a timer interrupt and answers a system call. It does all of this in
-- real user mode. Stop at each of its first traps: what was the instruction, and what did the VMM do about it?
machine {}
vmm { policy = "drop-all" }
local hello = guest { name = "hello", image = "hello", ram = "8M" }

-- The guest believes that it is in kernel mode: virtual K. The hart is in user mode: real U.
local why, exit = run { event = "exit" }
mark("the first exit: " .. exit.cause)
check("a privileged instruction of the guest kernel traps", function()
    return exit.mode == "K" and exit.real_mode == "U", "it was in virtual " .. exit.mode .. ", real " .. exit.real_mode
end)

-- A system call of its own program: an ecall from virtual U. The VMM reflects it, because the guest handles it.
local _, call = run { event = "reflect", cause = "ecall-u" }
mark("a system call, reflected to the guest's handler")
step()
check("the guest's handler runs next, in virtual K", hello:mode() == "K")
check("sepc names the ecall itself", hello:csr("sepc") == call.pc)

run { off = true }
check("the guest did all it wanted", function()
    return hello:status() == "OFF" and hello:console():find("system call") ~= nil
end)
local c = counters(hello)
print(string.format("%d instructions, %d of them directly on the hart; %d exits", c.retired, c.direct, c.exit))
