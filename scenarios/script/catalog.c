// The scenarios that come with the program, in the order of the menu. Read
// scenarios/script/scenario.h and lesson.h first.
// Read next: scenarios/script/sandbox.h.
#include "scenarios/script/lesson.h"

#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct catalog {
    struct scenario_entry *entry;
    u32 count, room;
    // "more" of the lessons: the name of a scenario, and the lesson that names it.
    struct {
        char *name;
        u32 lesson;
    } * more;
    u32 more_count, more_room;
};

static void free_entry(struct scenario_entry *e)
{
    free(e->path);
    free(e->title);
    free(e->description);
    free(e->section);
    free(e->idea);
}

// Makes room for one more item of `size` bytes. Returns false if memory lacks.
static bool make_room(void **items, u32 count, u32 *room, size_t size)
{
    if (count < *room)
        return true;
    void *more = realloc(*items, (*room + 32) * size);
    if (!more)
        return false;
    *items = more;
    *room += 32;
    return true;
}

// ---- reading one

static void add_more(struct catalog *c, const char *name, u32 lesson)
{
    char *copy = strdup(name);
    if (!copy || !make_room((void **)&c->more, c->more_count, &c->more_room, sizeof *c->more)) {
        free(copy);
        return;
    }
    c->more[c->more_count].name = copy;
    c->more[c->more_count++].lesson = lesson;
}

// Lets the script run until it says lesson{...}. A script that never does is no lesson; nor is one
// that has an error, which the person is told when it is run.
static void read_lesson(struct catalog *c, struct scenario_entry *e)
{
    char error[WORLD_ERROR];
    enum status why;
    struct scenario_options options = {.only_lesson = true};
    struct scenario *sc = scenario_open(e->path, &options, &why, error, sizeof error);
    if (!sc)
        return;
    scenario_advance(sc, 1);
    const struct lesson *lesson = scenario_lesson(sc);
    if (lesson) {
        e->lesson = lesson->number;
        e->minutes = lesson->minutes;
        e->section = strdup(lesson->section);
        e->idea = strdup(lesson->idea);
        for (u32 i = 0; i < lesson->more_count; i++)
            add_more(c, lesson->more[i], lesson->number);
    }
    scenario_close(sc);
}

static bool read_entry(const char *folder, const char *name, struct scenario_entry *entry)
{
    char error[WORLD_ERROR];
    size_t n = strlen(name);
    *entry = (struct scenario_entry){0};
    if (n < 5 || *name == '.' || strcmp(name + n - 4, ".lua"))
        return false;
    entry->path = file_join(folder, name);
    if (entry->path &&
        scenario_read_header(entry->path, &entry->title, &entry->description, error, sizeof error))
        return true;
    free(entry->path);
    return false;
}

static void read_folder(struct catalog *c, const char *folder, bool lessons)
{
    DIR *dir = folder ? opendir(folder) : NULL;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct scenario_entry entry;
        if (!read_entry(folder, d->d_name, &entry))
            continue;
        if (!make_room((void **)&c->entry, c->count, &c->room, sizeof *c->entry)) {
            free_entry(&entry);
            break;
        }
        if (lessons)
            read_lesson(c, &entry);
        c->entry[c->count++] = entry;
    }
    if (dir)
        closedir(dir);
}

// ---- the order of the menu

static bool is_named(const struct scenario_entry *e, const char *name)
{
    const char *base = strrchr(e->path, '/') + 1;
    size_t n = strlen(name);
    return !strncmp(base, name, n) && !strcmp(base + n, ".lua");
}

static void place_under_lessons(struct catalog *c)
{
    for (u32 i = 0; i < c->more_count; i++)
        for (u32 j = 0; j < c->count; j++)
            if (!c->entry[j].lesson && is_named(&c->entry[j], c->more[i].name))
                c->entry[j].more_of = c->more[i].lesson;
}

// The lesson that an entry belongs to. Entries of no lesson come after all others.
static u32 place_of(const struct scenario_entry *e)
{
    u32 place = e->lesson ? e->lesson : e->more_of;
    return place ? place : UINT32_MAX;
}

static int compare_entries(const void *a, const void *b)
{
    const struct scenario_entry *x = a, *y = b;
    if (place_of(x) != place_of(y))
        return place_of(x) < place_of(y) ? -1 : 1;
    if (!x->lesson != !y->lesson)
        return x->lesson ? -1 : 1; // the lesson itself, then what shows more of it
    return strcmp(x->path, y->path);
}

u32 scenario_list(struct scenario_entry **list)
{
    struct catalog c = {0};
    char *folder = folder_scenarios();
    char *lessons = folder ? file_join(folder, "lessons") : NULL;
    read_folder(&c, folder, false);
    read_folder(&c, lessons, true);
    free(lessons);
    free(folder);
    place_under_lessons(&c);
    if (c.count)
        qsort(c.entry, c.count, sizeof *c.entry, compare_entries);
    for (u32 i = 0; i < c.more_count; i++)
        free(c.more[i].name);
    free(c.more);
    *list = c.entry;
    return c.count;
}

void scenario_list_free(struct scenario_entry *list, u32 count)
{
    for (u32 i = 0; i < count; i++)
        free_entry(&list[i]);
    free(list);
}

// ---- finding one

// The file of lesson "3", which is called "03-....lua".
static char *find_lesson(const char *folder, const char *number)
{
    char *end, *found = NULL;
    unsigned long wanted = strtoul(number, &end, 10);
    DIR *dir = *end || end == number ? NULL : opendir(folder);
    for (struct dirent *d; dir && !found && (d = readdir(dir));)
        if (strtoul(d->d_name, &end, 10) == wanted && *end == '-')
            found = folder_file(folder, d->d_name, "");
    if (dir)
        closedir(dir);
    return found;
}

char *scenario_find(const char *name)
{
    struct stat s;
    if (!stat(name, &s))
        return strdup(name);
    char *folder = strchr(name, '/') ? NULL : folder_scenarios();
    char *lessons = folder ? file_join(folder, "lessons") : NULL;
    char *found = folder_file(folder, name, "");
    found = found ? found : folder_file(folder, name, ".lua");
    found = found ? found : folder_file(lessons, name, "");
    found = found ? found : folder_file(lessons, name, ".lua");
    if (!found && lessons)
        found = find_lesson(lessons, name);
    free(lessons);
    free(folder);
    return found;
}
