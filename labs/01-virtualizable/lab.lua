-- Virtualizable?
-- The student's machine is a house (--profile house:N): what twelve of its instructions do follows from the seed. The
-- student finds out by experiment which of them are privileged and which are sensitive. For each hole (sensitive, but
-- not privileged) a guest, the witness, finds out whether it runs under a VMM. The classes are measured on the machine.
-- Each witness runs bare, under the VMM, and under the VMM on a machine whose hole is mended.
local INSTRUCTIONS, LINES, STEPS = 12, 60, 1e5

local files = { ["classes.txt"] = "4K" }
for i = 0, INSTRUCTIONS - 1 do files["witness-" .. i .. ".s"] = "4K" end
lab { files = files, points = 100, hours = 3 }

local house = "house:" .. seed % 65536
local facts = classify(house)

local function name_of(i) return "house" .. i end
local function is_innocuous(fact) return not fact.sensitive and not fact.resource end
local function is_hole(fact) return fact.sensitive and not fact.privileged end

---------- classes.txt

local WORDS = {
    privileged = "trap", unprivileged = "trap", sensitive = "state", innocuous = "state", resource = "state",
}

-- The answers by the names of the instructions, {trap = "privileged", state = "innocuous"}; or nil and what is wrong.
local function read_classes()
    local lines, complaint = answers("classes.txt")
    if not lines then return nil, complaint end
    local given = {}
    for _, line in ipairs(lines) do
        local name, trap, state = line.text:lower():match("^(%S+)%s+(%S+)%s+(%S+)$")
        local place = "classes.txt, line " .. line.line .. ": "
        if not facts[name] or not name:find("^house") then
            return nil, place .. "a line is 'houseN privileged|unprivileged sensitive|innocuous|resource'"
        elseif WORDS[trap] ~= "trap" or WORDS[state] ~= "state" then
            return nil, place .. "the classes are privileged or unprivileged, then sensitive, innocuous or resource"
        elseif given[name] then
            return nil, place .. name .. " was answered before"
        end
        given[name] = { trap = trap, state = state }
    end
    return given
end

-- Mistakes about traps: what was said, when it is wrong, and the words for it.
local TRAP_MISTAKES = {
    { "privileged", function(f) return f.traps_u and f.traps_k end,
        "called privileged trap in K, too: privileged means a trap in U and none in K" },
    { "privileged", function(f) return not f.traps_u end, "called privileged do not trap in U" },
    { "unprivileged", function(f) return f.privileged end, "called unprivileged trap in U and not in K" },
}
local STATE_MISTAKES = {
    { "sensitive", function(f) return f.resource end,
        "called sensitive depend on what others do: their class is resource" },
    { "sensitive", function(f) return is_innocuous(f) and f.privileged end,
        "called sensitive are privileged, but change and show nothing that a monitor owns" },
    { "sensitive", function(f) return is_innocuous(f) and not f.privileged end, "called sensitive are innocuous" },
    { "innocuous", function(f) return f.sensitive end,
        "called innocuous are sensitive: they change or show what a monitor owns" },
    { "innocuous", function(f) return f.resource end,
        "called innocuous show what others do: their class is resource" },
    { "resource", function(f) return not f.resource end, "called resource do not depend on what others do" },
}

-- A right answer counts one, a wrong one takes one away, a missing one counts nothing. So guessing gains nothing.
local function judge_classes(which, mistakes)
    local given, complaint = read_classes()
    if not given then return false, complaint end
    local right, wrong, missing, counts = 0, 0, 0, {}
    for i = 0, INSTRUCTIONS - 1 do
        local answer, fact, kind = given[name_of(i)], facts[name_of(i)], nil
        for k, mistake in ipairs(mistakes) do
            if answer and answer[which] == mistake[1] and mistake[2](fact) then kind = k end
        end
        if kind then
            wrong, counts[kind] = wrong + 1, (counts[kind] or 0) + 1
        elseif answer then
            right = right + 1
        else
            missing = missing + 1
        end
    end
    local said = {}
    for k, mistake in ipairs(mistakes) do
        if counts[k] then said[#said + 1] = counts[k] .. " " .. mistake[3] end
    end
    if missing > 0 then said[#said + 1] = missing .. " have no answer" end
    return math.max(0, right - wrong) / INSTRUCTIONS, table.concat(said, "; ")
end

test("privileged or not", { points = 24 }, function() return judge_classes("trap", TRAP_MISTAKES) end)
test("sensitive or not", { points = 24 }, function() return judge_classes("state", STATE_MISTAKES) end)

---------- the witnesses

-- The words of an error, without places in this script: they are nothing that the student knows.
local function words_of(why)
    return (tostring(why):gsub("[^\n]*lab%.lua:[%d:]* ", ""))
end

-- Runs the witness to its end, on the machine with the instructions `mended`. Returns what it says in a0; or nil and
-- why it says nothing. Of the VMM only what its guest holds is read, and this VMM is trapeze's own.
local function run_witness(source, is_virtual, mended)
    machine { profile = house .. (mended and "," .. table.concat(mended, ",") or "") }
    if is_virtual then vmm {} end
    local witness
    local built, how = pcall(function()
        witness = guest { name = "witness", source = source, ram = "8M" }
        return run { off = true, limit = STEPS }
    end)
    if not built then return nil, words_of(how) end
    if how ~= "off" or witness:status() ~= "OFF" then return nil, "it does not end by switching itself off" end
    return witness:reg("a0")
end

-- The text of a witness, without the byte-order mark that some editors write first; nil: there is none.
local function read_witness(i)
    local source = submission("witness-" .. i .. ".s")
    return source and (source:gsub("^\xef\xbb\xbf", ""))
end

-- The instructions that show time or progress.
local function resources()
    local list = {}
    for i = 0, INSTRUCTIONS - 1 do
        if facts[name_of(i)].resource then list[#list + 1] = i end
    end
    return list
end

-- Under the VMM, with instruction i mended, the witness must not notice any more.
local function complaint_about_reason(source, i)
    if run_witness(source, true, { i }) == 0 then return end
    local mended = resources()
    mended[#mended + 1] = i
    if run_witness(source, true, mended) == 0 then
        return "what it notices is the time of others, and not " .. name_of(i)
    end
    return "it still says 1 with " .. name_of(i) .. " mended: it notices something else"
end

-- Says what is wrong with the witness of instruction i, or nil if it is right.
local function complaint_about(source, i)
    if statements(source) > LINES then return "it has more than " .. LINES .. " lines" end
    local bare, why = run_witness(source, false)
    if not bare then return why end
    if bare ~= 0 then return "it must say 0 on the bare machine, and a0 is " .. bare end
    local virtual, reason = run_witness(source, true)
    if not virtual then return "under the VMM " .. reason end
    if virtual == 0 then return "it says 0 bare and under the VMM: it notices nothing" end
    if virtual ~= 1 then return "it must say 1 under the VMM, and a0 is " .. virtual end
    return complaint_about_reason(source, i)
end

test("the witnesses are right", { points = 12, limit = 1e7 }, function()
    local count = 0
    for i = 0, INSTRUCTIONS - 1 do
        local name = "witness-" .. i .. ".s"
        local source = read_witness(i)
        local complaint = source and complaint_about(source, i)
        if complaint then return false, name .. ": " .. complaint end
        count = count + (source and 1 or 0)
    end
    return count > 0, "there is no witness: hand in witness-N.s for each hole houseN"
end)

local holes = {}
for i = 0, INSTRUCTIONS - 1 do
    if is_hole(facts[name_of(i)]) then holes[#holes + 1] = i end
end
for number, i in ipairs(holes) do
    test("hole " .. number, { points = 10, limit = 1e6 }, function()
        local source = read_witness(i)
        return source ~= nil and not complaint_about(source, i), "this hole has no right witness"
    end)
end

---------- the sheet and the key

sheet(function()
    print("Your machine is --profile " .. house .. ". Its instructions house0 to house11 are yours to find out.")
    print("For each of them classes.txt has a line such as:")
    print("house0 privileged innocuous")
end)

key(function()
    for i = 0, INSTRUCTIONS - 1 do
        local fact = facts[name_of(i)]
        local state = fact.sensitive and "sensitive" or fact.resource and "resource" or "innocuous"
        print(name_of(i) .. " " .. (fact.privileged and "privileged" or "unprivileged") .. " " .. state)
    end
end)
