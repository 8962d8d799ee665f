// Making a film beside the dashboard. Read ui/dashboard/filming.h first.
#include "ui/dashboard/filming.h"
#include "ui/dashboard/child.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void make(const struct filming *f, film_maker *maker,
                           const struct film_order *order, int said)
{
    char error[WORLD_ERROR] = "";
    bool made = maker(order, f->out.file, error);
    if (made && fflush(f->out.file)) {
        made = false;
        snprintf(error, sizeof error, "%s", strerror(errno));
    }
    bool told = write(said, error, strlen(error)) >= 0;
    _exit(!made || !told);
}

bool filming_begin(struct filming *f, film_maker *maker, const struct film_order *order,
                   const char *path, char *error)
{
    int said;
    if (!file_out_open(&f->out, path, error, WORLD_ERROR))
        return false;
    f->child = child_begin(&said);
    if (!f->child)
        make(f, maker, order, said);
    f->said = said;
    if (f->child > 0)
        return true;
    f->child = 0;
    file_out_discard(&f->out);
    snprintf(error, WORLD_ERROR, "film: no process can be made for it");
    return false;
}

// The pipe has text or its end: the child says why it failed, or it has closed the pipe because
// the film is complete.
static void finish(struct filming *f, char *text)
{
    char error[WORLD_ERROR], path[80];
    ssize_t count = read(f->said, error, sizeof error - 1);
    error[count > 0 ? count : 0] = 0;
    snprintf(path, sizeof path, "%.79s", f->out.path);
    bool made = child_wait(f->child);
    f->child = 0;
    close(f->said);
    if (made && file_out_commit(&f->out, error, sizeof error))
        snprintf(text, WORLD_ERROR, "the film is in %s", path);
    else
        snprintf(text, WORLD_ERROR, "no film: %.*s", WORLD_ERROR - 20,
                 error[0] ? error : "the process that makes it was ended");
    file_out_discard(&f->out);
}

bool filming_wait(struct filming *f, int milliseconds, char *text)
{
    struct pollfd said = {.fd = f->said, .events = POLLIN};
    if (poll(&said, 1, milliseconds) <= 0)
        return false;
    finish(f, text);
    return true;
}

void filming_end(struct filming *f)
{
    if (!f->child)
        return;
    child_kill(f->child);
    close(f->said);
    f->child = 0;
    file_out_discard(&f->out);
}
