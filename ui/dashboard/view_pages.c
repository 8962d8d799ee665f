// Pane 6: a chosen address through the tables of every level, entry by entry, with the bits
// decoded, and in words why the guest's entry and the shadow's differ. Then which table refused the
// access of the selected trap, and by which bit, as the tables were at that trap. Below, if there
// is room, a map of the whole address space.
//
//      guest g1  satp 80080211  table 80211000
//        [001] 0021c401  -> table 00871000
//        [001] 0021f0d7  -> 0087c000  V RW- U AD
//      shadow of L0  satp 800903a0
//        [001] 00000000  nothing
//      The guest's table maps the page, the shadow does not: the next access is a hidden fault.
//
// In guest mode with two stages there is no shadow. Beside each entry of the guest's table stands
// then the entry of the second stage by which the hart found it:
//
//      guest g1  satp 80080451                        by the second stage (hgatp)
//        [001] 20114401  -> table 80451000              G 4M 203000df  80c51004
//        [001] 201148df  -> 80452000  V RWX -- AD       G 4M 203000df  80c51004
//        the page                                       G 4M 203000df  80c52000
// Read next: ui/dashboard/view_scenario.c.
#include "isa/isa.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/page_words.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

struct writer {
    const struct area *area;
    int row; // of the next line; negative if it is scrolled out
};

static void put_line(struct writer *w, enum role role, u8 attributes, int indent, const char *text)
{
    area_put_until(w->area, w->row++, indent, w->area->columns, role, attributes, text);
}

static void put_words(struct writer *w, enum role role, const char *text)
{
    w->row += area_put_wrapped(w->area, w->row, 0, w->area->columns, role, 0, text);
}

// ---- entries

// Where the second stage stands beside the first one. In a pane that is too narrow, and after a
// long entry, it stands below.
#define SECOND_COLUMN 52
#define SECOND_WIDTH 24

// `before` is the text of the row above, which begins in column 2.
static void put_second(struct writer *w, const struct stage_walk *second, const char *before)
{
    char text[64];
    if (!second->reads)
        return;
    const char *size = second->reads == 1 ? "4M" : "4K";
    if (second->mapped)
        snprintf(text, sizeof text, "G %s %08x  %08x", size, second->entry, second->at);
    else
        snprintf(text, sizeof text, "G %08x: nothing", second->entry);
    bool fits = w->area->columns >= SECOND_COLUMN + SECOND_WIDTH &&
                2 + text_columns(before) < SECOND_COLUMN;
    if (fits)
        w->row--;
    put_line(w, second->mapped ? ROLE_VMM : ROLE_WARNING, 0, fits ? SECOND_COLUMN : 6, text);
}

// The heading of the second stage, beside that of the table that the hart walks.
static void put_second_heading(struct writer *w)
{
    if (w->area->columns >= SECOND_COLUMN + SECOND_WIDTH)
        area_put_until(w->area, w->row - 1, SECOND_COLUMN, w->area->columns, ROLE_VMM, 0,
                       "second stage, and where");
    else
        put_line(w, ROLE_VMM, 0, 2, "G: the second stage, and where");
}

// The page itself is looked for by the second stage alone.
static void put_page(struct writer *w, const struct table_walk *walk)
{
    char text[64];
    if (!walk->page.reads)
        return;
    snprintf(text, sizeof text, "the page, guest physical %08llx",
             (unsigned long long)walk->page.gpa);
    put_line(w, ROLE_PLAIN, 0, 2, text);
    put_second(w, &walk->page, text);
}

#define ENTRY_WIDTH 54 // columns of an entry with the word "superpage"

static void put_entry(struct writer *w, const struct table_walk *walk, u32 i)
{
    u32 entry = walk->entry[i];
    u64 to = (u64)PTE_PPN(entry) << PAGE_SHIFT;
    bool last = i + 1 == walk->entries;
    // In a narrow pane, and beside a second stage, there is room for the short word alone.
    bool narrow = walk->two_stages || w->area->columns < ENTRY_WIDTH;
    const char *super = narrow ? " 4M" : "  superpage";
    char text[96], bits[ENTRY_BITS];
    if (last && walk->leaf)
        snprintf(text, sizeof text, "[%03x] %08x -> %08llx  %s%s", walk->index[i], entry,
                 (unsigned long long)walk->physical, entry_print_bits(entry, bits),
                 i == 0 ? super : "");
    else if (last && walk->bad)
        snprintf(text, sizeof text, "[%03x] %08x nothing: %s", walk->index[i], entry,
                 entry_refusal_words((enum entry_refusal)walk->bad));
    else
        snprintf(text, sizeof text, "[%03x] %08x -> table %08llx", walk->index[i], entry,
                 (unsigned long long)to);
    area_target(w->area, w->row, 0, w->area->columns, TARGET_BITS, entry);
    put_line(w, last && !walk->leaf ? ROLE_WARNING : ROLE_PLAIN, 0, 2, text);
    put_second(w, &walk->second[i], text);
}

// The entry that the guest's table should have next, where the VM has no memory.
static void put_lost_entry(struct writer *w, const struct table_walk *walk)
{
    const struct stage_walk *lost = &walk->second[walk->entries];
    char text[64];
    if (!lost->reads || lost->mapped)
        return;
    snprintf(text, sizeof text, "its table, guest physical %08llx", (unsigned long long)lost->gpa);
    put_line(w, ROLE_WARNING, 0, 2, text);
    put_second(w, lost, text);
}

// "guest g1.1", "shadow in g1", "shadow of L0": whose table it is.
static void put_table(struct writer *w, const struct model *now, u32 index)
{
    const struct page_tables *p = &now->pages;
    const struct table_walk *walk = &p->walk[index];
    char text[96], name[40];
    vm_path_print(&walk->path, name, sizeof name);
    bool bare = !vm_path_length(&now->vcpu.path), guest = index == 0;
    bool real = index + 1 == p->walks && !now->vcpu.seen.two_stages;
    if (bare)
        snprintf(text, sizeof text, "the kernel's table  satp %08x", walk->satp);
    else if (guest)
        snprintf(text, sizeof text, "guest %s  satp %08x", name, walk->satp);
    else if (real)
        snprintf(text, sizeof text, "shadow of L0, in the hart's satp %08x", walk->satp);
    else
        snprintf(text, sizeof text, "shadow that the VMM in %s keeps  satp %08x", name, walk->satp);
    put_line(w, guest ? words_role(&now->vcpu.path) : ROLE_VMM, ATTRIBUTE_BOLD, 0, text);
    if (walk->two_stages)
        put_second_heading(w);
    if (!walk->known)
        put_line(w, ROLE_DIM, 0, 2, "the VCPU is on no hart, so none of its shadows is in force");
    else if (!walk->paging)
        put_line(w, ROLE_DIM, 0, 2, "paging is off: each address means itself");
    for (u32 i = 0; i < walk->entries; i++)
        put_entry(w, walk, i);
    if (pages_table_is_lost(walk))
        put_line(w, ROLE_BAD, 0, 2, "there is no memory where the table should be");
    if (walk->entries < 2 && !walk->leaf)
        put_lost_entry(w, walk);
    put_page(w, walk);
}

// ---- why they differ

static void put_reads(struct writer *w, const struct table_walk *walk, bool is_shadow)
{
    char text[120];
    const char *table = is_shadow ? "shadow" : "guest's table";
    u32 reads = pages_reads(walk);
    snprintf(text, sizeof text,
             "For this address the hart reads %u %s: %u of the %s, %u of the second stage.", reads,
             reads == 1 ? "entry" : "entries", walk->entries, table, reads - walk->entries);
    put_words(w, ROLE_DIM, text);
}

static void put_why(struct writer *w, const struct page_tables *p)
{
    const struct table_walk *last = &p->walk[p->walks - 1];
    char text[200];
    if (page_words_place(p, text, sizeof text))
        put_words(w, ROLE_DEVICE, text);
    if (last->two_stages) {
        put_reads(w, last, p->walks > 1);
        if (p->merged)
            put_words(w, ROLE_DIM,
                      "L0 merged that stage from its own and from that of the VMM that it runs.");
        put_words(w, ROLE_PLAIN, page_words_stages(p));
    }
    if (p->walks > 1)
        put_words(w, ROLE_PLAIN, page_words_difference(p));
    if (page_words_filler(p, text, sizeof text))
        put_words(w, ROLE_PLAIN, text);
}

// ---- the access of the selected trap

// The tables above are those of now. If the guest's entry was another one at the trap, that is
// said.
static void put_change(struct writer *w, const struct page_tables *p, const struct judgement *j)
{
    const struct table_walk *guest = &p->walk[0];
    u32 entry = guest->entries ? guest->entry[guest->entries - 1] : 0;
    char text[80];
    if (!j->paging && !guest->paging)
        return;
    if (j->paging && !guest->paging)
        put_words(w, ROLE_DIM, "Now paging is off.");
    if (guest->paging && (!j->paging || entry != j->entry)) {
        snprintf(text, sizeof text, "Now the entry is %08x.", entry);
        put_words(w, ROLE_DIM, text);
    }
}

static void put_access(struct writer *w, const struct model *now)
{
    const struct trap_row *row = model_trap(now);
    char text[400];
    if (!row || !row->judged.known)
        return;
    bool shown = vm_path_equal(&row->path, &now->vcpu.path);
    bool here = row->note.addr >> PAGE_SHIFT == now->pages.address >> PAGE_SHIFT;
    if (shown && !here)
        return; // a person has chosen another address
    judgement_tell(row, text, sizeof text);
    put_words(w, ROLE_PAGE, text);
    if (shown)
        put_change(w, &now->pages, &row->judged);
}

// ---- the map

enum { MAP_ROWS = 16, MAP_COLUMNS = 64 };

static const struct {
    u32 glyph;
    enum role role;
} looks[] = {
    [0] = {0xb7, ROLE_DIM},
    [SLOT_GUEST] = {0x2591, ROLE_GUEST},
    [SLOT_SHADOW] = {0x2584, ROLE_VMM},
    [SLOT_GUEST | SLOT_SHADOW] = {0x2588, ROLE_GOOD},
    [SLOT_DEVICE] = {0x25c6, ROLE_DEVICE},
};

// A device is rare, so its glyph stands where the piece has memory, too.
static u8 look_of(u8 slot)
{
    return slot & SLOT_DEVICE ? SLOT_DEVICE : slot;
}

// What the glyphs of the map mean. There is no shadow to compare with where one table is all. A
// guest that has paging off has no table: its addresses are those of its memory and its devices.
static void put_legend(struct writer *w, const struct page_tables *p)
{
    bool paging = p->walk[0].paging, alone = p->walks == 1;
    put_line(w, ROLE_DIM, 0, 0, "The address space, 4 MiB a column:");
    if (alone && paging)
        put_line(w, ROLE_DIM, 0, 0, "░ the table maps a page   ◆ one of a device   · nothing");
    else if (alone)
        put_line(w, ROLE_DIM, 0, 0, "░ memory (paging is off)   ◆ a device   · nothing");
    else if (paging)
        put_line(w, ROLE_DIM, 0, 0,
                 "█ guest and shadow  ░ guest only  ▄ shadow only  ◆ guest: a device  · nothing");
    else
        put_line(w, ROLE_DIM, 0, 0,
                 "█ memory, in the shadow  ░ memory only  ▄ shadow only  ◆ a device  · nothing");
}

// The column that is shown reversed, in numbers. A page that leads to no memory and to no device is
// named where it is walked, but a guest that has paging off has no such page.
static void put_here(struct writer *w, const struct page_tables *p)
{
    const struct table_walk *last = &p->walk[p->walks - 1];
    char text[200], device[40] = "", empty[40] = "", shadow[40] = "";
    if (p->here.device)
        snprintf(device, sizeof device, " (%s%s)", p->here.device_name,
                 p->here.several_devices ? " and others" : "");
    if (p->here.empty && p->walk[0].paging)
        snprintf(empty, sizeof empty, ", nothing %u", p->here.empty);
    if (p->walks > 1 && last->known)
        snprintf(shadow, sizeof shadow, "; shadow %u", p->here.shadow);
    snprintf(text, sizeof text, "%08x in pages: memory %u, devices %u%s%s%s",
             p->address & ~(MEGAPAGE_SIZE - 1), p->here.memory, p->here.device, device, empty,
             shadow);
    put_words(w, ROLE_DIM, text);
}

static void put_map(struct writer *w, const struct model *now)
{
    const struct page_tables *p = &now->pages;
    put_legend(w, p);
    for (int row = 0; row < MAP_ROWS; row++, w->row++) {
        area_print(w->area, w->row, 0, ROLE_DIM, 0, "%08x ", (u32)row * MAP_COLUMNS << 22);
        for (int column = 0; column < MAP_COLUMNS; column++) {
            u32 slot = (u32)(row * MAP_COLUMNS + column);
            bool here = p->address >> 22 == slot;
            u8 look = look_of(p->slot[slot]);
            area_target(w->area, w->row, 9 + column, 1, TARGET_PAGE, (u64)slot << 22);
            area_fill(w->area, w->row, 9 + column, 1, looks[look].role,
                      here ? ATTRIBUTE_REVERSE : 0, looks[look].glyph);
        }
    }
    put_here(w, p);
}

// ---- the pane

static int put_all(const struct model *now, const struct area *area, int scroll)
{
    struct writer w = {area, -scroll};
    const struct page_tables *p = &now->pages;
    char text[80];
    snprintf(text, sizeof text, "address %08x  [%03x] [%03x] + %03x", p->address, p->address >> 22,
             p->address >> 12 & 1023, p->address & 0xfff);
    put_line(&w, ROLE_TITLE, ATTRIBUTE_BOLD, 0, text);
    for (u32 i = 0; i < p->walks; i++)
        put_table(&w, now, i);
    put_why(&w, p);
    put_access(&w, now);
    if (area->columns >= MAP_COLUMNS + 9)
        put_map(&w, now);
    return w.row + scroll;
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    if (!now->pages.known) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no machine yet");
        return;
    }
    struct area nowhere = {area->grid, 0, 0, 0, area->columns}; // the first pass counts the rows
    int most = put_all(now, &nowhere, 0) - area->rows;
    state->scroll = clamp(state->scroll, 0, most > 0 ? most : 0);
    put_all(now, area, state->scroll);
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    char name[40];
    (void)state;
    if (now->pages.known)
        snprintf(to, VIEW_TITLE, "%s  a address  < > page",
                 vm_path_print(&now->vcpu.path, name, sizeof name));
}

const struct pane view_pages = {
    '6', "Page tables",
    "One address goes through the guest's page table and through its shadows, entry by entry, and "
    "the pane says why they differ. It follows the selected trap, or the pc. a chooses another "
    "address, < and > go page by page. For the selected trap the pane says what the tables said at "
    "that trap, and which bit refused the access. The map below has a column for each 4 MiB of the "
    "address space. A device has a sign of its own, which stands where the column has memory, too.",
    title, draw};
