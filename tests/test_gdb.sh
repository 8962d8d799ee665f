#!/bin/bash
# trapeze boot --gdb: gdb itself steps, breaks, watches and goes back, and sees the same life bare, under the VMM and under a VMM in a VMM.
# A peer that is not gdb gets errors, and harms nothing.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
hello=$(realpath "${BUILD:-build}/guests/hello.elf")
work=$(mktemp -d)
pid=
trap 'rm -rf "$work"; [ -z "$pid" ] || kill "$pid" 2>/dev/null' EXIT
cd "$work" || exit 1

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok gdb: $2"; else echo "not ok gdb: $2: ${3-}"; fi
}
start() { # start OPTION...: boots, and waits for the port
	rm -f err # of the server before
	timeout 400 "$trapeze" boot "$hello" --ram 8M --gdb 0 "$@" >out 2>err </dev/null &
	pid=$!
	for _ in $(seq 400); do
		port=$(sed -n 's/.*target remote :\([0-9]*\).*/\1/p' err 2>/dev/null)
		[ -n "$port" ] && return
		sleep 0.1
	done
}
finish() { # waits for the server to end by itself
	wait "$pid"
	status=$?
	pid=
}

# On a busy host an answer may need longer than the 2 seconds that gdb waits for it.
gdb=(timeout 300 gdb-multiarch -q -nx -batch -iex 'set remotetimeout 200')
address() { llvm-nm "$hello" | awk -v name="$1" '$3 == name { print "0x" $1 }'; }
if command -v gdb-multiarch >/dev/null && command -v llvm-nm >/dev/null; then
	cat >session <<-END
		set confirm off
		set pagination off
		set width 0
		info registers pc priv
		hbreak *0x400004
		continue
		x/i \$pc
		echo user program\n
		info registers pc priv a7 sepc
		stepi
		echo over the ecall\n
		info registers pc priv scause sepc stval satp sstatus sie sip stimecmp scounteren time
		x/i \$pc
		reverse-stepi
		echo and back\n
		info registers pc priv scause sepc
		delete
		hbreak *$(address trap)
		reverse-continue
		echo the timer before it\n
		info registers pc scause sepc
		reverse-continue
		echo the start\n
		info registers pc scause
		reverse-continue
		delete
		watch *(int *) $(address leaf)
		continue
		x/i \$pc
		delete
		rwatch *(char *) $(address said_call)
		continue
		echo a read of its text\n
		x/2i \$pc
		delete
		continue
		echo the end\n
		info registers
		reverse-stepi
		reverse-stepi
		reverse-stepi
		x/3i \$pc
		stepi
		stepi
		stepi
		set \$pc = 0x80400001
		kill
	END
	for how in "--depth 0" "--depth 1" "--depth 2" "--depth 1 --vmm t32" "--profile h" "--depth 1 --profile h --technique assist" \
		"--depth 1 --vmm t32 --profile h --technique assist" "--depth 2 --profile h --technique assist" \
		"--depth 1 --profile h --technique assist-shadow" "--depth 1 --vmm t32 --profile h --technique assist-shadow"; do
		# shellcheck disable=SC2086  # the options are several words
		start $how
		"${gdb[@]}" -ex "target remote :$port" -x session "$hello" >said 2>&1
		finish
		[ "$status" -eq 0 ]
		verdict $? "$how: the server ends with its gdb" "status $status: $(tail -1 err)"
		# who is told of: at depth 2 the guest is gdb's second thread
		sed -e '/^\[Switching/d' -e 's/^Thread [0-9]* hit //' -e 's/^\([Bb]reakpoint\)/B\1/' -e '/^$/d' said >"said${how//[ -]/}"
	done
	grep -A9 'over the ecall' said >after
	grep -q 'pc .*<trap>' after && grep -q 'scause .*0x8' after && grep -q 'priv .*Supervisor' after && grep -q 'sepc .*0x400004' after
	verdict $? "stepi over an ecall lands in the guest's handler" "$(tr '\n' ' ' <after)"
	sed -n '/user program/,/over the ecall/p' saiddepth0 | grep 'pc \|priv ' >before
	sed -n '/and back/,/the timer/p' saiddepth0 | grep 'pc \|priv ' >back
	[ -s before ] && cmp -s before back
	verdict $? "reverse-stepi comes back before it" "$(diff before back | head -2 | tr '\n' ' ')"
	sed -n '/the timer/,/the start/p' saiddepth0 | grep -q 'scause .*0x80000005'
	verdict $? "reverse-continue stops at the trap before"
	grep -q 'New value' saiddepth0 && grep -q 'a read of its text' saiddepth0
	verdict $? "watchpoints halt the run at a write and at a read"
	grep -q 'a pc is a multiple of 4' saiddepth0
	verdict $? "a change that cannot be is told with its reason" "$(tail -2 saiddepth0 | tr '\n' ' ')"
	for how in depth1 depth2 depth1vmmt32 depth1profilehtechniqueassist depth1vmmt32profilehtechniqueassist depth2profilehtechniqueassist \
		depth1profilehtechniqueassistshadow depth1vmmt32profilehtechniqueassistshadow; do
		bare=saiddepth0
		[[ $how = *assist ]] && bare=saidprofileh # its device tree names the hypervisor extension
		cmp -s $bare said$how
		verdict $? "$how: gdb sees the life that it sees bare" "$(diff $bare said$how | head -4 | tr '\n' ' ')"
	done
	# The inner VMM has code at addresses of its guest's kernel. Breakpoints are for the guest, unless gdb asks for more.
	inner="--depth 2 --profile h --technique assist"
	for wanted in g1 all; do
		# shellcheck disable=SC2086
		start $inner
		"${gdb[@]}" -ex "target remote :$port" -ex "monitor guest $wanted" -ex 'monitor guest nobody' \
			-ex "hbreak *$(address trap)" -ex continue -ex kill "$hello" >said 2>&1
		finish
		grep -q '^Thread 1 hit' said && grep -q "no guest 'nobody'" said
		verdict $? "monitor guest $wanted: a breakpoint halts the inner VMM, too" "$(tail -3 said | tr '\n' ' ')"
	done
	# gdb goes without a word and comes again; a second one meanwhile is sent away; after detach the run goes on to its end.
	start --depth 1
	cat >session <<-END
		target remote :$port
		stepi 5
		disconnect
		target remote :$port
		shell timeout 60 gdb-multiarch -q -nx -batch -ex "target remote :$port" -ex 'info threads' >second 2>&1
		continue
		reverse-continue
		info registers hgatp
		detach
	END
	"${gdb[@]}" -x session "$hello" >said 2>&1
	finish
	[ "$status" -eq 0 ] && [ "$(grep -c 'user mode' out)" -eq 1 ] && grep -q 'No more reverse' said && ! grep -q 'g1/v0' second &&
		grep -q 'sent away' err && grep -q 'Invalid register .hgatp' said
	verdict $? "one gdb after another, and after detach the run goes on to its end" "status $status: $(cat said second err | tail -4 | tr '\n' ' ')"
	start --profile h --depth 2 --technique assist
	"${gdb[@]}" -ex "target remote :$port" -ex "hbreak *$(address trap)" -ex continue -ex 'thread 1' \
		-ex 'info registers hgatp' -ex kill "$hello" >said 2>&1
	finish
	grep -q '^hgatp  *0x8' said
	verdict $? "the CSRs of the hypervisor extension are registers" "$(tail -2 said | tr '\n' ' ')"
	start --depth 2
	"${gdb[@]}" -ex "target remote :$port" -ex 'monitor steps' -ex kill "$hello" >said 2>&1
	finish
	first=$(sed -n 's/ machine steps$//p' said) # where the nested guest begins to be there
	start --depth 2
	"${gdb[@]}" -ex "target remote :$port" -ex 'info threads' -ex 'thread 1' -ex stepi \
		-ex 'monitor vms' -ex "monitor goto $first" -ex 'monitor define spp' -ex 'monitor nonsense' -ex kill "$hello" >said 2>&1
	finish
	grep -q 'g1/v0' said && grep -q '\* 2 .*g1.1/v0' said && grep -q '^g1.1 .* exits' said && grep -q "^$first machine steps" said &&
		grep -q 'monitor goto STEPS' said && grep -q 'SPP keeps' said
	verdict $? "each VCPU is a thread, the VMM's own too, and monitor tells of VMs and moments" "$(tail -3 said | tr '\n' ' ')"
	cat >session <<-END
		set confirm off
		set pagination off
		stepi 5
		set \$t6 = 0x1234
		set *(int *) 0x80400ff0 = 0x777
		stepi
		echo changed\n
		info registers pc t6
		print/x *(int *) 0x80400ff0
		reverse-stepi 3
		echo before\n
		info registers pc t6
		print/x *(int *) 0x80400ff0
		stepi 3
		echo again\n
		info registers pc t6
		print/x *(int *) 0x80400ff0
		set \$scause = 7
		info registers scause
		hbreak *0x400004
		continue
		stepi
		set \$scause = 0x77
		stepi
		echo its handler reads\n
		info registers pc t0
		kill
	END
	for how in "--depth 0" "--depth 1" "--depth 1 --vmm t32" "--depth 2" "--depth 1 --profile h --technique assist" \
		"--depth 1 --vmm t32 --profile h --technique assist" "--depth 2 --profile h --technique assist" \
		"--depth 2 --profile h --technique assist --enlightened" "--depth 1 --vmm t32 --profile h --technique assist-shadow"; do
		# shellcheck disable=SC2086
		start $how
		"${gdb[@]}" "$hello" -ex "target remote :$port" -x session >said 2>&1
		finish
		part() { sed -n "/^$1\$/,/^\\$/p" said | tail -n +2; }
		[ "$(part changed | sed 's/^\$[0-9]*//')" = "$(part again | sed 's/^\$[0-9]*//')" ] && part again | grep -q '^t6 .*0x1234' &&
			part again | grep -q '= 0x777' && part before | grep -q '^t6 *0x0' && ! part before | grep -q 0x777 &&
			grep -q '^scause *0x7' said && [ "$status" -eq 0 ]
		verdict $? "$how: a register and memory are changed, back they are what they were, and forward changed again" \
			"$(tail -4 said | tr '\n' ' ')"
		part 'its handler reads' | grep -q '^t0 *0x77'
		verdict $? "$how: the guest reads the CSR that was changed while it ran" "$(tail -4 said | tr '\n' ' ')"
	done
else
	echo "skip gdb: gdb-multiarch is not here"
fi

# ---- a peer that is not gdb
if command -v python3 >/dev/null; then
	cat >peer.py <<-'END'
		import random, socket, sys
		port, seed = int(sys.argv[1]), int(sys.argv[2])
		random.seed(seed)
		s = socket.create_connection(('127.0.0.1', port), timeout=200)
		s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		def packet(data): return b'$' + data + b'#%02x' % (sum(data) % 256)
		def send(data): s.sendall(packet(data))
		def receive():
		    got = b''
		    while not (len(got) > 3 and got[-3:-2] == b'#'):
		        byte = s.recv(1)
		        if not byte: return None
		        if byte == b'$': got = b''
		        got += byte
		    s.sendall(b'+')
		    return got[1:-3]
		words = [b'm', b'g', b'p', b'P', b'G', b'M', b'X', b'Z0,', b'z1,', b'Z9', b'vCont;', b'vCont;s:', b'vCont;q', b'H', b'Hg', b'T',
		         b'qXfer:features:read:', b'qXfer:features:read:target.xml:', b'qRcmd,', b'qThreadExtraInfo,', b's', b'bs', b'?', b'qC',
		         b'ffffffff', b'0', b'1', b',', b':', b';', b'-1', b'80400000', b'fffffffffffff', b'xyz', b'#', b'}', b'*', b'\xff\x00']
		for i in range(400):
		    data = b''.join(random.choice(words) for _ in range(random.randrange(1, 5))).replace(b'#', b'').replace(b'$', b'')
		    if data[:1] in (b'c', b'k', b'D') or data.startswith(b'vCont;c'): continue
		    if random.random() < .1: s.sendall(b'$damaged#00'); s.recv(1)
		    if random.random() < .02: data = data * 3000
		    if len(data) > 4096: continue
		    send(data)
		    if receive() is None: sys.exit('it went away after %r' % data)
		# X writes bytes as they are: 0, and those that it escapes
		text = b'\x00\x01#$}*\xff\x00'
		escaped = b''.join(b'}' + bytes([c ^ 0x20]) if c in b'#$}*' else bytes([c]) for c in text)
		send(b'X80400ff0,0:'); probe = receive()
		send(b'X80400ff0,8:' + escaped); done = receive()
		send(b'X80400ff0,9:' + escaped); short = receive()
		send(b'm80400ff0,8'); read = receive()
		if (probe, done, short, read) != (b'OK', b'OK', b'E01', text.hex().encode()): sys.exit('X: %r' % [probe, done, short, read])
		send(b'g')
		answer = receive()
		# threads and actions that are none move nothing
		send(b'qRcmd,' + b'steps'.hex().encode()); steps = receive()
		for bad in b'vCont;s:ffff', b'vCont;c:ffff', b'vCont;x', b'vCont;', b'vCont', b'vCont;s:1x', b'Hgffff', b'H', b'Hx1', b'pffff', b'p20x':
		    send(bad); told = receive()
		    if told != b'E01': sys.exit('%r: %r' % (bad, told))
		send(b'qRcmd,' + b'steps'.hex().encode())
		if receive() != steps: sys.exit('it moved')
		send(b'vKill;1')
		if receive() != b'OK': sys.exit('vKill')
		sys.exit(0 if answer and len(answer) == 33 * 8 else 'registers: %r' % answer)
	END
	failed=
	for seed in 1 2 3; do
		start --depth 1
		python3 peer.py "$port" $seed >said 2>&1 || failed="seed $seed: $(tail -1 said)"
		finish
		[ "$status" -eq 0 ] || failed="${failed:-status $status: $(tail -1 err)}"
	done
	[ -z "$failed" ]
	verdict $? "packets that mean nothing are answered, and the server lives on" "$failed"
	# A run of many steps: gdb goes back, and is asked to stop on the way. Later changes than can be kept are refused.
	printf '_start: lui sp, 0x80401\nagain: addi t0, t0, 1\n sw t0, -16(sp)\n j again\n' >loop.s
	cat >back.py <<-'END'
		exec(open('peer.py').read().split('words =')[0])
		def ask(data): send(data); return receive()
		def steps(): return int(bytes.fromhex(ask(b'qRcmd,' + b'steps'.hex().encode()).decode()).split()[0])
		def stopped(data): # Ctrl-C comes together with the packet, so it is there at the first look, however busy the host is
		    s.sendall(packet(data) + b'\x03'); return receive()
		halts = []
		while steps() < 1000000: halts.append(stopped(b'vCont;c')[:3])
		before = steps()
		ask(b'Z2,1000,4')
		halts.append(stopped(b'bc')[:3])
		if set(halts) != {b'T02'} or steps() != before: sys.exit('%r: %d, %d steps' % (halts, before, steps()))
		ask(b'z2,1000,4')
		if b'replaylog:begin' not in ask(b'bc') or steps() != 0: sys.exit('the beginning')
		said = set()
		for i in range(258):
		    said.add(ask(b'P1f=%08x' % i))
		    ask(b's')
		if said != {b'OK', [x for x in said if x.startswith(b'E.the run was changed at 256 moments')][0]}: sys.exit('%r' % said)
		last = ask(b'p1f')
		ask(b'bs'); ask(b's')
		if ask(b'p1f') != last: sys.exit('the refused change was made')
		ask(b'k')
	END
	hello=loop.s start
	timeout 300 python3 back.py "$port" 1 >said 2>&1
	verdict $? "Ctrl-C ends a way back where it began, and changes have a bound that is told" "$(tail -1 said)"
	kill "$pid" 2>/dev/null
	finish
	start --depth 1
	[ "$(awk -v port="$(printf ':%04X' "$port")" '$4 == "0A" && index($2, port) { print substr($2, 1, 8) }' /proc/net/tcp)" = 0100007F ]
	verdict $? "it listens on this machine alone" "$(cat /proc/net/tcp | head -3)"
	kill "$pid"
	finish
else
	echo "skip gdb: a peer that is not gdb: python3 is not here"
fi
"$trapeze" boot "$hello" --gdb 70000 >out 2>err
[ $? -eq 2 ] && grep -q -- '--gdb 70000' err
verdict $? "a port that cannot be is refused" "$(head -1 err)"
printf '%s\n' step 'gdb 70000' 'gdb many' quit | "$trapeze" run first-trap --plain --paused >out 2>err
[ "$(grep -c 'gdb: a port is a number from 1 to 65535' out)" -eq 2 ]
verdict $? "the dashboard's command refuses it, too" "$(cat out)"
