// The fields of the registers: each has a sentence of its own, a person finds it, and it stands at
// the bits that the architecture implements.
#include "isa/arch/h_extension.h"
#include "isa/field.h"
#include "isa/manual.h"
#include "tests/suite.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 120 // letters of a meaning: a banner of 80 columns shows it in two lines

// ---- what is said

static void each_field_has_whole_sentences_of_its_own(void)
{
    for (const struct isa_field *f = isa_fields; f->name; f++) {
        size_t length = strlen(f->meaning), name = strlen(f->name);
        CU_ASSERT(length > 10 && length <= LONGEST);
        CU_ASSERT(!strncmp(f->meaning, f->name, name) && f->meaning[name] == ' ');
        CU_ASSERT_EQUAL(f->meaning[length - 1], '.');
        for (const struct isa_field *other = isa_fields; other < f; other++) {
            CU_ASSERT_STRING_NOT_EQUAL(other->meaning, f->meaning);
            CU_ASSERT_STRING_NOT_EQUAL(other->path, f->path);
        }
    }
    CU_ASSERT(isa_field_count > 60);
}

static bool has_field(const char *owner, const char *name, size_t length)
{
    for (const struct isa_field *f = isa_fields; f->name; f++)
        if (!strcmp(f->owner, owner) && strlen(f->name) == length &&
            !strncmp(f->name, name, length))
            return true;
    return false;
}

// "SPP (8)" in the meaning of a CSR is a field of it. Such a name has a bit in brackets behind it.
static void each_field_that_a_csr_names_has_a_row(void)
{
    int named = 0;
    for (const struct csr_info *c = isa_csrs; c->name; c++)
        for (const char *at = c->meaning; *at; at++) {
            size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
            bool begins = at == c->meaning || !isalpha((unsigned char)at[-1]);
            if (length < 2 || !begins || strncmp(at + length, " (", 2))
                continue;
            named++;
            CU_ASSERT(has_field(c->name, at, length));
        }
    CU_ASSERT(named >= 15);
}

// ---- where it is

static u32 union_of(const char *owner)
{
    u32 bits = 0;
    for (const struct isa_field *f = isa_fields; f->name; f++)
        if (!strcmp(f->owner, owner)) {
            CU_ASSERT_EQUAL(bits & isa_field_mask(f), 0); // no two fields share a bit
            bits |= isa_field_mask(f);
        }
    return bits;
}

// Every bit that the register can hold, when all bits are written that may be. The external line
// is up, and the timers are due.
static u32 bits_of(const struct csr_info *c)
{
    struct hart_state s;
    struct h_state h;
    u32 value = 0;
    hart_reset(&s, 0, 0, 0);
    h_reset(&h);
    s.external = true;
    s.stimecmp = h.vstimecmp = 0;
    h.hideleg = IP_VS;
    h.henvcfgh = HENVCFGH_STCE;
    // stvec has no mode 2 and no mode 3, so not all of its bits are written at once.
    u32 all = c->number == CSR_stvec || c->number == CSR_vstvec ? ~2u : ~0u;
    if (c->profile == ISA_H) {
        h_csr_write(&h, CSR_hvip, ~0u);
        h_csr_write(&h, c->number, all);
        CU_ASSERT(h_csr_read(&h, c->number, 1, &value));
    } else {
        csr_write(&s, c->number, all);
        CU_ASSERT(csr_read(&s, c->number, 1, &value));
    }
    return value;
}

static void fields_are_the_bits_that_a_register_has(void)
{
    for (const struct csr_info *c = isa_csrs; c->name; c++) {
        u32 fields = union_of(c->name), bits = bits_of(c);
        if (!fields)
            continue;
        if (c->number == CSR_stvec || c->number == CSR_vstvec)
            bits |= 2;
        if (c->number == CSR_hgatp) // the two lowest bits of its PPN are 0
            bits |= 3;
        CU_ASSERT_EQUAL(fields, bits);
    }
    CU_ASSERT_EQUAL(union_of("pte"), ~0u);
}

static void the_masks_of_the_architecture_are_those_of_the_table(void)
{
    static const struct {
        const char *path;
        u32 mask;
    } known[] = {
        {"sstatus.SPP", SSTATUS_SPP},
        {"sstatus.SUM", SSTATUS_SUM},
        {"sstatus.MXR", SSTATUS_MXR},
        {"sstatus.SIE", SSTATUS_SIE},
        {"sstatus.SPIE", SSTATUS_SPIE},
        {"sip.SSIP", IP_SSIP},
        {"sip.STIP", IP_STIP},
        {"sip.SEIP", IP_SEIP},
        {"satp.MODE", SATP_MODE},
        {"hstatus.GVA", HSTATUS_GVA},
        {"hstatus.SPV", HSTATUS_SPV},
        {"hstatus.SPVP", HSTATUS_SPVP},
        {"hstatus.HU", HSTATUS_HU},
        {"hstatus.VTVM", HSTATUS_VTVM},
        {"hstatus.VTW", HSTATUS_VTW},
        {"hstatus.VTSR", HSTATUS_VTSR},
        {"hip.VSSIP", IP_VSSIP},
        {"hip.VSTIP", IP_VSTIP},
        {"hip.VSEIP", IP_VSEIP},
        {"satp.ASID", 0x1ffu << 22},
        {"satp.PPN", 0x003fffffu},
        {"pte.V", PTE_V},
        {"pte.R", PTE_R},
        {"pte.W", PTE_W},
        {"pte.X", PTE_X},
        {"pte.U", PTE_U},
        {"pte.G", PTE_G},
        {"pte.A", PTE_A},
        {"pte.D", PTE_D},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct isa_field *f = isa_fields;
        while (f->name && strcmp(f->path, known[i].path) != 0)
            f++;
        CU_ASSERT_PTR_NOT_NULL_FATAL(f->name);
        CU_ASSERT_EQUAL(isa_field_mask(f), known[i].mask);
    }
}

// ---- how it is found

static u32 found(const char *name)
{
    u32 count = 0;
    for (const struct isa_field *f = isa_fields; f->name; f++)
        count += isa_field_is(f, name);
    return count;
}

static void a_field_is_found_by_its_name_with_its_register_or_without(void)
{
    for (const struct isa_field *f = isa_fields; f->name; f++) {
        CU_ASSERT(isa_field_is(f, f->name));
        CU_ASSERT_EQUAL(found(f->path), 1);
    }
    CU_ASSERT_EQUAL(found("spp"), 2); // of sstatus and of vsstatus
    CU_ASSERT_EQUAL(found("sstatus.spp"), 1);
    CU_ASSERT_EQUAL(found("PTE.v"), 1);
    CU_ASSERT_EQUAL(found("V"), 1);
    CU_ASSERT_EQUAL(found("v"), 0); // a small letter is a kind of trap
    CU_ASSERT_EQUAL(found("sstatus"), 0);
    CU_ASSERT_EQUAL(found(""), 0);
}

static void the_manual_explains_each_field(void)
{
    static char text[4096];
    for (const struct isa_field *f = isa_fields; f->name; f++) {
        FILE *to = fmemopen(text, sizeof text, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(to);
        CU_ASSERT(manual_entry(to, f->path));
        fclose(to);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, f->meaning));
    }
    const char *names[MANUAL_NAMES];
    CU_ASSERT(manual_all_names(names, MANUAL_NAMES) < MANUAL_NAMES);
}

const struct suite suite_field = {
    "field",
    (const struct test[]){
        {"each field has whole sentences of its own", each_field_has_whole_sentences_of_its_own},
        {"each field that a CSR names has a row", each_field_that_a_csr_names_has_a_row},
        {"fields are the bits that a register has", fields_are_the_bits_that_a_register_has},
        {"the masks of the architecture are those of the table",
         the_masks_of_the_architecture_are_those_of_the_table},
        {"a field is found by its name, with its register or without",
         a_field_is_found_by_its_name_with_its_register_or_without},
        {"the manual explains each field", the_manual_explains_each_field},
        {0},
    },
};
