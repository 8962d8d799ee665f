// A film as one HTML page that plays the screens. Beside the screen stands a list of the traps
// and stops, from which the reader can choose, and the story of the trap that is shown. The page
// needs no other file and no network, so a course can put it on its web site. Texts of guests
// and scripts appear in the page only as text, and are never read as HTML.
//
//     film: [{t: time, r: {row: [paint, text, ...]}, m: marker, w: why, s: story,
//            l: [[frame, its story], ...]}, ...]
//
// A frame lists only the rows that have changed.
// Read next: ui/film/order.h.
#ifndef UI_FILM_WEB_PAGE_H
#define UI_FILM_WEB_PAGE_H

#include "ui/film/film.h"
#include "ui/terminal/paint.h"

#define WEB_PAGE_PAINTS \
    256 // different looks of a cell; if there are more, the others look like the first

#define WEB_PAGE_WAITING 16 // traps whose story is not complete

struct web_page {
    FILE *to;
    enum theme theme;
    const char *title; // harmless
    u32 frames;        // written so far
    struct cells last;
    struct paint paint[WEB_PAGE_PAINTS];
    u32 paints;
    // Below nested VMMs the story of a trap goes on while other VMs trap. When the story is
    // complete, it is written with the frame of that moment, and the script of the page puts it
    // into the frame of the trap.
    struct {
        u32 frame, generation; // the frame of the trap, and the number of its world
        u64 trap;              // its number; 0: this place is free
    } waiting[WEB_PAGE_WAITING];
    u32 next_waiting;
};

// A film_sink function, whose `context` is a struct web_page. After a write error
// ferror(page->to) is true.
void web_page_frame(void *context, const struct film_frame *frame);
// Writes what follows the last frame.
void web_page_end(struct web_page *p);
void web_page_free(struct web_page *p);

#endif
