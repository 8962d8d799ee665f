// Making the film that was ordered. Read ui/film/order.h first.
#include "ui/film/order.h"
#include "ui/film/cast.h"
#include "ui/film/film.h"
#include "ui/film/web_page.h"

#include <stdlib.h>

static int within(int value, int least, int most)
{
    if (value < least)
        return least;
    return value < most ? value : most;
}

static struct film_options options_of(const struct film_order *order)
{
    return (struct film_options){
        .rows = within(order->rows, FILM_ROWS_MIN, FILM_SIDE_MAX),
        .columns = within(order->columns, FILM_COLUMNS_MIN, FILM_SIDE_MAX),
        .lived = order->lived,
        .stops = order->stops,
    };
}

static void make_cast(const struct film_order *order, FILE *to, char *error)
{
    struct film_options options = options_of(order);
    struct cast cast = {.to = to, .theme = order->theme, .title = order->title};
    struct film_sink sink = {cast_frame, &cast};
    film_run(NULL, &options, &sink, 1, error);
    cast_free(&cast);
}

static void make_page(const struct film_order *order, FILE *to, char *error)
{
    struct film_options options = options_of(order);
    struct web_page *page = calloc(1, sizeof *page);
    if (!page) {
        snprintf(error, WORLD_ERROR, "not enough memory for the film");
        return;
    }
    *page = (struct web_page){.to = to, .theme = order->theme, .title = order->title};
    struct film_sink sink = {web_page_frame, page};
    film_run(NULL, &options, &sink, 1, error);
    web_page_end(page);
    web_page_free(page);
    free(page);
}

// The film of a script that fails is a film, too: it ends with the error.
bool film_of_order(const struct film_order *order, FILE *to, char *error)
{
    char failed[WORLD_ERROR] = "";
    if (order->page)
        make_page(order, to, failed);
    else
        make_cast(order, to, failed);
    bool scripts = scenario_state(order->lived->sc) == SCENARIO_FAILED;
    snprintf(error, WORLD_ERROR, "%s", scripts ? "" : failed);
    return !error[0];
}
