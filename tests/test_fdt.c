// The device tree against Linux's bindings and QEMU's `virt` board, read back with libfdt.
#include "sim/load/fdt.h"
#include "isa/board/board.h"
#include "tests/suite.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

static u8 *make(const struct fdt_description *d)
{
    u32 size = 0;
    u8 *tree = fdt_make(d, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
    CU_ASSERT_EQUAL(fdt_check_full(tree, size), 0);
    CU_ASSERT_EQUAL(size, fdt_totalsize(tree));
    return tree;
}

static const struct fdt_description plain = {
    .ram = 128 << 20, .harts = 2, .append = "init=/bin/sh", .initrd = 0x87000000, .initrd_size = 5};

static const void *property(const u8 *tree, const char *path, const char *name, int *bytes)
{
    int node = fdt_path_offset(tree, path);
    return node < 0 ? NULL : fdt_getprop(tree, node, name, bytes);
}

// The i-th cell of a property; a property that is not there is a failure.
static u32 cell(const u8 *tree, const char *path, const char *name, int i)
{
    int bytes = 0;
    const fdt32_t *cells = property(tree, path, name, &bytes);
    CU_ASSERT_FATAL(cells != NULL && bytes >= 4 * (i + 1));
    return fdt32_to_cpu(cells[i]);
}

static const char *text(const u8 *tree, const char *path, const char *name)
{
    const char *value = property(tree, path, name, NULL);
    return value ? value : "";
}

static void test_harts(void)
{
    for (u32 harts = 1; harts <= 8; harts++) {
        struct fdt_description d = plain;
        d.harts = harts;
        u8 *tree = make(&d);
        u32 found = 0;
        int node;
        fdt_for_each_subnode(node, tree, fdt_path_offset(tree, "/cpus")) found++;
        CU_ASSERT_EQUAL(found, harts);
        free(tree);
    }
    u8 *tree = make(&plain);
    CU_ASSERT_EQUAL(cell(tree, "/cpus", "timebase-frequency", 0), 10000000);
    CU_ASSERT_EQUAL(cell(tree, "/cpus/cpu@1", "reg", 0), 1);
    CU_ASSERT_STRING_EQUAL(text(tree, "/cpus/cpu@0", "mmu-type"), "riscv,sv32");
    CU_ASSERT_EQUAL(strncmp(text(tree, "/cpus/cpu@0", "riscv,isa"), "rv32ima_", 8), 0);
    CU_ASSERT_STRING_EQUAL(text(tree, "/cpus/cpu@0/interrupt-controller", "compatible"),
                           "riscv,cpu-intc");
    free(tree);
}

static void test_memory(void)
{
    u8 *tree = make(&plain);
    const u32 want[] = {0, BOARD_RAM, 0, 128 << 20};
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(cell(tree, "/memory@80000000", "reg", i), want[i]);
    free(tree);
}

static void test_chosen(void)
{
    u8 *tree = make(&plain);
    CU_ASSERT_STRING_EQUAL(text(tree, "/chosen", "bootargs"), "init=/bin/sh");
    CU_ASSERT_EQUAL(cell(tree, "/chosen", "linux,initrd-start", 0), 0x87000000);
    CU_ASSERT_EQUAL(cell(tree, "/chosen", "linux,initrd-end", 0), 0x87000005);
    const char *console = text(tree, "/chosen", "stdout-path");
    CU_ASSERT_STRING_EQUAL(text(tree, console, "compatible"), "ns16550a");
    free(tree);
    struct fdt_description bare = {.ram = 1 << 20, .harts = 1};
    tree = make(&bare);
    CU_ASSERT_PTR_NULL(property(tree, "/chosen", "bootargs", NULL));
    CU_ASSERT_PTR_NULL(property(tree, "/chosen", "linux,initrd-start", NULL));
    free(tree);
}

// Every device: a window that the board has, a source, and the PLIC as the parent.
static void test_devices(void)
{
    static const struct {
        const char *path, *compatible;
        u32 at, irq;
    } rows[] = {{"/soc/serial@10000000", "ns16550a", 0x10000000, 10},
                {"/soc/virtio_mmio@10001000", "virtio,mmio", 0x10001000, 1},
                {"/soc/virtio_mmio@10008000", "virtio,mmio", 0x10008000, 8},
                {"/soc/disk@10010000", "trapeze,pio-disk", 0x10010000, 11}};
    u8 *tree = make(&plain);
    u32 plic = cell(tree, "/soc/plic@c000000", "phandle", 0);
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_STRING_EQUAL(text(tree, rows[i].path, "compatible"), rows[i].compatible);
        CU_ASSERT_EQUAL(cell(tree, rows[i].path, "reg", 1), rows[i].at);
        CU_ASSERT(board_has(rows[i].at) &&
                  board_has(rows[i].at + cell(tree, rows[i].path, "reg", 3) - 1));
        CU_ASSERT_EQUAL(cell(tree, rows[i].path, "interrupts", 0), rows[i].irq);
        CU_ASSERT_EQUAL(cell(tree, rows[i].path, "interrupt-parent", 0), plic);
    }
    free(tree);
}

static void test_plic(void)
{
    u8 *tree = make(&plain);
    CU_ASSERT_EQUAL(cell(tree, "/soc/plic@c000000", "riscv,ndev", 0), 95);
    for (int hart = 0; hart < 2; hart++) { // context 2h+1 is the external interrupt of mode K
        u32 intc = cell(
            tree, hart ? "/cpus/cpu@1/interrupt-controller" : "/cpus/cpu@0/interrupt-controller",
            "phandle", 0);
        CU_ASSERT_EQUAL(cell(tree, "/soc/plic@c000000", "interrupts-extended", 4 * hart + 2), intc);
        CU_ASSERT_EQUAL(cell(tree, "/soc/plic@c000000", "interrupts-extended", 4 * hart + 3), 9);
    }
    free(tree);
}

static void test_power(void)
{
    u8 *tree = make(&plain);
    u32 test = cell(tree, "/soc/test@100000", "phandle", 0);
    CU_ASSERT_EQUAL(cell(tree, "/poweroff", "regmap", 0), test);
    CU_ASSERT_EQUAL(cell(tree, "/poweroff", "value", 0), 0x5555);
    CU_ASSERT_EQUAL(cell(tree, "/reboot", "regmap", 0), test);
    CU_ASSERT_EQUAL(cell(tree, "/reboot", "value", 0), 0x7777);
    free(tree);
}

static void test_same(void)
{
    u8 *a = make(&plain), *b = make(&plain);
    CU_ASSERT_EQUAL(memcmp(a, b, fdt_totalsize(a)), 0);
    free(b);
    struct fdt_description other = plain;
    other.adue = true;
    b = make(&other);
    CU_ASSERT_STRING_EQUAL(text(a, "/cpus/cpu@0", "riscv,isa"),
                           "rv32ima_zicsr_zifencei_sstc_svade");
    CU_ASSERT_STRING_EQUAL(text(b, "/cpus/cpu@0", "riscv,isa"), "rv32ima_zicsr_zifencei_sstc");
    free(a);
    free(b);
}

static void test_long_arguments(void)
{
    static char append[60000];
    memset(append, 'a', sizeof append - 1);
    struct fdt_description d = plain;
    d.append = append;
    u8 *tree = make(&d);
    CU_ASSERT_STRING_EQUAL(text(tree, "/chosen", "bootargs"), append);
    free(tree);
}

const struct suite suite_fdt = {
    "fdt", (const struct test[]){{"there is a node for each hart", test_harts},
                                 {"memory is all of RAM", test_memory},
                                 {"chosen has arguments, initrd and console, or not", test_chosen},
                                 {"devices are where the board has them", test_devices},
                                 {"the PLIC is wired to each hart's mode K", test_plic},
                                 {"poweroff and reboot name the test device", test_power},
                                 {"the same description makes the same bytes", test_same},
                                 {"long boot arguments fit", test_long_arguments},
                                 {0}}};
