// The device tree of fdt.h, written node after node with the sequential writer of libfdt. We keep
// the first error and check it at the end. The only error there can be is a buffer that is too
// small.
#include "sim/load/fdt.h"
#include "isa/board/board.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Handles by which nodes name each other.
enum { HANDLE_PLIC = 1, HANDLE_TEST = 2, HANDLE_CPU = 16, HANDLE_CPU_INTC = 32 };

enum { IRQ_EXTERNAL_M = 11, IRQ_EXTERNAL_K = 9 };

// The crystal of the first PCs' serial ports, in Hz. A divisor has no effect on our UART.
#define UART_CLOCK 3686400

// The blob that is being written, and the first error.
struct writer {
    void *blob;
    int error;
};

static void note_error(struct writer *w, int error)
{
    if (!w->error)
        w->error = error;
}

static void begin(struct writer *w, const char *name, u32 unit)
{
    char full[40];
    snprintf(full, sizeof full, "%s@%x", name, (unsigned)unit);
    note_error(w, fdt_begin_node(w->blob, full));
}

static void begin_plain(struct writer *w, const char *name)
{
    note_error(w, fdt_begin_node(w->blob, name));
}

static void end(struct writer *w)
{
    note_error(w, fdt_end_node(w->blob));
}

static void cell(struct writer *w, const char *name, u32 value)
{
    note_error(w, fdt_property_u32(w->blob, name, value));
}

static void cells(struct writer *w, const char *name, const u32 *values, u32 count)
{
    void *to = NULL;
    note_error(w, fdt_property_placeholder(w->blob, name, (int)(count * sizeof(fdt32_t)), &to));
    for (u32 i = 0; to && !w->error && i < count; i++)
        ((fdt32_t *)to)[i] = cpu_to_fdt32(values[i]);
}

static void text(struct writer *w, const char *name, const char *value)
{
    note_error(w, fdt_property_string(w->blob, name, value));
}

// Several strings in one property. `size` counts their closing zeroes.
static void texts(struct writer *w, const char *name, const char *values, size_t size)
{
    note_error(w, fdt_property(w->blob, name, values, (int)size));
}

static void flag(struct writer *w, const char *name)
{
    note_error(w, fdt_property(w->blob, name, NULL, 0));
}

static void reg(struct writer *w, u32 at, u32 size)
{
    cells(w, "reg", (const u32[]){0, at, 0, size}, 4);
}

// ---- nodes

static void write_cpus(struct writer *w, const struct fdt_description *d)
{
    char isa[64];
    begin_plain(w, "cpus");
    cell(w, "#address-cells", 1);
    cell(w, "#size-cells", 0);
    cell(w, "timebase-frequency", FDT_TIMEBASE);
    for (u32 i = 0; i < d->harts; i++) {
        begin(w, "cpu", i);
        cell(w, "phandle", HANDLE_CPU + i);
        text(w, "device_type", "cpu");
        cell(w, "reg", i);
        text(w, "status", "okay");
        text(w, "compatible", "riscv");
        snprintf(isa, sizeof isa, "rv32ima%s_zicsr_zifencei_sstc%s", d->h ? "h" : "",
                 d->adue ? "" : "_svade");
        text(w, "riscv,isa", isa);
        text(w, "mmu-type", "riscv,sv32");
        begin_plain(w, "interrupt-controller");
        cell(w, "#interrupt-cells", 1);
        flag(w, "interrupt-controller");
        text(w, "compatible", "riscv,cpu-intc");
        cell(w, "phandle", HANDLE_CPU_INTC + i);
        end(w);
        end(w);
    }
    end(w);
}

static void write_memory(struct writer *w, const struct fdt_description *d)
{
    begin(w, "memory", BOARD_RAM);
    text(w, "device_type", "memory");
    reg(w, BOARD_RAM, d->ram);
    end(w);
}

static void write_chosen(struct writer *w, const struct fdt_description *d)
{
    begin_plain(w, "chosen");
    if (d->append && *d->append)
        text(w, "bootargs", d->append);
    text(w, "stdout-path", "/soc/serial@10000000");
    if (d->initrd_size) {
        cell(w, "linux,initrd-start", d->initrd);
        cell(w, "linux,initrd-end", d->initrd + d->initrd_size);
    }
    end(w);
}

// Two nodes that say which word, stored to the test device, switches off or starts again.
static void write_power(struct writer *w, const char *name, const char *compatible, u32 value)
{
    begin_plain(w, name);
    cell(w, "value", value);
    cell(w, "offset", 0);
    cell(w, "regmap", HANDLE_TEST);
    text(w, "compatible", compatible);
    end(w);
}

static void write_plic(struct writer *w, const struct fdt_description *d)
{
    u32 wired[4 * PLIC_HARTS];
    for (u32 i = 0; i < d->harts; i++)
        memcpy(wired + 4 * i,
               (u32[]){HANDLE_CPU_INTC + i, IRQ_EXTERNAL_M, HANDLE_CPU_INTC + i, IRQ_EXTERNAL_K},
               16);
    static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";
    begin(w, "plic", BOARD_PLIC);
    cell(w, "phandle", HANDLE_PLIC);
    cell(w, "riscv,ndev", PLIC_SOURCES - 1);
    reg(w, BOARD_PLIC, BOARD_PLIC_SIZE);
    cells(w, "interrupts-extended", wired, 4 * d->harts);
    flag(w, "interrupt-controller");
    texts(w, "compatible", compatible, sizeof compatible);
    cell(w, "#address-cells", 0);
    cell(w, "#interrupt-cells", 1);
    end(w);
}

static void write_test(struct writer *w)
{
    static const char compatible[] = "sifive,test1\0sifive,test0\0syscon";
    begin(w, "test", BOARD_TEST);
    cell(w, "phandle", HANDLE_TEST);
    reg(w, BOARD_TEST, BOARD_TEST_SIZE);
    texts(w, "compatible", compatible, sizeof compatible);
    end(w);
}

static void write_device(struct writer *w, const char *name, const char *compatible, u32 at,
                         u32 size, u32 irq)
{
    begin(w, name, at);
    cell(w, "interrupts", irq);
    cell(w, "interrupt-parent", HANDLE_PLIC);
    if (at == BOARD_UART)
        cell(w, "clock-frequency", UART_CLOCK);
    reg(w, at, size);
    text(w, "compatible", compatible);
    end(w);
}

static void write_soc(struct writer *w, const struct fdt_description *d)
{
    begin_plain(w, "soc");
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 2);
    text(w, "compatible", "simple-bus");
    flag(w, "ranges");
    write_test(w);
    write_plic(w, d);
    write_device(w, "serial", "ns16550a", BOARD_UART, BOARD_UART_SIZE, BOARD_IRQ_UART);
    for (u32 i = 0; i < VIRTIO_SLOTS; i++)
        write_device(w, "virtio_mmio", "virtio,mmio", BOARD_VIRTIO + i * VIRTIO_SLOT_SIZE,
                     VIRTIO_SLOT_SIZE, BOARD_IRQ_VIRTIO + i);
    write_device(w, "disk", "trapeze,pio-disk", BOARD_PIO, BOARD_PIO_SIZE, BOARD_IRQ_PIO);
    end(w);
}

static int write_tree(void *blob, int room, const struct fdt_description *d)
{
    struct writer w = {blob, fdt_create(blob, room)};
    note_error(&w, fdt_finish_reservemap(blob));
    begin_plain(&w, "");
    cell(&w, "#address-cells", 2);
    cell(&w, "#size-cells", 2);
    text(&w, "compatible", "riscv-virtio");
    text(&w, "model", "trapeze");
    write_chosen(&w, d);
    write_memory(&w, d);
    write_cpus(&w, d);
    write_power(&w, "poweroff", "syscon-poweroff", TEST_PASS);
    write_power(&w, "reboot", "syscon-reboot", TEST_RESET);
    write_soc(&w, d);
    end(&w);
    note_error(&w, fdt_finish(blob));
    return w.error;
}

// The room is the most that the tree can take: its fixed part, a part for each hart, the boot
// arguments.
u8 *fdt_make(const struct fdt_description *d, u32 *size)
{
    size_t room = 8192 + 1024 * (size_t)d->harts + (d->append ? strlen(d->append) : 0);
    u8 *blob = calloc(1, room);
    if (!blob)
        return NULL;
    if (write_tree(blob, (int)room, d) != 0) {
        free(blob);
        return NULL;
    }
    *size = fdt_totalsize(blob);
    return blob;
}
