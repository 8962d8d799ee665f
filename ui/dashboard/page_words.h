// The sentences of pane 6 about one address: where it leads, why the guest's table and the shadow
// differ, and who fills the shadow.
// Read next: ui/dashboard/source.h.
#ifndef UI_DASHBOARD_PAGE_WORDS_H
#define UI_DASHBOARD_PAGE_WORDS_H

#include "ui/dashboard/pages.h"

// Writes what is at the physical address, if it is no memory. Returns false if it is memory, or
// if nothing is mapped.
bool page_words_place(const struct page_tables *p, char *to, size_t size);

// Returns why the guest's own table and the shadow that the hart walks differ, or that they
// agree.
const char *page_words_difference(const struct page_tables *p);
// The same for two stages of translation, where nothing has to be kept in step.
const char *page_words_stages(const struct page_tables *p);

// With VMMs inside VMMs: writes which of them fills the shadow that the hart walks. Returns
// false if there is only one VMM, or if nothing is to be filled.
bool page_words_filler(const struct page_tables *p, char *to, size_t size);

#endif
