-- Trap anatomy
-- The student predicts every trap of five small programs: its cause, its pc and its mode.
--
-- The programs are made from the seed. Each test assembles its program, runs it, reads its traps from the machine's
-- events, and compares them with the answers. What the program prints does not count. The VMM of programs 4 and 5 is
-- trapeze's own, so that its events can be trusted.
lab { files = { ["answers.txt"] = "64K" }, points = 100, hours = 2 }

local PROGRAMS = {
    { traps = 3, place = "bare" }, { traps = 4, place = "bare" }, { traps = 5, place = "bare" },
    { traps = 2, place = "vmm" }, { traps = 3, place = "vmm" },
}
local POINTS = 20            -- each program
local LINES_MOST = 200       -- answers to a program that are looked at
local STEPS_MOST = 100000

---------- the programs

-- Each piece is one instruction. Most pieces trap in K, in U, or in both; the quiet ones do not. A piece with `vmm` may
-- also stand in a program that runs under the VMM. Accesses to memory may not: under the VMM their exits depend on what
-- the shadow tables hold at that moment, and the sheet does not show that.
local kernel_pieces = {
    { "ebreak", vmm = true },
    { ".word 0", vmm = true },                       -- no instruction of T32
    { "csrw cycle, s2", vmm = true },                -- a read-only CSR
    { "csrr s2, 0x7c0", vmm = true },                -- no such CSR
    { "lw s2, 1(s4)" }, { "sh s2, 3(s4)" },          -- misaligned
    { "lw s2, 0(s5)" }, { "sb s2, 0(s5)" },          -- nothing lives there
    { "csrsi sip, 2" },                              -- an interrupt: taken before the next instruction
}
local user_pieces = {
    { "ecall", vmm = true }, { "ebreak", vmm = true }, { ".word 0xffffffff", vmm = true },
    { "csrr s2, sstatus", vmm = true }, { "sret", vmm = true }, { "wfi", vmm = true },
    { "sfence.vma", vmm = true }, { "csrr s2, satp", vmm = true }, { "csrw sscratch, s2", vmm = true },
    { "lw s2, 2(s4)" }, { "sw s2, 1(s4)" }, { "lbu s2, 0(s5)" },
}
local quiet_pieces = { "add s2, s2, s3", "fence", "mul s2, s3, s3", "lui s2, 0x12345" }
local quiet_kernel_pieces = { "csrr s2, sstatus", "csrw sscratch, s2", "sfence.vma" } -- no traps when bare

local function pick(list)
    return list[math.random(#list)]
end

local function pick_piece(list, vmm)
    repeat
        local piece = pick(list)
        if not vmm or piece.vmm then return piece[1] end
    until false
end

-- Adds `count` instructions that trap, with quiet ones between them. Sometimes one of them stands in a loop, so that it
-- traps more than once.
local function body(out, count, list, vmm, label)
    local looped = not vmm and math.random(2) == 1 and math.random(count) or 0
    for i = 1, count do
        out[#out + 1] = "    " .. pick(quiet_pieces)
        if list == kernel_pieces and math.random(2) == 1 then
            out[#out + 1] = "    " .. pick(quiet_kernel_pieces)
        end
        if i == looped then
            out[#out + 1] = "    li s6, " .. math.random(2, 3)
            out[#out + 1] = label .. ":"
        end
        out[#out + 1] = "    " .. pick_piece(list, vmm)
        if i == looped then
            out[#out + 1] = "    addi s6, s6, -1"
            out[#out + 1] = "    bnez s6, " .. label
        end
    end
end

local function source_of(plan)
    local vmm = plan.place == "vmm"
    local in_kernel = math.random(1, plan.traps - 1)
    local out = { ".globl _start", "_start:", "    la t0, handler", "    csrw stvec, t0" }
    if not vmm then
        out[#out + 1] = "    csrwi sie, 2"          -- software interrupts,
        out[#out + 1] = "    csrsi sstatus, 2"      -- enabled
        out[#out + 1] = "    la s4, word"
        out[#out + 1] = "    li s5, 0x40000000"
    end
    body(out, in_kernel, kernel_pieces, vmm, "again")
    for line in ([[
    la t0, user
    csrw sepc, t0
    li t0, 0x100
    csrc sstatus, t0
    sret
user:]]):gmatch("[^\n]+") do out[#out + 1] = line end
    body(out, plan.traps - in_kernel, user_pieces, vmm, "over")
    for line in ([[
    li a7, 93
    ecall
handler:
    csrr t0, scause
    bltz t0, interrupt
    li t1, 8
    bne t0, t1, skip
    li t1, 93
    beq a7, t1, halt
skip:
    csrr t0, sepc
    addi t0, t0, 4
    csrw sepc, t0
    sret
interrupt:
    csrci sip, 2
    sret
halt:
    li a7, 0x53525354
    li a6, 0
    li a0, 0
    li a1, 0
last:
    ecall
.data
word: .word 0]]):gmatch("[^\n]+") do out[#out + 1] = line end
    return table.concat(out, "\n") .. "\n"
end

local labels = { "_start", "again", "user", "over", "handler", "skip", "interrupt", "halt" }

-- Runs the program. Returns its traps in the order in which it took them, and its listing.
local function life_of(plan, source)
    machine { clock = "virtual" }
    if plan.place == "vmm" then vmm {} end
    local g = guest { name = "program", source = source, ram = "8M" }

    local names = {}
    for _, label in ipairs(labels) do
        if source:find("\n" .. label .. ":", 1, true) then names[g:symbol(label)] = label end
    end
    local listing = {}
    for pc = g:symbol "_start", g:symbol "last", 4 do
        if names[pc] then listing[#listing + 1] = names[pc] .. ":" end
        listing[#listing + 1] = string.format("    %08x  %s", pc, g:disassemble(pc))
    end

    run { off = true, limit = STEPS_MOST }
    assert(g:status() == "OFF", "a program of this lab does not end: seed " .. seed)
    local traps = {}
    if plan.place == "bare" then
        for _, e in ipairs(events { event = "trap" }) do traps[#traps + 1] = e end
    else
        -- Some exits happen for the VMM's own sake: a shadow entry must be filled, or a turn is over. The program did
        -- not cause them, so they do not count. The VMM tells what it did right after the exit itself.
        for _, e in ipairs(events { event = { "exit", "fill", "preempt" } }) do
            if e.kind == "exit" then traps[#traps + 1] = e else traps[#traps] = nil end
        end
    end
    return traps, listing
end

---------- answers

local function key_line(trap)
    return string.format("%s %08x %s", trap.cause, trap.pc, trap.mode)
end

local form = "a line is 'CAUSE PC MODE', for example: ecall-u 80400020 U"

-- Reads a line such as "ecall-u 80400020 U", in letters of either case. Returns {cause, pc, mode}, or nil and what is
-- wrong with the line.
local function parse_line(line)
    local cause, pc, mode, rest = line:match("^(%S+)%s+(%S+)%s+(%S+)%s*(.*)$")
    if not cause or rest ~= "" then return nil, form end
    cause = cause:lower()
    if not rawget(causes, cause) then return nil, "there is no cause '" .. cause:sub(1, 40) .. "'" end
    local digits = pc:lower():match("^0?x?(%x+)$")
    if not digits or #digits > 8 then
        return nil, "'" .. pc:sub(1, 40) .. "' is not an address of 8 hexadecimal digits"
    end
    mode = mode:upper()
    if mode == "S" then return nil, "the mode is K or U: what RISC-V calls S is called K here" end
    if mode ~= "K" and mode ~= "U" then return nil, "the mode is K or U, not '" .. mode:sub(1, 40) .. "'" end
    return { cause = cause, pc = tonumber(digits, 16), mode = mode }
end

-- Reads the whole file. Returns the sections, or nil and a complaint if the file itself cannot be graded. A section has
-- `lines`, and it has `wrong` if it cannot be graded.
local function read_sections()
    local sections, current = {}, nil
    local lines, complaint = answers("answers.txt")
    if not lines then return nil, complaint end
    for _, l in ipairs(lines) do
        local program = l.text:lower():match("^program%s+(%d+)%D*$") -- words may follow
        if program and #program < 3 then
            current = tonumber(program)
            if sections[current] then
                sections[current].wrong =
                    string.format("line %d: program %d is answered twice; keep one", l.line, current)
            end
            sections[current] = sections[current] or { lines = {} }
        else
            local answer, why = parse_line(l.text)
            local where = string.format("line %d: ", l.line)
            if not current then
                return nil, where .. "an answer before any 'program N' line; " .. form
            end
            answer = answer or { bad = where .. why }
            answer.line = l.line
            table.insert(sections[current].lines, answer)
        end
    end
    return sections
end

---------- comparing

local function equal(answer, trap)
    return not answer.bad and answer.cause == trap.cause and answer.pc == trap.pc and answer.mode == trap.mode
end

-- Measures how unlike an answer and a trap are: 0 means that they are the same, 3.5 that they have nothing in common,
-- as it is with a line that cannot be read. A pair of 3.5 is still a little cheaper than an answer too many (2) beside
-- a trap that is missing (2).
local function distance(answer, trap)
    local near = answer.pc == trap.pc or answer.pc == trap.pc + 4 or answer.pc == trap.pc - 4
    return (answer.cause == trap.cause and 0 or 1) + (answer.mode == trap.mode and 0 or 1) +
        (answer.pc == trap.pc and 0 or near and 1 or 1.5)
end

-- Finds the cheapest way to turn the answers into the traps (the edit distance of two lists), so that one line too many
-- does not make all later lines wrong. Returns a list of pairs {answer or nil, trap or nil}.
local function align(answers, traps)
    local cost = {}
    for i = 0, #answers do
        cost[i] = {}
        for j = 0, #traps do
            local best = (i == 0 and j == 0) and 0 or math.huge
            if i > 0 then best = math.min(best, cost[i - 1][j] + 2) end
            if j > 0 then best = math.min(best, cost[i][j - 1] + 2) end
            if i > 0 and j > 0 then best = math.min(best, cost[i - 1][j - 1] + distance(answers[i], traps[j])) end
            cost[i][j] = best
        end
    end
    local pairs_found, i, j = {}, #answers, #traps
    while i > 0 or j > 0 do
        local c = cost[i][j]
        if i > 0 and j > 0 and c == cost[i - 1][j - 1] + distance(answers[i], traps[j]) then
            table.insert(pairs_found, 1, { answers[i], traps[j] })
            i, j = i - 1, j - 1
        elseif i > 0 and c == cost[i - 1][j] + 2 then
            table.insert(pairs_found, 1, { answers[i], nil })
            i = i - 1
        else
            table.insert(pairs_found, 1, { nil, traps[j] })
            j = j - 1
        end
    end
    return pairs_found
end

-- Would all answers be right with K for U and U for K?
local function swapped(answers, traps)
    for i, trap in ipairs(traps) do
        local a = answers[i]
        if not a or a.bad or a.cause ~= trap.cause or a.pc ~= trap.pc or a.mode == trap.mode then return false end
    end
    return true
end

-- Says what is wrong with one answer. The words point at the idea behind the mistake, and do not give the answer away.
local function mistake(answer, trap, place)
    local where = string.format("line %d: ", answer.line)
    if answer.cause ~= trap.cause and answer.pc == trap.pc then
        if place == "vmm" and trap.cause == "ecall-u" then
            return where .. "wrong cause '" .. answer.cause ..
                "': under the VMM the real mode is U, whatever the guest believes"
        end
        return where .. "wrong cause '" .. answer.cause .. "' for the trap at this pc"
    end
    if answer.pc == trap.pc + 4 then
        return where .. "the pc is 4 too high: sepc names the instruction that trapped itself, not the next one"
    end
    if answer.pc == trap.pc - 4 then
        return where .. "the pc is 4 too low" ..
            (trap.scause > 0x7fffffff and
                ": an interrupt is taken before the next instruction, and sepc names that one" or "")
    end
    if answer.pc ~= trap.pc and answer.cause == trap.cause then return where .. "wrong pc" end
    if answer.pc ~= trap.pc then return where .. "there is no such trap at this point" end
    if place == "vmm" then
        return where .. "wrong mode " .. answer.mode ..
            ": the mode is the virtual one, which the guest believes it is in"
    end
    return where .. "wrong mode " .. answer.mode .. ": the mode is the one that the program was in when it trapped"
end

-- Returns the share of the points for one program, and a message that names the first mistake.
local function compare(section, traps, place)
    if not section then return 0, "there is no answer: a section starts with the line 'program N'" end
    if section.wrong then return 0, section.wrong end
    local answers = section.lines
    if #answers == 0 then return 0, "there is no answer under 'program N'" end
    if #answers > LINES_MOST then
        return 0, "more than " .. LINES_MOST .. " lines; a program here has far fewer traps"
    end
    local right, first, last = 0, nil, nil
    for _, answer in ipairs(answers) do first = first or answer.bad end
    for _, p in ipairs(align(answers, traps)) do
        local answer, trap = p[1], p[2]
        last = answer and answer.line or last
        if answer and trap and equal(answer, trap) then
            right = right + 1
        elseif not first then
            if not trap then
                first = string.format("line %d: an extra trap: nothing traps here", answer.line)
            elseif not answer then
                first = last and string.format("a trap is missing after line %d", last) or
                    "a trap is missing at the start"
            else
                first = mistake(answer, trap, place)
            end
        end
    end
    if swapped(answers, traps) then first = "the modes are swapped: K and U in every line" end
    local extra = math.max(0, #answers - #traps)
    return math.max(0, right - extra) / #traps, string.format("%s (%d of %d right%s)", first or "", right, #traps,
        extra > 0 and string.format(", %d too many", extra) or "")
end

---------- the sheet, the key and the tests

-- All programs come from one sequence of random numbers, so they are all made before one of them is looked at.
local sources = {}
for n, plan in ipairs(PROGRAMS) do sources[n] = source_of(plan) end

sheet(function()
    for n, plan in ipairs(PROGRAMS) do
        local _, listing = life_of(plan, sources[n])
        print(string.format("program %d  # %s", n, plan.place == "bare" and "on the bare machine" or "under the VMM"))
        for _, line in ipairs(listing) do print("# " .. line) end
        print("")
    end
end)

key(function()
    for n, plan in ipairs(PROGRAMS) do
        print("program " .. n)
        for _, trap in ipairs((life_of(plan, sources[n]))) do print(key_line(trap)) end
    end
end)

for n, plan in ipairs(PROGRAMS) do
    local name = string.format("program %d, %s", n, plan.place == "bare" and "bare" or "under the VMM")
    test(name, { points = POINTS, limit = 1e6 }, function()
        local sections, complaint = read_sections()
        if not sections then return false, complaint end
        local traps = life_of(plan, sources[n])
        return compare(sections[n], traps, plan.place)
    end)
end
