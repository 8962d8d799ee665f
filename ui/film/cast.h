// A film as an asciinema cast, version 2: a file of JSON lines. `asciinema play` shows it on a
// terminal, and a player in a web page can show it, too. The first line is the header. Each
// other line has a time in seconds, a kind ("o": bytes for the terminal, "m": a marker), and a
// text:
//
//     {"version":2,"width":80,"height":24,"title":"first-trap.lua"}
//     [0.000,"o","\u001b[2J ..."]
//     [4.000,"m","the first exit"]
//
// A frame writes only the cells that have changed.
// Source: asciicast v2 (docs.asciinema.org/manual/asciicast/v2).
// Read next: ui/film/web_page.h.
#ifndef UI_FILM_CAST_H
#define UI_FILM_CAST_H

#include "ui/film/film.h"
#include "ui/terminal/theme.h"

#include <stdio.h>

struct cast {
    FILE *to;
    enum theme theme;
    const char *title; // harmless
    bool begun;
    struct cells last; // what the terminal shows
};

// A film_sink function, whose `context` is a struct cast. After a write error ferror(cast->to)
// is true.
void cast_frame(void *context, const struct film_frame *frame);
void cast_free(struct cast *c);

// Writes a text as a JSON string. The string is also safe inside a script of an HTML page.
void cast_put_json(const char *text, FILE *to);

#endif
