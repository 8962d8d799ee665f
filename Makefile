# trapeze: the only build file. Objects go to build/ (build-san/ under SAN=1), the program to ./trapeze.
# One library a folder, linked in the order of the dependency arrow: isa <- sim <- hypervisor <- scenarios <- ui.

CC      ?= gcc
# The compiler of the machine that builds: host tools (isa_gen, mkfs) run there, whatever CC builds for.
HOSTCC  ?= cc
BUILD   ?= $(if $(SAN),build-san,build)
TRAPEZE ?= $(if $(filter build,$(BUILD)),./trapeze,$(BUILD)/trapeze)
PREFIX  ?= /usr/local
OPT     ?= -O2
SANFLAGS = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
comma   := ,

CFLAGS  ?= $(OPT) -g
# Neighbours in a struct that are stored as one vector and soon loaded one by one make a processor wait: a trap does that.
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -I$(BUILD) $(CFLAGS) -fno-tree-slp-vectorize $(SANFLAGS) \
             $(shell pkg-config --cflags lua5.4 2>/dev/null) -MMD -MP
LIBS     = $(shell pkg-config --libs lua5.4 libcjson ncursesw panelw 2>/dev/null) -lfdt -lm

FOLDERS  = isa sim hypervisor scenarios ui
# Sources: every .c in a folder and the folders inside it, but for guest code and host tools.
sources  = $(filter-out isa/gen.c hypervisor/t32/% scenarios/guests/%,$(sort $(shell find $(1) -name '*.c')))
objects  = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
library  = $(BUILD)/lib$(1).a
ARCHIVES = $(foreach f,ui scenarios hypervisor sim isa,$(call library,$(f)))
MAIN     = $(BUILD)/ui/main.o

# The VMM's core: what every backend is linked with
VMM_CORE = $(wildcard hypervisor/*.c) isa/decode.c $(wildcard isa/arch/*.c isa/board/*.c)

TESTS    = $(wildcard tests/test_*.c)
SUITES   = $(patsubst tests/test_%.c,%,$(TESTS))
SCRIPTS  = $(wildcard tests/test_*.sh)

.PHONY: all guests golden help setup run test test-nested unit bench fuzz labs tour install uninstall clean
.DELETE_ON_ERROR:

all: $(TRAPEZE) guests ## build ./trapeze and the guests

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo 'CC=clang, OPT=-O0 and SAN=1 (sanitizers, in build-san/) change how it is built.'

setup:
	@.ci/setup

run: setup ## open the dashboard on scenarios/two-guests.lua
	@$(MAKE) --no-print-directory all
	@$(TRAPEZE) run scenarios/two-guests.lua

$(TRAPEZE): $(MAIN) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -o $@ $(MAIN) $(ARCHIVES) $(LIBS)

# ---- the instruction tables, expanded by a host tool from isa/*.def
GENERATED = $(BUILD)/isa_table.inc
$(BUILD)/isa_gen: isa/gen.c isa/isa.def
	@mkdir -p $(@D)
	$(HOSTCC) -std=c17 -Wall -Wextra -Werror -I. -O1 -o $@ isa/gen.c
$(GENERATED): $(BUILD)/isa_gen
	$(BUILD)/isa_gen > $@

# What every object was built with. The file changes when CC or a flag changes, and every object is then built again.
FLAGS = $(BUILD)/flags
$(FLAGS): FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
FORCE:

$(BUILD)/%.o: %.c $(FLAGS) | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

define folder_library
$(call library,$(1)): $(filter-out $(MAIN),$(call objects,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(AR) rcs --thin $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_library,$(f))))

# ---- tests: one CUnit suite a module (tests/test_<module>.c), and scripts that drive the program (tests/test_*.sh)
test: setup ## run every test
	@$(MAKE) --no-print-directory unit $(VMM_TESTS) $(PACK) $(HOSTILE) $(FUZZ) $(BENCH) all
	@TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/run $(BUILD)/tests/unit $(VMM_TESTS) $(HOSTILE) $(SCRIPTS)

test-nested: unit $(FUZZ) all ## the VMM's own guest tests, inside the VMM inside the VMM (minutes)
	@NESTED=full TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/run tests/test_nested.sh

unit: $(BUILD)/tests/unit

$(BUILD)/tests/suites.inc: $(TESTS)
	@mkdir -p $(@D)
	@printf 'SUITE(%s)\n' $(SUITES) > $@
$(BUILD)/tests/main.o: $(BUILD)/tests/suites.inc
TEST_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/*.c))
$(BUILD)/tests/unit: $(TEST_OBJECTS) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -o $@ $(TEST_OBJECTS) $(ARCHIVES) $(LIBS) -lcunit

# the VMM's core alone, on hardware that does what a script says (tests/vmm)
VMM_TESTS   = $(BUILD)/tests/vmm/run
VMM_SUITES  = $(patsubst tests/vmm/test_%.c,%,$(wildcard tests/vmm/test_*.c))
VMM_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/vmm/*.c) $(filter hypervisor/%,$(VMM_CORE)))
$(BUILD)/tests/vmm/suites.inc: $(wildcard tests/vmm/test_*.c)
	@mkdir -p $(@D)
	@printf 'SUITE(%s)\n' $(VMM_SUITES) > $@
$(BUILD)/tests/vmm/main.o: tests/main.c $(BUILD)/tests/vmm/suites.inc
	$(CC) $(ALL_CFLAGS) -DSUITES='"tests/vmm/suites.inc"' -c -o $@ $<
$(VMM_TESTS): $(BUILD)/tests/vmm/main.o $(VMM_OBJECTS) $(call library,isa)
	$(CC) $(ALL_CFLAGS) -o $@ $^ -lcunit

# what the VMM needs in memory on a board that is not ours (tests/qemu)
PACK = $(BUILD)/tests/qemu/pack
$(PACK): $(BUILD)/tests/qemu/pack.o $(foreach f,hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ -lfdt

# guests that mean harm, beside guests that do not (tests/hostile)
HOSTILE = $(BUILD)/hostile
$(HOSTILE): $(BUILD)/tests/hostile/main.o $(foreach f,scenarios hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

# ---- the fuzzer: random programs, bare and under the VMM (tests/fuzz)
FUZZ         = $(BUILD)/fuzz
FUZZ_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fuzz/*.c))
$(FUZZ): $(FUZZ_OBJECTS) $(foreach f,hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ -lfdt

N    ?= 10000
SEED ?= 1
fuzz: $(FUZZ) guests ## N random programs from SEED on at depth 1, N/5 at depth 2, N/50 at depth 3, under native and T32 VMMs; N/50 against QEMU
	@BUILD=$(BUILD) tests/fuzz/whole.sh $(N) $(SEED)

# ---- the benchmark: ours bare and under VMMs, beside QEMU (tests/bench); ARGS="--only traps", "--json"
BENCH         = $(BUILD)/bench
BENCH_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c))
$(BENCH): $(BENCH_OBJECTS) $(foreach f,scenarios hypervisor sim isa,$(call library,$(f)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)
bench: $(BENCH) all ## how fast it is, beside QEMU where that is installed
	@BUILD=$(BUILD) TRAPEZE=$(TRAPEZE) $(BENCH) $(ARGS)

# ---- guests: kernels for T32 and for QEMU's virt board, and the firmware that tests give QEMU. Built by clang and lld for riscv32,
# whatever the host's compiler and flags are.
GUESTS  = $(BUILD)/guests
GCC     = clang --target=riscv32-unknown-none-elf -march=rv32ima -mabi=ilp32 -mno-relax
GCFLAGS = -std=c17 -O2 -g -fdebug-compilation-dir=. -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-stack-protector -fno-common -I. -MMD -MP
GLD     = ld.lld -m elf32lriscv --no-relax --build-id=none -z norelro

guests: $(GUESTS)/hello.elf $(GUESTS)/kite.elf $(GUESTS)/kite.fs $(GUESTS)/shim.elf $(GUESTS)/vmm.elf ## build the guest kernels alone

$(GUESTS)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(GCC) $(GCFLAGS) -c -o $@ $<
$(GUESTS)/%.o: %.s Makefile
	@mkdir -p $(@D)
	$(GCC) -Wa,-I$(GUESTS) -c -o $@ $<

$(GUESTS)/hello.elf: $(GUESTS)/scenarios/guests/hello/hello.o scenarios/guests/guest.ld
	$(GLD) -T scenarios/guests/guest.ld -o $@ $<
$(GUESTS)/shim.elf: $(GUESTS)/tests/shim/start.o $(GUESTS)/tests/shim/shim.o tests/shim/shim.ld
	$(GLD) -T tests/shim/shim.ld -o $@ $(filter %.o,$^)

# kite: its programs, the volume that holds them, the kernel that brings the volume along
KITE          = scenarios/guests/kite
KITE_PROGRAMS = $(patsubst $(KITE)/user/%.c,%,$(filter-out %/lib.c,$(wildcard $(KITE)/user/*.c)))
KITE_FILES    = $(wildcard $(KITE)/files/*)
KITE_KERNEL   = $(sort $(patsubst %.c,$(GUESTS)/%.o,$(wildcard $(KITE)/kernel/*.c)) $(patsubst %.s,$(GUESTS)/%.o,$(wildcard $(KITE)/kernel/*.s)))
KITE_USER     = $(GUESTS)/$(KITE)/user
$(KITE_USER)/%.elf: $(KITE_USER)/start.o $(KITE_USER)/%.o $(KITE_USER)/lib.o $(GUESTS)/$(KITE)/kernel/text.o $(KITE)/user/user.ld
	$(GLD) -s -T $(KITE)/user/user.ld -o $@ $(filter %.o,$^)
$(GUESTS)/mkfs: $(KITE)/mkfs.c $(KITE)/volume.h
	@mkdir -p $(@D)
	$(HOSTCC) -std=c17 -Wall -Wextra -Werror -I. -O1 -o $@ $<
$(GUESTS)/kite.fs: $(GUESTS)/mkfs $(KITE_PROGRAMS:%=$(KITE_USER)/%.elf) $(KITE_FILES)
	$(GUESTS)/mkfs $@ $(foreach p,$(KITE_PROGRAMS),/bin/$(p)=$(KITE_USER)/$(p).elf) $(foreach f,$(KITE_FILES),/etc/$(notdir $(f))=$(f))
$(GUESTS)/$(KITE)/kernel/embedded.o: $(GUESTS)/kite.fs
$(GUESTS)/kite.elf: $(KITE_KERNEL) scenarios/guests/guest.ld
	$(GLD) -T scenarios/guests/guest.ld -o $@ $(filter %.o,$^)

# The VMM as T32 code: the core's own files, each as the host compiles them, on the T32 backend
VMM_T32  = $(wildcard hypervisor/t32/*.c hypervisor/t32/*.S)
VMM_OBJS = $(patsubst %,$(GUESTS)/t32/%.o,$(basename $(VMM_CORE) $(VMM_T32)))
$(GUESTS)/t32/%.o: %.c Makefile | $(GENERATED)
	@mkdir -p $(@D)
	$(GCC) $(GCFLAGS) -flto -fno-builtin -ffunction-sections -fdata-sections -I$(BUILD) -c -o $@ $<
$(GUESTS)/t32/%.o: %.S Makefile
	@mkdir -p $(@D)
	$(GCC) -I. -MMD -MP -c -o $@ $<
$(GUESTS)/vmm.elf: $(VMM_OBJS) hypervisor/t32/vmm.ld
	$(GLD) --gc-sections -T hypervisor/t32/vmm.ld -o $@ $(VMM_OBJS)
.SECONDARY:

labs: all ## check that each lab grades its solution and its wrong submissions as it should
	@TRAPEZE=$(TRAPEZE) BUILD=$(BUILD) tests/test_labs.sh

golden: unit ## write the golden screens of tests/golden anew; then read the difference
	@GOLDEN_WRITE=1 $(BUILD)/tests/unit views
	@git diff --stat tests/golden

tour: ## the code in the order to read it
	@.ci/tour

# The program finds these folders from where it lies itself (scenarios/host/folder.c). Solutions of labs stay here.
SHARE        = $(DESTDIR)$(PREFIX)/share/trapeze
GUEST_IMAGES = hello.elf kite.elf kite.fs shim.elf vmm.elf
install: all ## install to PREFIX (/usr/local), below DESTDIR if that is set
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/scenarios $(SHARE)/guests $(foreach l,$(wildcard labs/*/grade.lua),$(SHARE)/$(dir $(l)))
	install -m 755 $(TRAPEZE) $(DESTDIR)$(PREFIX)/bin/trapeze
	install -m 644 scenarios/README.md $(wildcard scenarios/*.lua) $(SHARE)/scenarios
	install -m 644 $(GUEST_IMAGES:%=$(GUESTS)/%) $(SHARE)/guests
	install -m 644 labs/README.md $(SHARE)/labs
	install -m 644 LICENSE $(SHARE)
	for lab in $(patsubst %/,%,$(dir $(wildcard labs/*/grade.lua))); do install -m 644 $$lab/README.md $$lab/grade.lua $(SHARE)/$$lab; done

uninstall: ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/trapeze $(SHARE)

clean: ## remove what was built
	rm -rf build build-* trapeze

# What each object depends on, as the compiler wrote it down when it made the object.
HOST_OBJECTS  = $(MAIN) $(foreach f,$(FOLDERS),$(call objects,$(f))) $(TEST_OBJECTS) $(BUILD)/tests/vmm/main.o $(VMM_OBJECTS) \
                $(BUILD)/tests/qemu/pack.o $(BUILD)/tests/hostile/main.o $(FUZZ_OBJECTS) $(BENCH_OBJECTS)
GUEST_OBJECTS = $(VMM_OBJS) $(KITE_KERNEL) $(patsubst %.c,$(GUESTS)/%.o,$(wildcard $(KITE)/user/*.c)) $(GUESTS)/tests/shim/shim.o
-include $(sort $(patsubst %.o,%.d,$(HOST_OBJECTS) $(GUEST_OBJECTS)))
