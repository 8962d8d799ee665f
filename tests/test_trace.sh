#!/bin/bash
# --trace: each form is read by a reader that is not ours (Python's json and csv), and the forms tell the same events.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v python3 >/dev/null || { echo "skip trace: python3 is not here"; exit 0; }
cd "$work" || exit 1

cat >check.py <<'END'
import csv, json, sys

def lines(path):
    return [json.loads(line) for line in open(path)]

def table(path):
    return list(csv.DictReader(open(path, newline='')))

def chrome(path):
    return json.load(open(path))['traceEvents']

def same_events(a, b):
    """The table has the events of the lines, field by field."""
    a, b = lines(a), table(b)
    assert len(a) == len(b) > 100, (len(a), len(b))
    for x, y in zip(a, b):
        for key, value in y.items():
            want = x.get(key, '')
            want = str(int(want)) if isinstance(want, bool) else str(want)
            assert value == want, (x['seq'], key, value, want)

def csr_writes(trace, state):
    """What the guest wrote last (csrrw) to a CSR that nothing else changes is what the CSR holds at the end."""
    hart = json.load(open(state))['harts'][0]['csr']
    last = {}
    for e in lines(trace):
        if e.get('csr_write') and e['vm'] == sys.argv[-1]:
            assert int(e['insn'], 16) >> 20 == e['csr_number']
            if int(e['insn'], 16) >> 12 & 3 == 1:
                last[e['csr']] = e['value']
    for name in ('stvec', 'satp', 'sscratch', 'scounteren'):
        if name in last:
            assert last[name] == hart[name], (name, last[name], hart[name])
    assert 'stvec' in last and 'satp' in last, last

def args(a, b):
    """Each event of the lines is the args of one slice or instant of the trace."""
    told = [e for e in chrome(b) if e['ph'] in 'Xi' and 'args' in e]
    assert [e['args'] for e in told] == lines(a)
    for e in told:
        assert e['ts'] + e.get('dur', 0) == e['args']['cycle'], e

def tracks(path, reflections):
    events = chrome(path)
    names = {(e['pid'], e['tid']) for e in events if e['ph'] == 'M' and e['name'] == 'thread_name'}
    processes = {e['pid']: e['args']['name'] for e in events if e['ph'] == 'M' and e['name'] == 'process_name'}
    slices = {}
    for e in events:
        assert e['ph'] in 'MXisfC' and e['ts'] >= 0 and e['pid'] in processes, e
        if e['ph'] in 'Xisf':
            assert (e['pid'], e['tid']) in names, e
        if e['ph'] == 'X':
            slices.setdefault((e['pid'], e['tid']), []).append(e)
    for track, list_ in slices.items():
        on_hart = processes[track[0]].startswith('harts')
        stack, end = [], 0
        for e in sorted(list_, key=lambda e: (e['ts'], -e['dur'])):
            while stack and stack[-1] <= e['ts']:
                stack.pop()
            assert not stack or e['ts'] + e['dur'] <= stack[-1], ('slices overlap', track, e)
            if not stack:
                assert not on_hart or e['ts'] == end, ('nothing is said about', track, end, e)
                end = e['ts'] + e['dur']
            assert not stack or on_hart, ('a VCPU does two things at once', e)
            if e['dur']:
                stack.append(e['ts'] + e['dur'])
    starts = {e['id']: e for e in events if e['ph'] == 's'}
    ends = {e['id']: e for e in events if e['ph'] == 'f'}
    assert len(starts) == sum(e['ph'] == 's' for e in events), 'two arrows have one number'
    assert starts.keys() == ends.keys() and len(starts) >= reflections, (len(starts), len(ends))
    for i, e in ends.items():
        assert starts[i]['ts'] <= e['ts'], e
        assert any(s['ts'] <= e['ts'] < s['ts'] + s['dur'] for s in slices[e['pid'], e['tid']]), ('an arrow ends nowhere', e)
    counts = {}
    for e in events:
        if e['ph'] == 'C':
            before = counts.setdefault(e['pid'], e['args'])
            assert all(before[k] <= e['args'][k] for k in before), (before, e)
            counts[e['pid']] = e['args']
    assert counts, 'no counters'
    return processes

what, *rest = sys.argv[1:]
if what == 'same': same_events(*rest)
if what == 'args': args(*rest)
if what == 'csr': csr_writes(rest[0], rest[1])
if what == 'tracks': tracks(rest[0], int(rest[1]))
if what == 'worlds': assert len(tracks(rest[0], 0)) == 2 * int(rest[1])
if what == 'lines': assert len(lines(rest[0])) > 100
END
verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok trace: $2"; else echo "not ok trace: $2: ${3-}"; fi
}
check() { # check NAME WHAT ARGUMENT...
	local name=$1
	shift
	python3 check.py "$@" >said 2>&1
	verdict $? "$name" "$(tail -1 said)"
}
boot() { timeout 300 "$trapeze" boot hello --ram 8M "$@" >out 2>err </dev/null; }

for how in "--depth 0" "--depth 1" "--depth 2" "--depth 2 --vmm t32" "--depth 2 --clock wall"; do
	# shellcheck disable=SC2086  # the options are several words
	boot $how --trace t.jsonl && boot $how --trace t.csv && boot $how --trace t.json
	verdict $? "$how: every form is written" "$(tail -1 err)"
	check "$how: the table tells the events of the lines" same t.jsonl t.csv
	check "$how: a selected slice shows its event" args t.jsonl t.json
	case $how in *0) arrows=0 ;; *) arrows=1 ;; esac
	check "$how: in the trace for Perfetto slices nest, every cycle has one, and arrows end in a slice" tracks t.json $arrows
done
boot --depth 1 --trace t.jsonl --state s.json
check "an exit at a CSR write tells which CSR and which value" csr t.jsonl s.json g1
boot --depth 1 --trace -
grep -q 'hello: booted' err
verdict $? "with --trace - the guest's console goes to standard error" "$(head -1 err)"
check "and standard output has the trace alone" lines out
"$trapeze" run bare-vs-vmm --trace two.json >out 2>err && grep -q 'checks passed' out
verdict $? "run takes --trace, and tells its checks" "$(tail -1 err)"
check "each world of a scenario has its own tracks" worlds two.json 2
cat >worlds.lua <<'END'
local source = "_start: la t0, h\n csrw stvec, t0\n ecall\n ebreak\n j _start\nh: csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n sret"
for _ = 1, 2 do
  machine {} vmm {} guest { name = "alice", source = source, ram = "64K" }
  run { steps = 2000 }
end
END
"$trapeze" run worlds.lua --headless --trace worlds.json >out 2>err
check "arrows of two worlds are not mistaken for one another" tracks worlds.json 2
grep -q '"g1/v0 alice"' worlds.json
verdict $? "the track of a VCPU has the name of its guest" "$(grep -o '"g1/v0[^"]*"' worlds.json | head -1)"
"$trapeze" run two-guests --limit 2000000 --trace guests.json >out 2>err
[ $? -eq 4 ]
verdict $? "a run that reaches its limit writes its trace too"
check "two guests share a hart without overlap" tracks guests.json 1
"$trapeze" run first-trap --trace no/such/folder.csv >out 2>err
[ $? -eq 3 ] && grep -q 'no/such/folder.csv' err && [ ! -s out ]
verdict $? "a trace that cannot be written is told before anything runs" "$(head -1 err)"
