# trapeze: the only build file. Objects go to build/ (to build-san/ with SAN=1), the program is ./trapeze.
# Each folder is one library. They are linked in the order of the dependency arrow: isa <- sim <- hypervisor <- scenarios <- ui.

# CC builds the program. HOSTCC builds the tools that run during the build, so it always builds for this machine.
# `make CC=aarch64-linux-gnu-gcc` builds for another machine; CROSS is then the prefix of that machine's tools.
HOSTCC  ?= cc
CROSS   := $(patsubst %gcc,%,$(filter %-gcc,$(CC)))
BUILD   ?= $(if $(SAN),build-san,build)
TRAPEZE ?= $(if $(filter build,$(BUILD)),./trapeze,$(BUILD)/trapeze)
PREFIX  ?= /usr/local
OPT     ?= -O2
CFLAGS  ?= $(OPT) -g
comma   := ,
SANFLAGS = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
ifeq ($(origin AR),default)
AR       = $(CROSS)ar
endif
# Debian keeps the libraries of each kind of machine in a folder of their own.
PKG_CONFIG ?= $(if $(CROSS),PKG_CONFIG_LIBDIR=/usr/lib/$(CROSS:%-=%)/pkgconfig:/usr/share/pkgconfig) pkg-config
LUA_CFLAGS := $(shell $(PKG_CONFIG) --cflags lua5.4 2>/dev/null)
LIBS       := $(shell $(PKG_CONFIG) --libs lua5.4 libcjson ncursesw panelw 2>/dev/null) -lfdt -lnettle -ldw -lelf -lm

VERSION    := $(shell sed -n 's/^#define TRAPEZE_VERSION "\(.*\)"/\1/p' ui/command/options.h)

# -fno-tree-slp-vectorize: without it the compiler stores two neighbours of a struct as one vector. A trap loads them
# one by one soon after, and the processor then waits for the store.
WARNINGS    = -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror
ALL_CFLAGS  = $(WARNINGS) -I. -I$(BUILD) $(CFLAGS) -fno-tree-slp-vectorize $(SANFLAGS) $(LUA_CFLAGS) -MMD -MP
HOST_CFLAGS = $(WARNINGS) -I. -O1 -MMD -MP

FOLDERS  = isa sim hypervisor scenarios ui
# The sources of the libraries: every .c file but guest code and the tools of the build.
TOOLS   := isa/gen.c ui/command/gen.c
SOURCES := $(filter-out $(TOOLS) hypervisor/t32/% scenarios/guests/%,$(sort $(shell find $(FOLDERS) -name '*.c')))
MAIN     = $(BUILD)/ui/main.o
objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
library  = $(BUILD)/lib$(1).a
members  = $(filter-out $(MAIN),$(call objects,$(filter $(1)/%,$(SOURCES))))
ARCHIVES = $(foreach f,ui scenarios hypervisor sim isa,$(call library,$(f)))

# The VMM's core: every backend is linked with it.
VMM_CORE := $(wildcard hypervisor/*.c) isa/decode.c $(wildcard isa/arch/*.c isa/board/*.c)

TESTS   := $(wildcard tests/test_*.c)
SCRIPTS := $(wildcard tests/test_*.sh)

.PHONY: all guests docs golden help setup run test test-programs test-nested unit bench fuzz fuzz-inputs mutants labs tour handout gradescope classroom50 install uninstall dist deb \
        check-deb check-arm64 check-linux clean FORCE
.DELETE_ON_ERROR:

all: $(TRAPEZE) guests docs ## build ./trapeze, the guest kernels, the man page and the completions

help: ## show this list
	@echo 'make TARGET, where TARGET is one of:'
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile
	@echo 'These settings change how it is built:'
	@echo '  CC=clang     another compiler; CC=aarch64-linux-gnu-gcc builds for another machine'
	@echo '  OPT=-O0      another optimization (-O2)'
	@echo '  SAN=1        the address and undefined-behaviour sanitizers; objects then go to build-san/'
	@echo '  PREFIX=/opt  where install puts things (/usr/local); DESTDIR=DIR stands before it'

setup:
	@.ci/setup

run: setup ## open the dashboard on scenarios/two-guests.lua
	@$(MAKE) --no-print-directory all
	@$(TRAPEZE) run scenarios/two-guests.lua

# ---- what a target was made with and made of
# $(call remember,FILE,TEXT) keeps the text in a file below $(BUILD). The file is written again only when the text
# changes, and what depends on the file is then made again: objects when a compiler or a flag changes, a library when a
# source comes or goes.
differs  = $(subst x$(strip $(2)),,x$(strip $(file <$(1))))$(if $(wildcard $(1)),,new)
remember = $(if $(call differs,$(1),$(2)),$(eval $(1): FORCE ; @mkdir -p $$(@D) && echo '$(strip $(2))' > $$@))
FORCE:

FLAGS      := $(BUILD)/flags
HOST_FLAGS := $(BUILD)/host-flags
$(call remember,$(FLAGS),$(CC) $(ALL_CFLAGS))
$(call remember,$(HOST_FLAGS),$(HOSTCC) $(HOST_CFLAGS))
$(foreach f,$(FOLDERS),$(call remember,$(BUILD)/$(f).list,$(call members,$(f))))

$(TRAPEZE): $(MAIN) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -o $@ $(MAIN) $(ARCHIVES) $(LIBS)

$(BUILD)/%.o: %.c $(FLAGS) | $(BUILD)/isa_table.inc
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

define folder_library
$(call library,$(1)): $(call members,$(1)) $(BUILD)/$(1).list
	@rm -f $$@
	$$(AR) rcs --thin $$@ $$(filter %.o,$$^)
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_library,$(f))))

# ---- tools of the build
$(BUILD)/host/%.o: %.c $(HOST_FLAGS)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) -c -o $@ $<

# the instruction tables, made from isa/*.def
$(BUILD)/isa_gen: $(BUILD)/host/isa/gen.o
	$(HOSTCC) -o $@ $^
$(BUILD)/isa_table.inc: $(BUILD)/isa_gen
	$(BUILD)/isa_gen > $@

# the manual page and the completions, made from ui/command/table.c
$(BUILD)/command_gen: $(BUILD)/host/ui/command/gen.o $(BUILD)/host/ui/command/table.o
	$(HOSTCC) -o $@ $^
DOCS = $(BUILD)/docs/trapeze.1 $(BUILD)/docs/trapeze.bash $(BUILD)/docs/_trapeze
docs: $(DOCS)
$(BUILD)/docs/trapeze.1: WRITE = man
$(BUILD)/docs/trapeze.bash: WRITE = bash
$(BUILD)/docs/_trapeze: WRITE = zsh
$(DOCS): $(BUILD)/command_gen
	@mkdir -p $(@D)
	$(BUILD)/command_gen $(WRITE) > $@

# ---- tests: a CUnit suite for each module (tests/test_<module>.c), and scripts that drive the program (tests/test_*.sh)
test: test-programs ## run every test
	@TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/run $(BUILD)/tests/unit $(VMM_TESTS) $(HOSTILE) $(SCRIPTS)

test-programs: setup ## build every test program, and run none
	@$(MAKE) --no-print-directory unit $(VMM_TESTS) $(PACK) $(HOSTILE) $(FUZZ) $(INPUTS) $(BENCH) all

test-nested: unit $(FUZZ) all ## run the VMM's own guest tests in a VMM in a VMM (takes minutes)
	@NESTED=full TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/run tests/test_nested.sh

unit: $(BUILD)/tests/unit

# suites.inc names the suites of a test program, a line each.
suites = $(foreach t,$(1),SUITE($(patsubst test_%,%,$(basename $(notdir $(t))))))
$(call remember,$(BUILD)/tests/suites.inc,$(call suites,$(TESTS)))
$(BUILD)/tests/main.o: $(BUILD)/tests/suites.inc
TEST_OBJECTS := $(call objects,$(wildcard tests/*.c))
$(BUILD)/tests/unit: $(TEST_OBJECTS) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -o $@ $(TEST_OBJECTS) $(ARCHIVES) $(LIBS) -lcunit

# the VMM's core alone, on hardware that does what a script says (tests/vmm)
VMM_TESTS    = $(BUILD)/tests/vmm/run
VMM_OBJECTS := $(call objects,$(wildcard tests/vmm/*.c) $(filter hypervisor/%,$(VMM_CORE)))
$(call remember,$(BUILD)/tests/vmm/suites.inc,$(call suites,$(wildcard tests/vmm/test_*.c)))
$(BUILD)/tests/vmm/main.o: tests/main.c $(FLAGS) $(BUILD)/tests/vmm/suites.inc
	$(CC) $(ALL_CFLAGS) -DSUITES='"tests/vmm/suites.inc"' -c -o $@ $<
$(VMM_TESTS): $(BUILD)/tests/vmm/main.o $(VMM_OBJECTS) $(call library,isa)
	$(CC) $(ALL_CFLAGS) -o $@ $^ -lcunit

# what the VMM needs in memory on a board that is not ours (tests/qemu)
PACK = $(BUILD)/tests/qemu/pack
$(PACK): $(BUILD)/tests/qemu/pack.o $(foreach f,hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ -lfdt -ldw -lelf

# guests that mean harm, beside guests that do not (tests/hostile)
HOSTILE = $(BUILD)/hostile
$(HOSTILE): $(BUILD)/tests/hostile/main.o $(foreach f,scenarios hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

# ---- the fuzzer: random programs, bare and under the VMM (tests/fuzz)
FUZZ          = $(BUILD)/fuzz
FUZZ_OBJECTS := $(call objects,$(wildcard tests/fuzz/*.c))
$(FUZZ): $(FUZZ_OBJECTS) $(foreach f,scenarios hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

N    ?= 10000
SEED ?= 1
fuzz: $(FUZZ) unit guests ## run N random programs (10000) bare and under VMMs, from SEED (1) on; tests/README.md says more
	@BUILD=$(BUILD) tests/fuzz/whole.sh $(N) $(SEED)

# ---- inputs that nobody vouches for (tests/fuzz/inputs): INPUTS tries those that are there, INPUT_FUZZER makes more
INPUTS         = $(BUILD)/inputs
INPUT_FUZZER   = build-inputs/inputs-libfuzzer
INPUT_TARGETS := $(filter-out %/libfuzzer.c %/replay.c,$(wildcard tests/fuzz/inputs/*.c))
INPUT_OBJECTS := $(call objects,$(INPUT_TARGETS))
INPUT_REPLAY  := $(call objects,tests/fuzz/inputs/replay.c)
INPUT_LIBFUZZER := $(call objects,tests/fuzz/inputs/libfuzzer.c)
$(INPUTS): $(INPUT_OBJECTS) $(INPUT_REPLAY) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/inputs-libfuzzer: $(INPUT_OBJECTS) $(INPUT_LIBFUZZER) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

SECONDS ?= 60
INPUT   ?= image assembly script answers recording debugger keys
fuzz-inputs: all ## give damaged files, scripts, answers, packets and keys to their readers, each for SECONDS (60); INPUT=script: one
	@.ci/setup libclang-rt-14-dev:$$(clang -print-resource-dir)/include/fuzzer/FuzzedDataProvider.h
	@$(MAKE) --no-print-directory BUILD=build-inputs CC=clang OPT=-O1 SAN=1 \
	    SANFLAGS='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' $(INPUT_FUZZER)
	@TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/fuzz/inputs/fuzz.sh $(INPUT_FUZZER) $(SECONDS) $(INPUT)

# ---- seeded bugs: does a test notice each of them? (tests/mutants)
ONLY ?=
mutants: all unit $(VMM_TESTS) $(FUZZ) $(HOSTILE) ## plant each seeded bug of tests/mutants in a copy, and name those that no test notices; ONLY="gmem-*", JOBS=2
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/mutants/run $(ONLY)

# ---- the benchmark: ours bare and under VMMs, beside QEMU (tests/bench); ARGS="--only traps", "--json"
BENCH          = $(BUILD)/bench
BENCH_OBJECTS := $(call objects,$(wildcard tests/bench/*.c))
$(BENCH): $(BENCH_OBJECTS) $(foreach f,ui scenarios hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)
# kite in guest mode, in the smallest VMM for the hypervisor extension
H_MONITOR = $(BUILD)/tests/h/monitor.elf
$(H_MONITOR): $(wildcard tests/h/*) $(BUILD)/guests/kite.elf
	@mkdir -p $(@D)
	tests/h/build.sh $(BUILD)/guests/kite.elf $@
bench: $(BENCH) all $(H_MONITOR) ## measure how fast it is, beside QEMU where that is installed
	@BUILD=$(BUILD) TRAPEZE=$(TRAPEZE) $(BENCH) $(ARGS)

# ---- guests: kernels for T32 and for QEMU's virt board, and the firmware that tests give QEMU. clang and lld build them
# for riscv32, whatever the compiler and the flags of the program are.
GUESTS  = $(BUILD)/guests
GCC     = clang --target=riscv32-unknown-none-elf -march=rv32ima -mabi=ilp32 -mno-relax
GCFLAGS = -std=c17 -O2 -g -fdebug-compilation-dir=. -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-stack-protector \
          -fno-common -I. -MMD -MP
GLD     = ld.lld -m elf32lriscv --no-relax --build-id=none -z norelro
GUEST_FLAGS := $(GUESTS)/flags
$(call remember,$(GUEST_FLAGS),$(GCC) $(GCFLAGS) $(GLD))

GUEST_IMAGES = hello.elf kite.elf kite.fs shim.elf vmm.elf
guests: $(GUEST_IMAGES:%=$(GUESTS)/%) ## build the guest kernels alone

$(GUESTS)/%.o: %.c $(GUEST_FLAGS)
	@mkdir -p $(@D)
	$(GCC) $(GCFLAGS) -c -o $@ $<
$(GUESTS)/%.o: %.s $(GUEST_FLAGS)
	@mkdir -p $(@D)
	$(GCC) -Wa,-I$(GUESTS) -c -o $@ $<

$(GUESTS)/hello.elf: $(GUESTS)/scenarios/guests/hello/hello.o scenarios/guests/guest.ld
	$(GLD) -T scenarios/guests/guest.ld -o $@ $<
$(GUESTS)/shim.elf: $(GUESTS)/tests/shim/start.o $(GUESTS)/tests/shim/shim.o tests/shim/shim.ld
	$(GLD) -T tests/shim/shim.ld -o $@ $(filter %.o,$^)

# kite: its programs, the volume that holds them, the kernel that brings the volume along
KITE           = scenarios/guests/kite
KITE_PROGRAMS := $(patsubst $(KITE)/user/%.c,%,$(filter-out %/lib.c,$(wildcard $(KITE)/user/*.c)))
KITE_FILES    := $(wildcard $(KITE)/files/*)
KITE_KERNEL   := $(patsubst %,$(GUESTS)/%.o,$(basename $(wildcard $(KITE)/kernel/*.c $(KITE)/kernel/*.s)))
KITE_USER      = $(GUESTS)/$(KITE)/user
$(call remember,$(GUESTS)/kite.list,$(KITE_PROGRAMS) $(KITE_FILES) $(KITE_KERNEL))
$(KITE_PROGRAMS:%=$(KITE_USER)/%.elf): $(KITE_USER)/%.elf: $(KITE_USER)/start.o $(KITE_USER)/%.o \
    $(KITE_USER)/lib.o $(GUESTS)/$(KITE)/kernel/text.o $(KITE)/user/user.ld
	$(GLD) -s -T $(KITE)/user/user.ld -o $@ $(filter %.o,$^)
$(GUESTS)/mkfs: $(BUILD)/host/$(KITE)/mkfs.o
	$(HOSTCC) -o $@ $^
$(GUESTS)/kite.fs: $(GUESTS)/mkfs $(KITE_PROGRAMS:%=$(KITE_USER)/%.elf) $(KITE_FILES) $(GUESTS)/kite.list
	$(GUESTS)/mkfs $@ $(foreach p,$(KITE_PROGRAMS),/bin/$(p)=$(KITE_USER)/$(p).elf) \
	    $(foreach f,$(KITE_FILES),/etc/$(notdir $(f))=$(f))
$(GUESTS)/$(KITE)/kernel/embedded.o: $(GUESTS)/kite.fs
$(GUESTS)/kite.elf: $(KITE_KERNEL) scenarios/guests/guest.ld $(GUESTS)/kite.list
	$(GLD) -T scenarios/guests/guest.ld -o $@ $(KITE_KERNEL)

# The VMM as T32 code: the core's own files, compiled as the host compiles them, on the T32 backend
VMM_T32  := $(wildcard hypervisor/t32/*.c hypervisor/t32/*.S)
VMM_OBJS := $(patsubst %,$(GUESTS)/t32/%.o,$(basename $(VMM_CORE) $(VMM_T32)))
VMM_CFLAGS = -flto -fno-builtin -ffunction-sections -fdata-sections -I$(BUILD)
VMM_FLAGS  = $(GUESTS)/vmm.flags
$(call remember,$(VMM_FLAGS),$(VMM_CFLAGS))
$(call remember,$(GUESTS)/vmm.list,$(VMM_OBJS))
$(GUESTS)/t32/%.o: %.c $(GUEST_FLAGS) $(VMM_FLAGS) | $(BUILD)/isa_table.inc
	@mkdir -p $(@D)
	$(GCC) $(GCFLAGS) $(VMM_CFLAGS) -c -o $@ $<
$(GUESTS)/t32/%.o: %.S $(GUEST_FLAGS)
	@mkdir -p $(@D)
	$(GCC) -I. -MMD -MP -c -o $@ $<
$(GUESTS)/vmm.elf: $(VMM_OBJS) hypervisor/t32/vmm.ld $(GUESTS)/vmm.list
	$(GLD) --gc-sections -T hypervisor/t32/vmm.ld -o $@ $(VMM_OBJS)

# A lab in C builds a student's files into a VMM that is given otherwise. They have a room there: objects that are left
# out because the student's files take their place. For each room (build = "ROOM" in a lab.lua) the grader gets the
# headers, the rest of the VMM as an archive, and the names that the rest needs of the room (scenarios/grade/build.h).
ROOM_shadow   := hypervisor/shadow
ROOM_schedule := hypervisor/schedule hypervisor/rules
ROOM_emulate  := hypervisor/emulate isa/arch/csr isa/arch/hart isa/arch/house
ROOM_devices  := isa/board/pio isa/board/virtio
ROOM_lend     := hypervisor/t32/lend_guest
LAB_ROOMS     := shadow schedule emulate devices lend
# A room may have headers of its own, which hide what the student is to write, and names that they only declare. The
# objects that include such a header are then made again.
ROOM_HEADERS_emulate := labs/02-emulate/give
ROOM_NAMES_emulate   := trap_enter trap_return
ROOM_AGAIN_emulate   := hypervisor/vcpu isa/arch/h_trap
LAB_HEADERS   := $(shell find isa hypervisor -name '*.h' -o -name '*.def' | grep -v '^hypervisor/native')
MUTANTS       := labs/03-break-the-vmm/mutants
LAB_MUTANTS   := $(patsubst $(MUTANTS)/%.sed,$(GUESTS)/labs/mutants/%.elf,$(wildcard $(MUTANTS)/*.sed))
LABS_GIVEN    := $(LAB_ROOMS:%=$(GUESTS)/labs/%/rest.a)
guests: $(LABS_GIVEN) $(LAB_MUTANTS)
room_objects   = $(ROOM_$(1):%=$(GUESTS)/t32/%.o)
room_again     = $(ROOM_AGAIN_$(1):%=$(GUESTS)/rooms/$(1)/%.o)
room_rest      = $(filter-out $(call room_objects,$(1)) $(ROOM_AGAIN_$(1):%=$(GUESTS)/t32/%.o),$(VMM_OBJS)) $(call room_again,$(1))
define room_rules
$(GUESTS)/labs/$(1)/rest.a: $(call room_again,$(1)) $(shell find $(ROOM_HEADERS_$(1)) -name '*.h' 2>/dev/null)
$(GUESTS)/rooms/$(1)/%.o: %.c $(GUEST_FLAGS) | $(BUILD)/isa_table.inc
	@mkdir -p $$(@D)
	$(GCC) -I$(ROOM_HEADERS_$(1)) $(GCFLAGS) $(VMM_CFLAGS) -c -o $$@ $$<
endef
$(foreach r,$(LAB_ROOMS),$(if $(ROOM_AGAIN_$(r)),$(eval $(call room_rules,$(r)))))
$(LABS_GIVEN): $(GUESTS)/labs/%/rest.a: $(VMM_OBJS) $(LAB_HEADERS) hypervisor/t32/vmm.ld Makefile
	@rm -rf $(@D) && mkdir -p $(@D)/include
	@for header in $(LAB_HEADERS); do install -D -m 644 $$header $(@D)/include/$$header || exit; done
	$(if $(ROOM_HEADERS_$*),@cp -R $(ROOM_HEADERS_$*)/. $(@D)/include)
	@install -m 644 hypervisor/t32/vmm.ld $(@D)/vmm.ld
	llvm-ar rcs $@ $(call room_rest,$*)
	@llvm-nm --undefined-only --format=just-symbols $(call room_rest,$*) | sort -u > $(@D)/needed
	@{ llvm-nm --defined-only --extern-only --format=just-symbols $(call room_objects,$*); printf '%s\n' $(ROOM_NAMES_$*); } | \
	    sort -u | comm -12 - $(@D)/needed | grep . > $(@D)/symbols
	@rm $(@D)/needed

# VMMs with one error each: the edit's first line names the file that it changes.
$(GUESTS)/labs/mutants/%.elf: $(MUTANTS)/%.sed $(VMM_OBJS) hypervisor/t32/vmm.ld
	@mkdir -p $(@D)
	-@file=$$(sed -n '1s/^# \([^ ]*\)\.c .*/\1/p' $<) && sed -f $< $$file.c >$(@D)/$*.c && ! cmp -s $$file.c $(@D)/$*.c && \
	$(GCC) $(filter-out -MMD -MP,$(GCFLAGS)) $(VMM_CFLAGS) -c -o $(@D)/$*.o $(@D)/$*.c && \
	$(GLD) --gc-sections -T hypervisor/t32/vmm.ld -o $@ $(@D)/$*.o $$(echo $(VMM_OBJS) | tr ' ' '\n' | grep -vx "$(GUESTS)/t32/$$file.o") && \
	rm $(@D)/$*.o $(@D)/$*.c

# ---- the rest
labs: all ## check that each lab grades its solution and its wrong submissions as it should; TEACHERS=DIR: they are in DIR/LAB
	@LABS=full TEACHERS="$(TEACHERS)" TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/test_labs.sh
	@LABS=full TEACHERS="$(TEACHERS)" TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/test_lab_checks.sh

handout: all ## the handout of a lab, LAB=04-shadow; with ROSTER=FILE SECRET=FILE one for each student, to build/handout/
	@TRAPEZE=$(TRAPEZE) labs/handout "$(LAB)" $(BUILD)/handout "$(ROSTER)" "$(SECRET)"
gradescope: dist ## the autograder of a lab, LAB=04-shadow [SECRET=FILE], as build/gradescope-LAB.zip
	@labs/gradescope "$(LAB)" $(BUILD)/trapeze-$(VERSION).tar.gz $(BUILD)/gradescope-$(LAB).zip "$(SECRET)"

classroom50: dist ## the autograder of a lab for Classroom 50, LAB=04-shadow, as build/classroom50-LAB.tar.gz
	@labs/classroom50 "$(LAB)" $(BUILD)/trapeze-$(VERSION).tar.gz $(BUILD)/classroom50-$(LAB).tar.gz

golden: unit ## write the golden screens of tests/golden again; then read the difference
	@GOLDEN_WRITE=1 $(BUILD)/tests/unit views lesson_screens looks story guest_mode
	@git diff --stat tests/golden

tour: ## list the code in the order to read it
	@.ci/tour

# ---- installing
# The program finds these folders from where it lies itself (scenarios/host/folder.c). What shows the answers of a lab
# is not installed.
SHARE    = $(DESTDIR)$(PREFIX)/share
SHARED  := LICENSE scenarios/README.md scenarios/compare/nano.s $(wildcard scenarios/*.lua scenarios/*/*.lua) \
           $(shell find labs -type f ! -path '*/solution/*' ! -path '*/right/*' ! -path '*/wrong/*' \
             ! -path '*/mutants/*' ! -name expected.txt ! -name checks.txt)
INSTALL  = install -D -m 644
install: all ## install to PREFIX (/usr/local), below DESTDIR if that is set
	install -D -m 755 $(TRAPEZE) $(DESTDIR)$(PREFIX)/bin/trapeze
	for file in $(SHARED); do $(INSTALL) $$file $(SHARE)/trapeze/$$file || exit; done
	for file in $$(cd $(GUESTS) && find labs -type f); do $(INSTALL) $(GUESTS)/$$file $(SHARE)/trapeze/guests/$$file || exit; done
	for image in $(GUEST_IMAGES); do $(INSTALL) $(GUESTS)/$$image $(SHARE)/trapeze/guests/$$image || exit; done
	$(INSTALL) $(BUILD)/docs/trapeze.1 $(SHARE)/man/man1/trapeze.1
	$(INSTALL) $(BUILD)/docs/trapeze.bash $(SHARE)/bash-completion/completions/trapeze
	$(INSTALL) $(BUILD)/docs/_trapeze $(SHARE)/zsh/site-functions/_trapeze

uninstall: ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/trapeze $(SHARE)/trapeze $(SHARE)/man/man1/trapeze.1 \
	    $(SHARE)/bash-completion/completions/trapeze $(SHARE)/zsh/site-functions/_trapeze

# ---- packing
dist: ## pack the sources as build/trapeze-VERSION.tar.gz; the same sources give the same bytes
	@.ci/dist $(BUILD) $(VERSION)

deb: all ## pack build/trapeze_VERSION_ARCHITECTURE.deb for Debian
	@$(MAKE) --no-print-directory install DESTDIR=$(BUILD)/deb PREFIX=/usr >/dev/null
	@.ci/deb $(BUILD) $(VERSION)

check-deb: deb ## install the .deb in a fresh Debian below build/ and use it there (as root)
	@.ci/check-deb $(BUILD) $(VERSION)

check-arm64: ## build for arm64 and run the tests there under qemu-user (needs Debian's packages; takes minutes)
	@.ci/check-arm64

check-linux: ## build Linux and boot it at depth 0 to 3 (needs Debian's source of Linux; takes minutes)
	@.ci/check-linux

clean: ## remove everything that was built
	rm -rf build build-* trapeze

# ---- what each object was made of, as the compiler wrote it down
HOST_OBJECTS  = $(call objects,$(SOURCES)) $(TEST_OBJECTS) $(BUILD)/tests/vmm/main.o $(VMM_OBJECTS) \
                $(BUILD)/tests/qemu/pack.o $(BUILD)/tests/hostile/main.o $(FUZZ_OBJECTS) $(BENCH_OBJECTS) \
                $(INPUT_OBJECTS) $(INPUT_REPLAY) $(INPUT_LIBFUZZER)
TOOL_OBJECTS  = $(patsubst %.c,$(BUILD)/host/%.o,$(TOOLS) ui/command/table.c $(KITE)/mkfs.c)
GUEST_OBJECTS = $(VMM_OBJS) $(foreach r,$(LAB_ROOMS),$(call room_again,$(r))) $(KITE_KERNEL) $(patsubst %.c,$(GUESTS)/%.o,$(wildcard $(KITE)/user/*.c)) $(GUESTS)/tests/shim/shim.o
-include $(sort $(patsubst %.o,%.d,$(HOST_OBJECTS) $(TOOL_OBJECTS) $(GUEST_OBJECTS)))
