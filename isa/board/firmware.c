// The firmware of firmware.h: a table of extensions, each with the function that answers it. The
// legacy extensions are in firmware_legacy.c. hypervisor/firmware.c calls this for the VMM's
// guests.
// Read next: isa/format.def.
#include "isa/board/firmware_call.h"

// ---- harts by mask

// Sets in *harts a bit for each hart that the mask names: bit i of the mask stands for hart
// base + i. Returns false if one of them does not exist.
static bool harts_named(const struct sbi_call *c, u32 mask, u32 base, u32 *harts)
{
    u32 all = sbi_all_harts(c);
    if (base == UINT32_MAX) {
        *harts = all;
        return true;
    }
    if (base >= c->f->count || (mask & ~(all >> base)))
        return false;
    *harts = mask << base;
    return true;
}

// ---- extensions

static struct sbi_reply call_time(const struct sbi_call *c)
{
    if (c->function != SBI_TIME_SET_TIMER)
        return sbi_error(SBI_NOT_SUPPORTED);
    return sbi_set_timer(c);
}

static struct sbi_reply call_ipi(const struct sbi_call *c)
{
    u32 harts;
    if (c->function != SBI_IPI_SEND)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (!harts_named(c, c->arg[0], c->arg[1], &harts))
        return sbi_error(SBI_INVALID_PARAM);
    sbi_send_ipi(c, harts);
    return sbi_value(0);
}

static struct sbi_reply call_rfence(const struct sbi_call *c)
{
    static const enum fence_kind kinds[] = {
        [SBI_RFENCE_FENCE_I] = FENCE_I,
        [SBI_RFENCE_SFENCE_VMA] = FENCE_VMA,
        [SBI_RFENCE_SFENCE_VMA_ASID] = FENCE_VMA_ASID,
        [SBI_RFENCE_HFENCE_GVMA_VMID] = FENCE_GUEST_PHYSICAL_VMID,
        [SBI_RFENCE_HFENCE_GVMA] = FENCE_GUEST_PHYSICAL,
        [SBI_RFENCE_HFENCE_VVMA_ASID] = FENCE_GUEST_VMA_ASID,
        [SBI_RFENCE_HFENCE_VVMA] = FENCE_GUEST_VMA,
    };
    u32 harts;
    u32 there = c->f->h ? SBI_RFENCE_HFENCE_VVMA : SBI_RFENCE_SFENCE_VMA_ASID;
    if (c->function > there)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (!harts_named(c, c->arg[0], c->arg[1], &harts))
        return sbi_error(SBI_INVALID_PARAM);
    sbi_fence(c, harts, kinds[c->function], c->arg[2], c->arg[3], c->arg[4]);
    return sbi_value(0);
}

// A hart that starts again keeps its count of instructions, and it wakes in the caller's present,
// not in its own past: otherwise the caller could see the time run backwards through the other
// hart.
static struct sbi_reply hart_start(const struct sbi_call *c, u32 hart, u32 entry, u32 opaque)
{
    u32 word;
    if (hart >= c->f->count)
        return sbi_error(SBI_INVALID_PARAM);
    struct hart_state *h = c->f->harts[hart];
    if (h->run != HART_STOPPED)
        return sbi_error(SBI_ALREADY_AVAILABLE);
    if (entry % 4 || !c->f->wires->memory_read(c->f->wires->context, entry, &word, sizeof word))
        return sbi_error(SBI_INVALID_ADDRESS);
    // hart_reset clears the counters and the line, so they are kept here.
    u64 retired = h->retired, now = hart_time(h), caller = hart_time(c->caller);
    u64 idle = h->idle + (caller > now ? caller - now : 0);
    u8 external = h->external;
    hart_reset(h, entry, hart, opaque);
    h->retired = retired;
    h->idle = idle;
    h->external = external;
    return sbi_value(0);
}

static struct sbi_reply hart_status(const struct sbi_call *c, u32 hart)
{
    if (hart >= c->f->count)
        return sbi_error(SBI_INVALID_PARAM);
    return sbi_value(c->f->harts[hart]->run == HART_STOPPED ? SBI_HART_STOPPED : SBI_HART_STARTED);
}

// No kind of suspension is supported; those that the specification does not name are wrong as well.
static enum sbi_error hart_suspend_error(u32 type)
{
    bool named = type == SBI_SUSPEND_RETENTIVE || type == SBI_SUSPEND_NON_RETENTIVE;
    return named ? SBI_NOT_SUPPORTED : SBI_INVALID_PARAM;
}

static struct sbi_reply call_hsm(const struct sbi_call *c)
{
    switch (c->function) {
    case SBI_HSM_START:
        return hart_start(c, c->arg[0], c->arg[1], c->arg[2]);
    case SBI_HSM_STOP:
        c->caller->run = HART_STOPPED;
        return sbi_value(0);
    case SBI_HSM_STATUS:
        return hart_status(c, c->arg[0]);
    case SBI_HSM_SUSPEND:
        return sbi_error(hart_suspend_error(c->arg[0]));
    default:
        return sbi_error(SBI_NOT_SUPPORTED);
    }
}

static struct sbi_reply call_srst(const struct sbi_call *c)
{
    u32 type = c->arg[0], reason = c->arg[1];
    if (c->function != SBI_SRST_RESET)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (type > SBI_WARM_REBOOT || reason > SBI_REASON_FAILURE)
        return sbi_error(SBI_INVALID_PARAM);
    if (type != SBI_SHUTDOWN)
        return sbi_off(c, POWER_REBOOT, reason);
    return sbi_off(c, reason == SBI_REASON_NONE ? POWER_OFF : POWER_FAILED, reason);
}

// Returns true if all of [address, address + bytes) is RAM. RAM is one piece, so it is enough to
// check both ends.
static bool is_ram(const struct sbi_call *c, u32 address, u32 bytes)
{
    const struct board_wires *w = c->f->wires;
    u8 byte;
    return address + (bytes - 1) >= address && w->memory_read(w->context, address, &byte, 1) &&
           w->memory_read(w->context, address + (bytes - 1), &byte, 1);
}

static u32 console_write(const struct sbi_call *c, u32 address, u32 bytes)
{
    const struct board_wires *w = c->f->wires;
    u32 done = 0;
    for (u8 byte; done < bytes && w->memory_read(w->context, address + done, &byte, 1); done++)
        w->console_put(w->context, byte);
    return done;
}

static u32 console_read(const struct sbi_call *c, u32 address, u32 bytes)
{
    const struct board_wires *w = c->f->wires;
    u32 done = 0;
    for (int byte; done < bytes && (byte = board_receive(c->f->board, w)) >= 0; done++)
        w->memory_write(w->context, address + done, &(u8){(u8)byte}, 1);
    return done;
}

static struct sbi_reply call_dbcn(const struct sbi_call *c)
{
    u32 bytes = c->arg[0], address = c->arg[1], high = c->arg[2];
    if (c->function == SBI_DBCN_WRITE_BYTE) {
        c->f->wires->console_put(c->f->wires->context, (u8)c->arg[0]);
        return sbi_value(0);
    }
    if (c->function > SBI_DBCN_WRITE_BYTE)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (bytes == 0)
        return sbi_value(0);
    if (high || !is_ram(c, address, bytes))
        return sbi_error(SBI_INVALID_PARAM);
    // A call that moves gigabytes would keep the machine for minutes.
    if (bytes > SBI_CONSOLE_MOST)
        bytes = SBI_CONSOLE_MOST;
    return sbi_value(c->function == SBI_DBCN_WRITE ? console_write(c, address, bytes)
                                                   : console_read(c, address, bytes));
}

static struct sbi_reply call_base(const struct sbi_call *c);

static const struct {
    u32 extension;
    struct sbi_reply (*answer)(const struct sbi_call *c);
} extensions[] = {
    {SBI_BASE, call_base}, {SBI_TIME, call_time}, {SBI_IPI, call_ipi},   {SBI_RFENCE, call_rfence},
    {SBI_HSM, call_hsm},   {SBI_SRST, call_srst}, {SBI_DBCN, call_dbcn},
};
#define EXTENSIONS (sizeof extensions / sizeof *extensions)

static bool has_extension(const struct sbi_call *c, u32 extension)
{
    bool found = extension < SBI_LEGACY_CALLS || extension == c->f->also;
    for (u32 i = 0; i < EXTENSIONS; i++)
        found |= extensions[i].extension == extension;
    return found;
}

// BASE stands below the table, since it has to look into the table for its probe.
static struct sbi_reply call_base(const struct sbi_call *c)
{
    switch (c->function) {
    case SBI_BASE_SPECIFICATION:
        return sbi_value(SBI_SPECIFICATION);
    case SBI_BASE_IMPLEMENTATION:
        return sbi_value(SBI_IMPLEMENTATION);
    case SBI_BASE_IMPLEMENTATION_VERSION:
        return sbi_value(SBI_IMPLEMENTATION_VERSION);
    case SBI_BASE_PROBE:
        return sbi_value(has_extension(c, c->arg[0]));
    case SBI_BASE_VENDOR:
    case SBI_BASE_ARCHITECTURE:
    case SBI_BASE_MACHINE:
        return sbi_value(0);
    default:
        return sbi_error(SBI_NOT_SUPPORTED);
    }
}

bool firmware_call(const struct firmware *f, u32 hart)
{
    struct hart_state *h = f->harts[hart];
    u32 extension = h->x[X_A7];
    struct sbi_call c = {.f = f, .caller = h, .function = h->x[X_A6]};
    struct sbi_reply reply = sbi_error(SBI_NOT_SUPPORTED);
    for (u32 i = 0; i < SBI_ARGUMENTS; i++)
        c.arg[i] = h->x[X_A0 + i];
    if (extension < SBI_LEGACY_CALLS) {
        reply = sbi_legacy(&c, extension);
        h->x[X_A0] = reply.off ? h->x[X_A0] : reply.value;
        return reply.off;
    }
    for (u32 i = 0; i < EXTENSIONS; i++)
        if (extensions[i].extension == extension)
            reply = extensions[i].answer(&c);
    if (!reply.off) {
        h->x[X_A0] = (u32)reply.error;
        h->x[X_A1] = reply.value;
    }
    return reply.off;
}
