// The commands that ask the whole run: history, changed and runback. This file makes an inquiry
// of what a person types, and shows what was found. Read ui/dashboard/search.h first.
#include "ui/dashboard/argument.h"
#include "ui/dashboard/commands.h"
#include "ui/dashboard/filter_check.h"
#include "ui/dashboard/words.h"
#include "isa/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- what is asked

struct reading {
    struct dashboard *dashboard;
    struct inquiry inquiry;
    const char *problem; // NULL: none
    char said[FILTER_PROBLEM];
};

static bool refuse(struct reading *r, const char *problem)
{
    r->problem = problem;
    return false;
}

static bool add_range(struct reading *r, mpa at, u32 bytes, gva shown)
{
    struct inquiry *q = &r->inquiry;
    q->kind = SEARCH_MEMORY;
    q->range[q->ranges].at = at;
    q->range[q->ranges].bytes = bytes;
    q->range[q->ranges++].shown = shown;
    return true;
}

// Asks for `bytes` of memory around an address of the VCPU in pane 2, as it is mapped now.
static bool read_memory(struct reading *r, const char *text, u32 bytes)
{
    struct machine *m = r->dashboard->drive.play.machine;
    u32 address;
    mpa at;
    if (!argument_address(r->dashboard, text, &address))
        return refuse(r, "history: a register, a CSR, a symbol or an address is wanted; or word, "
                         "page or pte, and an address; or traps, and words as for f");
    address &= ~(bytes - 1);
    if (!observe_locate(m, &r->inquiry.path, r->inquiry.vcpu, address, &at))
        return refuse(r, "history: there is no memory at this address now");
    return add_range(r, at, bytes, address);
}

static bool read_word(struct reading *r, const char *text)
{
    return read_memory(r, text, 4);
}

static bool read_page(struct reading *r, const char *text)
{
    return read_memory(r, text, PAGE_SIZE);
}

// Asks for the entries of the guest's own table that translate the address now.
static bool read_entries(struct reading *r, const char *text)
{
    struct machine *m = r->dashboard->drive.play.machine;
    struct page_tables pages;
    u32 address;
    if (!argument_address(r->dashboard, text, &address))
        return refuse(
            r, "history: behind `pte` stands the address whose page-table entries are meant");
    pages_gather(&pages, m, &r->dashboard->now.vcpu, address);
    const struct table_walk *w = &pages.walk[0];
    if (!pages.known || !w->paging)
        return refuse(r, "history: paging is off, so there is no page table");
    gpa table = SATP_PPN(w->satp) << PAGE_SHIFT;
    for (u32 i = 0; i < w->entries; i++) {
        mpa at;
        if (observe_locate_physical(m, &w->path, table + 4 * w->index[i], &at))
            add_range(r, at, 4, table + 4 * w->index[i]);
        table = PTE_PPN(w->entry[i]) << PAGE_SHIFT;
    }
    return r->inquiry.ranges ? true : refuse(r, "the page table is not in the guest's memory");
}

static bool read_traps(struct reading *r, const char *text)
{
    struct world *w = scenario_world(r->dashboard->drive.play.sc);
    r->inquiry.kind = SEARCH_TRAPS;
    if (!filter_check(text, w, r->said))
        return refuse(r, r->said);
    snprintf(r->inquiry.filter, sizeof r->inquiry.filter, "%s", text);
    return true;
}

static bool read_register(struct reading *r, const char *text)
{
    for (u32 i = 1; i < 32; i++)
        if (!strcmp(text, isa_reg_names[i])) {
            r->inquiry.kind = SEARCH_REGISTER;
            r->inquiry.number = i;
            return true;
        }
    return false;
}

static bool read_csr(struct reading *r, const char *text)
{
    static const char *const counters[] = {"cycle",  "time",  "instret",
                                           "cycleh", "timeh", "instreth"};
    const struct csr_info *csr = isa_csr_named(text);
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        if (!strcmp(text, counters[i]))
            return refuse(r, "history: a counter changes with every instruction");
    if (!csr)
        return false;
    r->inquiry.kind = SEARCH_CSR;
    r->inquiry.number = csr->number;
    return true;
}

static bool read_inquiry(struct reading *r, const char *text)
{
    static const struct {
        const char *word;
        bool (*read)(struct reading *r, const char *rest);
    } forms[] = {
        {"traps", read_traps}, {"pte", read_entries}, {"page", read_page}, {"word", read_word}};
    char word[FILTER_SIZE];
    const char *rest = argument_word(text, word, sizeof word);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(word, forms[i].word) && (*rest || forms[i].read == read_traps))
            return forms[i].read(r, rest);
    if (read_register(r, text) || read_csr(r, text))
        return true;
    return !r->problem && read_word(r, text);
}

// ---- asking

static unsigned begin(struct dashboard *d, const struct inquiry *q, bool travels)
{
    char error[120];
    search_end(d->search);
    d->search = search_begin(&d->drive.play, q, &d->drive.stops, travels, error, sizeof error);
    d->search_travels = travels;
    drive_go(&d->drive, GOAL_NONE);
    return REFRESH_MODEL | (d->search ? REFRESH_NOTHING : dashboard_say(d, error));
}

unsigned do_history(struct dashboard *d, const struct binding *b)
{
    char who[48];
    struct reading r = {.dashboard = d};
    if (!d->argument[0])
        return dashboard_ask(d, b, d->asked);
    if (!d->drive.play.machine || !d->now.vcpu.known)
        return dashboard_say(
            d, "there is no machine yet; go to its first trap (the key t, or the command trap)");
    r.inquiry.path = d->now.vcpu.path;
    r.inquiry.vcpu = d->now.vcpu.index;
    if (!read_inquiry(&r, d->argument))
        return dashboard_say(d, r.problem);
    snprintf(d->asked, sizeof d->asked, "%s", d->argument);
    bool last = b->action == ACTION_LAST_CHANGE;
    snprintf(r.inquiry.title, sizeof r.inquiry.title, "%s of %.40s (%s)",
             last ? "last change" : "history", d->argument,
             words_vcpu(&r.inquiry.path, r.inquiry.vcpu, who));
    return begin(d, &r.inquiry, last);
}

unsigned do_run_back(struct dashboard *d, const struct binding *b)
{
    struct inquiry q = {.kind = SEARCH_BREAKPOINTS, .title = "last hit of a breakpoint"};
    (void)b;
    if (!d->drive.stops.breakpoints)
        return dashboard_say(d, "there is no breakpoint; b sets one");
    if (!d->drive.play.machine)
        return dashboard_say(d, "this is the start");
    return begin(d, &q, true);
}

// ---- answers

static unsigned travel(struct dashboard *d)
{
    u32 generation;
    u64 steps;
    search_moment(d->search, &generation, &steps);
    const struct finding *row = findings_before(d->findings, generation, steps);
    if (!row)
        return dashboard_say(d, "it never happened before this moment");
    struct bookmark moment = {.generation = row->generation, .steps = row->steps};
    unsigned refresh = dashboard_went(d, drive_to_bookmark(&d->drive, &moment));
    char text[160];
    snprintf(text, sizeof text, "before: %s  %s", row->who, row->text);
    return d->state.message[0] ? refresh : refresh | dashboard_say(d, text);
}

// Pane 9 lists what was found; the newest row is selected.
static unsigned show(struct dashboard *d, bool stopped)
{
    const struct findings *f = d->findings;
    char text[160];
    d->state.focus = PANE_STOPS;
    d->state.scroll[PANE_STOPS] =
        (int)(d->drive.stops.breakpoints + d->drive.stops.bookmarks + f->count) - 1;
    snprintf(text, sizeof text, "%llu found%s; Enter goes to the moment before the selected one",
             (unsigned long long)f->total, stopped ? " so far" : "");
    return REFRESH_MODEL | dashboard_say(d, f->total ? text : "this never happened");
}

static unsigned finish(struct dashboard *d, bool stopped)
{
    free(d->findings);
    d->findings = search_take(d->search);
    unsigned refresh = d->search_travels && !stopped ? travel(d) : show(d, stopped);
    search_end(d->search);
    d->search = NULL;
    return refresh;
}

unsigned dashboard_search_on(struct dashboard *d, int milliseconds)
{
    char text[80];
    if (!search_go_on(d->search, milliseconds))
        return finish(d, false);
    snprintf(text, sizeof text, "the whole run is searched: %u%%; Esc stops",
             search_percent(d->search));
    return REFRESH_MODEL | dashboard_say(d, text);
}

unsigned dashboard_search_stop(struct dashboard *d)
{
    return finish(d, true);
}
