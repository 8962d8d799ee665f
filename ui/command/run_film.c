// Films of a run. Read ui/command/run_film.h first.
// Read next: ui/command/ticks.c.
#include "ui/command/run_film.h"

#include "scenarios/host/files.h"
#include "ui/command/options.h"
#include "ui/film/cast.h"
#include "ui/film/web_page.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// "160x50". Returns false after a message.
static bool read_size(const char *command, const char *text, int *rows, int *columns)
{
    unsigned wide, high;
    char rest;
    if (sscanf(text, "%4ux%4u%c", &wide, &high, &rest) != 2 || wide < FILM_COLUMNS_MIN ||
        wide > FILM_SIDE_MAX || high < FILM_ROWS_MIN || high > FILM_SIDE_MAX) {
        option_wrong(command, "--size %s: columns and rows are wanted, from %dx%d to %dx%d", text,
                     FILM_COLUMNS_MIN, FILM_ROWS_MIN, FILM_SIDE_MAX, FILM_SIDE_MAX);
        return false;
    }
    *columns = (int)wide;
    *rows = (int)high;
    return true;
}

struct film_out {
    struct file_out cast_file, html_file;
    struct cast cast;
    struct web_page page;
};

// Opens the files that are wanted. Returns how many sinks there are; 0 after a message.
static u32 open_files(struct film_out *out, const struct film_files *files,
                      struct film_sink sinks[2], char *error)
{
    u32 count = 0;
    if (files->cast) {
        if (!file_out_open(&out->cast_file, files->cast, error, WORLD_ERROR))
            return 0;
        out->cast.to = out->cast_file.file;
        sinks[count++] = (struct film_sink){cast_frame, &out->cast};
    }
    if (files->html) {
        if (!file_out_open(&out->html_file, files->html, error, WORLD_ERROR))
            return 0;
        out->page.to = out->html_file.file;
        sinks[count++] = (struct film_sink){web_page_frame, &out->page};
    }
    return count;
}

static bool commit(struct film_out *out, const struct film_files *files, char *error)
{
    if (files->html)
        web_page_end(&out->page);
    return (!files->cast || file_out_commit(&out->cast_file, error, WORLD_ERROR)) &&
           (!files->html || file_out_commit(&out->html_file, error, WORLD_ERROR));
}

int run_film(const char *command, const char *path, const struct dashboard_options *options,
             const struct film_files *files)
{
    struct film_options film = {.run = {.script = options->script,
                                        .seed = options->seed,
                                        .limit = options->limit,
                                        .engine = options->engine,
                                        .costs = options->costs},
                                .recording = options->recording};
    const char *slash = strrchr(path, '/');
    char error[WORLD_ERROR] = "", title[128];
    struct film_sink sinks[2];
    struct film_out *out = calloc(1, sizeof *out);
    if (!read_size(command, files->size, &film.rows, &film.columns) || !out) {
        free(out);
        return STATUS_USAGE;
    }
    text_harmless(slash ? slash + 1 : path, strlen(slash ? slash + 1 : path), title, sizeof title);
    out->cast.title = out->page.title = title;
    out->cast.theme = out->page.theme = options->theme;
    int status = STATUS_INPUT;
    u32 count = open_files(out, files, sinks, error);
    if (count) {
        status = film_run(path, &film, sinks, count, error);
        if (!error[0] && !commit(out, files, error))
            status = STATUS_INPUT;
    }
    if (error[0])
        fprintf(stderr, "trapeze %s: %s\n", command, error);
    file_out_discard(&out->cast_file);
    file_out_discard(&out->html_file);
    cast_free(&out->cast);
    web_page_free(&out->page);
    free(out);
    return status;
}
