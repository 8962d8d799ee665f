#!/bin/bash
# What a terminal can do to the dashboard: bytes that are no key cost at most themselves, a paste is text and no commands, and a
# terminal that takes no more bytes does not keep a key or a signal from ending the program. Python makes the terminal, so every
# byte and every pause is ours.
TRAPEZE=$(realpath "${TRAPEZE:-./trapeze}")
. "$(dirname "$0")/terminal.sh"
if why=$(lacks_terminal python3); then
	echo "skip the terminal: $why"
	exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/spin.lua" <<-'END'
	-- Spinning
	machine {}
	vmm {}
	guest { name = "ann", source = "_start: addi t0, t0, 1\n csrw sscratch, t0\n j _start" }
	run { steps = 4000000000 }
END
cat >"$folder/terminal.py" <<'END'
import os, pty, select, signal, sys, termios, time

trapeze, scenario = sys.argv[1:]
PATIENCE = 20 # seconds until an answer that does not come counts as missing, on a host that others use, too
failed = False

def check(name, holds, seen=b""):
    global failed
    failed |= not holds
    print(("ok" if holds else "not ok"), "terminal:", name, flush=True)
    if not holds:
        print("#  ", repr(seen[-300:]))

def is_alive(pid):
    """A zombie is not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

class Dashboard:
    def __init__(self, *options, term="xterm-256color", menu=False):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.environ.update(TERM=term, LINES="24", COLUMNS="80", LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.dirname(scenario))
            os.execv(trapeze, ["trapeze"] if menu else ["trapeze", "run", scenario, "--theme=dark", *options])
        shown = b"quits" if menu else b"Quit"
        self.started = shown in self.read(PATIENCE, shown)

    def read(self, seconds, until):
        seen, end = b"", time.time() + seconds
        while until not in seen and time.time() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    seen += os.read(self.fd, 65536)
                except OSError:
                    break # the program has ended
        return seen

    def send(self, data):
        os.write(self.fd, data)

    def ended(self, seconds=PATIENCE, reading=False):
        """The wait status, or None if the program goes on."""
        end = time.time() + seconds
        while time.time() < end:
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return status
            if reading:
                self.read(0.05, b"nothing")
            else:
                time.sleep(0.02)
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.fd)
        return None

# After each of these a pause, then a key.
garbage = {
    "a byte that is no UTF-8": b"\xe9",
    "half a character": b"\xc3",
    "two thirds of a character": b"\xe2\x82",
    "every byte from 0x80 to 0xff": bytes(range(0x80, 0x100)),
    "forms of UTF-8 that are forbidden": b"\xc0\x80\xed\xa0\x80\xf8\x88\x80\x80\x80\xf5\x80\x80\x80",
    "NULs": b"\0\0\0",
    "the beginning of a sequence": b"\033[",
    "the beginning of a report of the mouse": b"\033[<0;1",
    "the beginning of an older report of the mouse": b"\033[M",
    "the beginning of an answer": b"\033]11;rgb:ff",
    "the beginning of a long string": b"\033P1$r" + b"x" * 5000,
    "a key without a name": b"\033[99~\033[1;5A\033[I\033[O\033OZ",
    "a report of the mouse far outside": b"\033[<0;9999;9999M\033[<0;0;0M\033[<64;9999;1M",
    "Ctrl-S": b"\x13",
}
# And a key that follows without a pause.
glued = {name: garbage[name] for name in list(garbage)[:6]}

for term in "xterm-256color", "tmux-256color":
    d = Dashboard("--paused", term=term)
    check(f"{term}: the first screen comes", d.started)
    for cases, pause in (garbage, 0.08), (glued, 0):
        for name, data in cases.items():
            d.send(data)
            time.sleep(pause)
            d.send(b"?")
            # The hints are drawn last. Whoever waits for an upper row takes the rest of that frame for the answer to the next key.
            seen = d.read(PATIENCE, b"Close")
            check(f"{term}: {name}, {'a pause' if pause else 'no pause'}, then the key ? shows the help", b"Help" in seen, seen)
            d.send(b"\033")
            d.read(PATIENCE, b"NextTrap")
    d.send(b"\xe9")
    seen = d.read(PATIENCE, b"no meaning")
    check(f"{term}: a byte that is no key is answered", b"this key has no meaning" in seen, seen)
    d.send(b"q")
    check(f"{term}: q ends it, status 0", d.ended(reading=True) == 0)

# A terminal that can mark a paste does so when it is asked.
def paste(text):
    return b"\033[200~" + text + b"\033[201~"

recording = scenario + ".paste"
d = Dashboard("--paused", "--record", recording)
d.send(paste(b"q\033:quit\rq"))
seen = d.read(PATIENCE, b"nothing was pasted")
check("a paste among the panes does nothing, and says so", b"nothing was pasted" in seen, seen)
d.send(b":")
d.send(paste(b"define satp\rquit\r"))
seen = d.read(PATIENCE, b"quit")
check("a paste into the line of commands runs nothing", b"define satp quit" in seen, seen)
d.send(b"\033")
d.read(PATIENCE, b"no trap yet")
d.send(b"si")
d.read(PATIENCE, b"typing")
d.send(paste(b"q\033S:\t?\r"))
d.send(b"\033[200~ab")
time.sleep(0.6)
d.send(b"cd\033[201~")
d.send(b"\033")
d.read(PATIENCE, b"nothing printed yet")
d.send(paste(b"q")[:-6])
time.sleep(0.6)
d.send(b"q")
seen = d.read(PATIENCE, b"Esc ends the paste")
check("a paste that stops for a while is still text when it goes on, and Esc can end it", b"Esc ends the paste" in seen, seen)
# The terminal takes the frames meanwhile. Otherwise the program may wait for it, and then Esc and q come as one.
d.read(0.5, b"never shown")
d.send(b"\033")
d.read(0.1, b"never shown")
d.send(b"q")
check("after it q is a key again", d.ended(reading=True) == 0)
with open(recording) as file:
    typed = bytes(int(line.split()[3], 16) for line in file if line.startswith("i "))
check("a paste into a console is typed to the guest", typed == b"q\033S:\t?\nabcd", typed)

# The menu tells of a paste, and of a key that was taken for the rest of it.
d = Dashboard(menu=True)
d.send(paste(b"q")[:-6])
seen = d.read(PATIENCE, b"chooses nothing")
check("a paste into the menu is told", b"what is pasted chooses nothing here" in seen, seen)
time.sleep(0.6)
d.send(b"q")
seen = d.read(PATIENCE, b"Esc ends")
check("a key that follows a paste without its end is told to be text", b"Esc ends the paste" in seen, seen)
time.sleep(0.5)
d.send(b"\033")
seen = d.read(PATIENCE, b"Enter opens")
check("Esc ends the paste, and the keys of the menu are shown again", b"Enter opens" in seen, seen)
d.send(b"q")
check("then q leaves the menu", d.ended(reading=True) == 0)

# A terminal that goes away takes the program with it: while the run goes on, paused, in the menu, and with gdb connected.
for way, options in ("while it runs", []), ("while it is paused", ["--paused"]), ("in the menu", None), ("with gdb waiting", ["--paused"]):
    d = Dashboard(*(options or []), menu=options is None)
    if "gdb" in way:
        d.send(b"t")
        d.read(PATIENCE, b"hidden fault")
        d.send(b":gdb\r")
        seen = d.read(PATIENCE, b"gdb sees a copy")
        check("gdb can connect", b"gdb sees a copy" in seen, seen)
    with open(f"/proc/{d.child}/task/{d.child}/children") as file:
        helpers = [int(pid) for pid in file.read().split()]
    check(f"processes of its own {way}", len(helpers) == ("gdb" in way))
    os.close(d.fd)
    d.fd = os.open("/dev/null", os.O_RDONLY) # `ended` closes it
    check(f"a terminal that is closed {way} ends the program", d.ended() is not None)
    end = time.time() + PATIENCE
    while any(map(is_alive, helpers)) and time.time() < end:
        time.sleep(0.05)
    check(f"and leaves no process {way}", not any(map(is_alive, helpers)))

# No frame is drawn for a letter of a paste: a hundred thousand frames would take 8 seconds of processor time.
d = Dashboard(menu=True)
for part in [b"\033[200~"] + [b"q\rp qq\rp q" * 100] * 100 + [b"\033[201~q"]:
    d.send(part)
    d.read(0.005, b"nothing")
before = os.times().children_user
status = d.ended(seconds=60, reading=True)
used = os.times().children_user - before
check("a long paste into the menu chooses nothing, and q leaves then", status == 0)
check("it takes less than 4 seconds of processor time", used < 4, str(used))

# These draw thirty times a second, and nobody reads what they draw.
ways = "SIGTERM", "SIGHUP", "SIGINT", "Ctrl-C", "q"
recordings = [f"{scenario}.{way}" for way in ways]
stopped = [Dashboard("--record", recording) for recording in recordings]
check("the terminal does not stop at Ctrl-S", not termios.tcgetattr(stopped[0].fd)[0] & termios.IXON)
time.sleep(1)
for d, number in zip(stopped, (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)):
    os.kill(d.child, number)
stopped[3].send(b"\x03")
stopped[4].send(b"q")
for d, number, way, recording in zip(stopped, (15, 1, 2, 2, 0), ways, recordings):
    status = d.ended()
    by_signal = status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == number
    check(f"{way} ends it on a terminal that nobody reads", by_signal or status == 0 and number in (0, 2))
    with open(recording) as file:
        check(f"and the recording is kept: {way}", file.read().endswith("\nend\n"))

# A terminal that takes bytes again shows a whole screen, and the keys that came meanwhile were obeyed.
d = Dashboard()
time.sleep(2.5)
d.send(b"p")
time.sleep(0.5)
d.read(1, b"nothing")
d.send(b"2z")
seen = d.read(PATIENCE, b"sstatus")
check("after a stop the terminal gets whole frames again", b"PAUSED" in seen or b"sstatus" in seen, seen)
d.send(b"q")
check("and q ends it", d.ended(reading=True) == 0)

recording = scenario + ".recording"
d = Dashboard("--paused", "--record", recording)
d.send(b"sss")
d.read(PATIENCE, b"emulated")
os.kill(d.child, signal.SIGTERM)
status = d.ended(reading=True)
with open(recording) as file:
    text = file.read()
check("a recording is kept when SIGTERM ends the run", status == signal.SIGTERM and "\nleft 3\n" in text and text.endswith("\nend\n"), text.encode())
sys.exit(failed)
END
timeout 600 python3 "$folder/terminal.py" "$TRAPEZE" "$folder/spin.lua"
