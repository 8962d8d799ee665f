// sh: the shell. A line has pipelines, separated by `;` or by `&` (which does not wait for the
// pipeline before it). A pipeline has commands, with `|` between them. A command has words,
// perhaps followed by `< FILE`; text in quotes counts as one word. The commands exit and help
// are built in.
// Read next: scenarios/guests/kite/user/selftest.c.
#include "scenarios/guests/kite/user/kite.h"

#define LINE 256
#define WORDS 24

struct command {
    char *argv[WORDS + 1];
    u32 count;
    char *input; // NULL: the input stays as it is
};

// Cuts the next word off *at, in place: a run of other characters, a quoted text, or a sign (one
// of | ; & <). Returns NULL at the end of the line. Sets *sign to the sign, or to 0. *held is
// the sign that ended the word before; it is 0 at first.
static char *next_word(char **at, char *sign, char *held)
{
    static char none[1];
    char *s = *at;
    *sign = 0;
    if (*held) {
        *sign = *held;
        *held = 0;
        return none;
    }
    while (*s == ' ' || *s == '\t')
        s++;
    if (*s == 0 || *s == '#')
        return NULL;
    char quote = *s == '"' || *s == '\'' ? *s++ : 0, *word = s;
    if (!quote && (*s == '|' || *s == ';' || *s == '&' || *s == '<')) {
        *sign = *s;
        *at = s + 1;
        return none;
    }
    while (*s &&
           (quote ? *s != quote
                  : *s != ' ' && *s != '\t' && *s != '|' && *s != ';' && *s != '&' && *s != '<'))
        s++;
    if (!quote && (*s == '|' || *s == ';' || *s == '&' || *s == '<'))
        *held = *s;
    *at = *s ? s + 1 : s;
    *s = 0;
    return word;
}

static void run(struct command *c)
{
    char path[64];
    u32 length = (u32)strlen(c->argv[0]);
    if (c->input) {
        close(0);
        if (open(c->input) < 0) {
            fprintf(2, "sh: %s: no such file\n", c->input);
            exit(1);
        }
    }
    if (length < sizeof path - 5 && c->argv[0][0] != '/') {
        memcpy(path, "/bin/", 5);
        memcpy(path + 5, c->argv[0], length + 1);
        exec(path, c->argv);
    }
    exec(c->argv[0], c->argv);
    fprintf(2, "sh: %s: no such program (help lists them)\n", c->argv[0]);
    exit(127);
}

// Starts a command whose input comes from `in`. If `more` commands follow, its output goes into
// a new pipe, whose other end is returned. -1: there is no pipe.
static i32 start(struct command *c, i32 in, bool more, i32 *pid)
{
    i32 fds[2] = {-1, -1};
    if (more && pipe(fds) < 0)
        return -1;
    *pid = fork();
    if (*pid == 0) {
        if (in > 0) {
            close(0);
            dup(in);
            close(in);
        }
        if (more) {
            close(1);
            dup(fds[1]);
            close(fds[0]);
            close(fds[1]);
        }
        run(c);
    }
    if (in > 0)
        close(in);
    if (more)
        close(fds[1]);
    return fds[0];
}

static void tell(i32 status)
{
    if (status >= WAIT_FAULT)
        fprintf(2, "sh: %s\n", cause_name(status));
}

// Waits for the last process of a pipeline, and takes the status of all others that end before
// it. Until then ^C ends the whole pipeline, from its first process on.
static void finish(i32 first, i32 last)
{
    i32 status, pid;
    foreground(first);
    do {
        pid = wait(&status);
        if (pid > 0)
            tell(status);
    } while (pid > 0 && pid != last);
    foreground(0);
}

static bool built_in(struct command *c)
{
    if (strcmp(c->argv[0], "exit") == 0)
        exit(c->count > 1 ? (i32)number(c->argv[1]) : 0);
    if (strcmp(c->argv[0], "help") != 0)
        return false;
    printf("a | b    a ; b    a &    a < file    exit    help, and these programs:\n");
    struct file_info info;
    for (u32 i = 0; list(i, &info) == 0; i++)
        if (strncmp(info.name, "/bin/", 5) == 0)
            printf(" %s", info.name + 5);
    printf("\n");
    return true;
}

// Carries out one line: collects words into a command, and starts the command at each sign.
static void do_line(char *line)
{
    struct command c = {.count = 0};
    i32 in = 0, pid = -1, first = -1;
    char sign, held = 0, *word;
    bool input = false;
    do {
        word = next_word(&line, &sign, &held);
        if (word && !sign) {
            if (input)
                c.input = word;
            else if (c.count < WORDS)
                c.argv[c.count++] = word;
            input = false;
            continue;
        }
        input = sign == '<';
        if (input || c.count == 0)
            continue;
        c.argv[c.count] = NULL;
        if (sign == '|' || in > 0 || !built_in(&c)) {
            in = start(&c, in, sign == '|', &pid);
            if (in < 0 && sign == '|')
                return;
            first = first < 0 ? pid : first;
            if (sign == '&')
                printf("[%d]\n", pid);
            else if (sign != '|')
                finish(first, pid);
        }
        in = sign == '|' ? in : 0;
        first = sign == '|' ? first : -1;
        c = (struct command){.count = 0};
    } while (word);
    if (in > 0)
        close(in);
}

int main(void)
{
    char line[LINE];
    for (;;) {
        fprintf(2, "$ ");
        if (read_line(0, line, sizeof line) < 0)
            return 0;
        do_line(line);
    }
}
