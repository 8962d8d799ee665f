// Registers and memory of the thread that gdb asks for. Read ui/gdb/session.h first.
#include "ui/gdb/session.h"

#include "isa/isa.h"

#include <stdio.h>
#include <string.h>

void session_answer(struct session *s, const char *text)
{
    snprintf(s->answer, sizeof s->answer, "%s", text);
}

// ---- registers and memory

// A register in the order of its bytes in memory; "xxxxxxxx" stands for one that is not there.
static char *put_register(struct session *s, u32 number, char *to)
{
    u32 value;
    if (target_register(s->world, s->thread, number, &value))
        return packet_bytes(to, &value, sizeof value);
    memcpy(to, "xxxxxxxx", 9);
    return to + 8;
}

static bool is_register(u32 number)
{
    return number <= REGISTER_PC || number == REGISTER_PRIVILEGE ||
           (number >= REGISTER_CSR && isa_csr_find(number - REGISTER_CSR));
}

void session_registers(struct session *s, const char *text)
{
    (void)text;
    char *to = s->answer;
    for (u32 i = 0; i <= REGISTER_PC; i++)
        to = put_register(s, i, to);
}

void session_register(struct session *s, const char *text)
{
    u32 number;
    // Some other VCPU may have a CSR that this one lacks: gdb then shows "<unavailable>".
    if (packet_hex(&text, &number) && !*text && is_register(number))
        put_register(s, number, s->answer);
    else
        session_answer(s, "E01");
}

void session_memory(struct session *s, const char *text)
{
    u32 address, count;
    u8 bytes[BYTES_MOST];
    if (!packet_hex(&text, &address) || *text++ != ',' || !packet_hex(&text, &count)) {
        session_answer(s, "E01");
        return;
    }
    count =
        target_read(s->world, s->thread, address, bytes, count < BYTES_MOST ? count : BYTES_MOST);
    if (count)
        packet_bytes(s->answer, bytes, count);
    else
        session_answer(s, "E0e"); // EFAULT
}

// ---- changes by hand: scenarios/world/edit.h

// Makes an edit of the register with this number in the protocol. Returns false if the register
// cannot be set.
static bool edit_of_register(u32 number, u32 value, struct edit *e)
{
    e->value = value;
    e->number = number;
    if (number < 32)
        e->kind = EDIT_REGISTER;
    else if (number == REGISTER_PC)
        e->kind = EDIT_PC;
    else
        e->kind = EDIT_CSR;
    if (e->kind == EDIT_CSR)
        e->number = number - REGISTER_CSR;
    return number <= REGISTER_PC || (number >= REGISTER_CSR && number < REGISTER_PRIVILEGE);
}

static bool change(struct session *s, struct edit *e)
{
    const char *why = "out of memory";
    char text[200];
    if (target_edit(s->world, s->thread, e) && motion_edit(&s->motion, e, &why)) {
        session_answer(s, "OK");
        return true;
    }
    snprintf(text, sizeof text, "E.%s", why);
    session_answer(s, text);
    return false;
}

// Eight digits: the bytes of a register in the order of memory. "xxxxxxxx": it is not there.
static bool read_value(const char *text, u32 *value)
{
    char digits[9];
    snprintf(digits, sizeof digits, "%.8s", text);
    return packet_text(digits, (char *)value, sizeof *value) == sizeof *value;
}

void session_set_register(struct session *s, const char *text)
{
    struct edit e = {0};
    u32 number, value;
    bool good = packet_hex(&text, &number) && *text == '=' && read_value(text + 1, &value) &&
                edit_of_register(number, value, &e);
    if (good)
        change(s, &e);
    else
        session_answer(s, "E01");
}

// All registers: only those that differ are changed, so that one that cannot be set may stay.
void session_set_registers(struct session *s, const char *text)
{
    session_answer(s, "OK");
    for (u32 i = 0; i <= REGISTER_PC; i++, text += 8) {
        struct edit e = {0};
        u32 value, now;
        if (strlen(text) < 8 || !target_register(s->world, s->thread, i, &now)) {
            session_answer(s, "E01");
            return;
        }
        if (!read_value(text, &value) || value == now || !i)
            continue;
        edit_of_register(i, value, &e);
        if (!change(s, &e))
            return;
    }
}

// "ADDRESS,COUNT:", and then the bytes, at which *text points afterwards.
static bool read_place(const char **text, u32 *address, u32 *count)
{
    return packet_hex(text, address) && *(*text)++ == ',' && packet_hex(text, count) &&
           *(*text)++ == ':';
}

static void set_memory(struct session *s, u32 address, const u8 *bytes, u32 count)
{
    bool good = true;
    session_answer(s, "OK");
    for (u32 done = 0; good && done < count;) {
        struct edit e = {.kind = EDIT_MEMORY, .address = address + done};
        e.bytes = (u8)(count - done < EDIT_BYTES ? count - done : EDIT_BYTES);
        memcpy(e.memory, bytes + done, e.bytes);
        good = change(s, &e);
        done += e.bytes;
    }
}

void session_set_memory(struct session *s, const char *text)
{
    u8 bytes[BYTES_MOST];
    u32 address, count;
    if (read_place(&text, &address, &count) &&
        packet_text(text, (char *)bytes, sizeof bytes) == (int)count)
        set_memory(s, address, bytes, count);
    else
        session_answer(s, "E01");
}

void session_set_binary(struct session *s, const char *text)
{
    const char *end = s->line.packet + s->line.packet_size;
    u8 bytes[PACKET_SIZE];
    u32 address, count;
    if (read_place(&text, &address, &count) &&
        packet_binary(text, (size_t)(end - text), bytes, sizeof bytes) == (int)count)
        set_memory(s, address, bytes, count);
    else
        session_answer(s, "E01");
}
