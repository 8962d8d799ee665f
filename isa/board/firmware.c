// The firmware of firmware.h: one table of extensions, each a function that answers. The legacy
// extensions are in firmware_legacy.c and share what is said here about harts and fences. Read
// next: firmware_legacy.c.
#include "isa/board/firmware_call.h"

struct sbi_reply sbi_value(u32 value)
{
    return (struct sbi_reply){SBI_OK, value, false};
}

struct sbi_reply sbi_error(enum sbi_error error)
{
    return (struct sbi_reply){error, 0, false};
}

struct sbi_reply sbi_off(const struct sbi_call *c, enum power why, u32 code)
{
    c->f->wires->power_off(c->f->wires->context, why, code);
    return (struct sbi_reply){SBI_OK, 0, true};
}

// ---- harts by mask

// One bit a hart. False: the mask names one that is not there.
static bool harts_named(const struct sbi_call *c, u32 mask, u32 base, u32 *harts)
{
    u32 all = (1u << c->f->count) - 1;
    if (base == UINT32_MAX) {
        *harts = all;
        return true;
    }
    if (base >= c->f->count || (mask & ~(all >> base)))
        return false;
    *harts = mask << base;
    return true;
}

void sbi_send_ipi(const struct sbi_call *c, u32 harts)
{
    for (u32 i = 0; i < c->f->count; i++)
        if ((harts >> i & 1) && c->f->harts[i]->run != HART_STOPPED)
            c->f->harts[i]->sip |= IP_SSIP;
}

// A range that wraps around the end of the address space is taken for all of it: fencing too much
// is always allowed.
void sbi_fence(const struct sbi_call *c, u32 harts, enum fence_kind kind, u32 start, u32 size,
               u32 asid)
{
    bool wraps = size && start + (size - 1) < start;
    bool all = kind == FENCE_I || (!start && !size) || size == UINT32_MAX || wraps;
    if (!all && !size)
        return;
    for (u32 i = 0; i < c->f->count; i++)
        if (harts >> i & 1)
            c->f->fence(c->f->context, i, kind, all ? 0 : start, all ? 0 : size,
                        asid & SATP_ASID(UINT32_MAX));
}

// ---- extensions

static struct sbi_reply call_base(const struct sbi_call *c);

static struct sbi_reply call_time(const struct sbi_call *c)
{
    if (c->function != 0)
        return sbi_error(SBI_NOT_SUPPORTED);
    c->caller->stimecmp = c->arg[0] | (u64)c->arg[1] << 32;
    return sbi_value(0);
}

static struct sbi_reply call_ipi(const struct sbi_call *c)
{
    u32 harts;
    if (c->function != 0)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (!harts_named(c, c->arg[0], c->arg[1], &harts))
        return sbi_error(SBI_INVALID_PARAM);
    sbi_send_ipi(c, harts);
    return sbi_value(0);
}

static struct sbi_reply call_rfence(const struct sbi_call *c)
{
    static const enum fence_kind kinds[] = {FENCE_I, FENCE_VMA, FENCE_VMA_ASID};
    u32 harts;
    if (c->function >= sizeof kinds / sizeof *kinds)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (!harts_named(c, c->arg[0], c->arg[1], &harts))
        return sbi_error(SBI_INVALID_PARAM);
    sbi_fence(c, harts, kinds[c->function], c->arg[2], c->arg[3], c->arg[4]);
    return sbi_value(0);
}

// A hart that was stopped and starts again has gone on counting, and wakes in the caller's present,
// not in its own past.
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
    enum { STARTED, STOPPED };
    if (hart >= c->f->count)
        return sbi_error(SBI_INVALID_PARAM);
    return sbi_value(c->f->harts[hart]->run == HART_STOPPED ? STOPPED : STARTED);
}

static struct sbi_reply call_hsm(const struct sbi_call *c)
{
    switch (c->function) {
    case 0:
        return hart_start(c, c->arg[0], c->arg[1], c->arg[2]);
    case 1:
        c->caller->run = HART_STOPPED;
        return sbi_value(0);
    case 2:
        return hart_status(c, c->arg[0]);
    case 3:
        return sbi_error(c->arg[0] == 0 || c->arg[0] == 0x80000000u ? SBI_NOT_SUPPORTED
                                                                    : SBI_INVALID_PARAM);
    default:
        return sbi_error(SBI_NOT_SUPPORTED);
    }
}

static struct sbi_reply call_srst(const struct sbi_call *c)
{
    enum { SHUTDOWN, COLD_REBOOT, WARM_REBOOT, NO_REASON = 0, FAILURE = 1 };
    u32 type = c->arg[0], reason = c->arg[1];
    if (c->function != 0)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (type > WARM_REBOOT || reason > FAILURE)
        return sbi_error(SBI_INVALID_PARAM);
    if (type != SHUTDOWN)
        return sbi_off(c, POWER_REBOOT, reason);
    return sbi_off(c, reason == NO_REASON ? POWER_OFF : POWER_FAILED, reason);
}

// Is all of [address, address + bytes) RAM? RAM is one piece, so its ends tell.
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
    if (c->function == 2) {
        c->f->wires->console_put(c->f->wires->context, (u8)c->arg[0]);
        return sbi_value(0);
    }
    if (c->function > 2)
        return sbi_error(SBI_NOT_SUPPORTED);
    if (bytes == 0)
        return sbi_value(0);
    if (high || !is_ram(c, address, bytes))
        return sbi_error(SBI_INVALID_PARAM);
    if (bytes > SBI_CONSOLE_MOST)
        bytes = SBI_CONSOLE_MOST;
    return sbi_value(c->function == 0 ? console_write(c, address, bytes)
                                      : console_read(c, address, bytes));
}

static const struct {
    u32 extension;
    struct sbi_reply (*answer)(const struct sbi_call *c);
} extensions[] = {
    {SBI_BASE, call_base}, {SBI_TIME, call_time}, {SBI_IPI, call_ipi},   {SBI_RFENCE, call_rfence},
    {SBI_HSM, call_hsm},   {SBI_SRST, call_srst}, {SBI_DBCN, call_dbcn},
};
#define EXTENSIONS (sizeof extensions / sizeof *extensions)

static bool has_extension(u32 extension)
{
    bool found = extension <= SBI_LEGACY_LAST;
    for (u32 i = 0; i < EXTENSIONS; i++)
        found |= extensions[i].extension == extension;
    return found;
}

static struct sbi_reply call_base(const struct sbi_call *c)
{
    switch (c->function) {
    case 0:
        return sbi_value(SBI_SPECIFICATION);
    case 1:
        return sbi_value(SBI_IMPLEMENTATION);
    case 2:
        return sbi_value(SBI_IMPLEMENTATION_VERSION);
    case 3:
        return sbi_value(has_extension(c->arg[0]));
    case 4:
    case 5:
    case 6:
        return sbi_value(0);
    default:
        return sbi_error(SBI_NOT_SUPPORTED);
    }
}

bool firmware_call(const struct firmware *f, u32 hart)
{
    enum { A0 = 10, A1 = 11, A6 = 16, A7 = 17 };
    struct hart_state *h = f->harts[hart];
    u32 extension = h->x[A7];
    struct sbi_call c = {f, h, h->x[A6], {h->x[A0], h->x[A1], h->x[12], h->x[13], h->x[14]}};
    struct sbi_reply reply = sbi_error(SBI_NOT_SUPPORTED);
    if (extension <= SBI_LEGACY_LAST) {
        reply = sbi_legacy(&c, extension);
        h->x[A0] = reply.off ? h->x[A0] : reply.value;
        return reply.off;
    }
    for (u32 i = 0; i < EXTENSIONS; i++)
        if (extensions[i].extension == extension)
            reply = extensions[i].answer(&c);
    if (!reply.off) {
        h->x[A0] = (u32)reply.error;
        h->x[A1] = reply.value;
    }
    return reply.off;
}
