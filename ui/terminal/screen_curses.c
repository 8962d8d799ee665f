// The screen on a terminal, made with ncurses. No other file includes curses. Read
// ui/terminal/screen.h first.
//
// Ways out: screen_close and exit (by atexit) call endwin. After a crash curses cannot be trusted
// any more, so the bytes that restore the terminal are made ready at the start, and the signal
// handler writes them. `terminal` holds what the handlers need. It is a global because a signal
// handler has no parameter through which it could come.
// Read next: ui/terminal/background.h.
#include "ui/terminal/screen.h"
#include "ui/terminal/background.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#undef columns // term.h has a macro for a capability of that name

#define BACKGROUND_KEY (KEY_MAX + 1) // curses gives it for BACKGROUND_ANSWER
#define ANSWER_WAIT 25               // milliseconds before the first screen is drawn
#define ANSWER_GAP 25                // milliseconds between two bytes of an answer

struct screen {
    SCREEN *curses;
    bool ascii;
    int colours;          // 0: mono
    enum theme wanted;    // may be THEME_AUTO,
    enum theme theme;     // and this one is used
    enum theme automatic; // dark or light: a guess, until the terminal answers
    int mouse_row, mouse_column;
};

static struct {
    struct screen screen;
    volatile sig_atomic_t taken;     // the terminal is ours
    volatile sig_atomic_t asked_end; // a signal asked us to end
    struct termios before;
    char restore[512]; // bytes that give the terminal back
    size_t restore_size;
} terminal;

// ---- giving the terminal back

static void restore_at_exit(void)
{
    if (!terminal.taken)
        return;
    terminal.taken = 0;
    endwin();
}

// Safe in a signal handler: write and tcsetattr only.
void screen_rescue(void)
{
    if (!terminal.taken)
        return;
    terminal.taken = 0;
    if (write(STDOUT_FILENO, terminal.restore, terminal.restore_size) < 0)
        return;
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
}

static void on_crash(int signal_number)
{
    screen_rescue();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void on_end(int signal_number)
{
    if (terminal.asked_end) // the loop did not see the first signal, so it hangs
        on_crash(signal_number);
    terminal.asked_end = signal_number;
}

static void catch_signals(void)
{
    static const struct {
        int number;
        void (*handler)(int);
    } caught[] = {
        {SIGINT, on_end},   {SIGTERM, on_end},   {SIGHUP, on_end},
        {SIGQUIT, on_end},  {SIGSEGV, on_crash}, {SIGBUS, on_crash},
        {SIGFPE, on_crash}, {SIGILL, on_crash},  {SIGABRT, on_crash},
    };
    static char other_stack[32768]; // for a crash by stack overflow
    sigaltstack(&(stack_t){.ss_sp = other_stack, .ss_size = sizeof other_stack}, NULL);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction action = {.sa_handler = caught[i].handler, .sa_flags = SA_ONSTACK};
        sigaction(caught[i].number, &action, NULL);
    }
}

static void release_signals(void)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV,
                                 SIGBUS, SIGFPE,  SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        signal(caught[i], SIG_DFL);
}

static void keep_bytes(const char *bytes)
{
    size_t size = bytes && bytes != (char *)-1 ? strlen(bytes) : 0;
    if (terminal.restore_size + size > sizeof terminal.restore)
        return;
    memcpy(terminal.restore + terminal.restore_size, bytes ? bytes : "", size);
    terminal.restore_size += size;
}

// ---- taking it

// What the terminal's description lacks; NULL: nothing.
static const char *lacking(void)
{
    int problem = 0;
    if (setupterm(NULL, STDOUT_FILENO, &problem) != OK)
        return "this kind of terminal (TERM) is not known";
    const char *lacks =
        cursor_address ? NULL : "this kind of terminal (TERM) cannot move its cursor";
    del_curterm(cur_term);
    return lacks;
}

bool screen_possible(const char **why)
{
    const char *term = getenv("TERM");
    *why = NULL;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        *why = "standard input and output are not both a terminal";
    else if (!term || !*term)
        *why = "TERM is not set";
    else
        *why = lacking();
    return !*why;
}

static int colours_of(enum colour colour)
{
    const char *no_color = getenv("NO_COLOR");
    bool forbidden = colour == COLOUR_NEVER || (colour == COLOUR_AUTO && no_color && *no_color);
    if (forbidden || !has_colors() || start_color() != OK)
        return 0;
    use_default_colors();
    return COLOR_PAIRS > ROLES ? COLORS : 0;
}

static void set_pairs(const struct screen *s)
{
    if (s->colours < 8)
        return;
    for (int role = 0; role < ROLES; role++) {
        struct style style = theme_style((enum role)role, s->theme, s->colours);
        init_pair((short)(role + 1), style.foreground, style.background);
    }
}

void screen_set_theme(struct screen *s, enum theme theme)
{
    s->wanted = theme;
    s->theme = theme == THEME_AUTO ? s->automatic : theme;
    set_pairs(s);
    clearok(stdscr, TRUE);
}

enum theme screen_theme(const struct screen *s)
{
    return s->theme;
}

// Reads what comes behind BACKGROUND_ANSWER. Returns whether the screen looks different now.
static bool take_background(struct screen *s)
{
    char answer[64] = BACKGROUND_ANSWER;
    size_t count = strlen(answer);
    wint_t byte;
    bool light;
    timeout(ANSWER_GAP);
    while (count + 1 < sizeof answer && get_wch(&byte) == OK && byte < 0x80) {
        answer[count++] = (char)byte;
        if (byte == '\a' || byte == '\\')
            break;
    }
    if (!background_read(answer, &light))
        return false;
    enum theme before = s->theme;
    s->automatic = light ? THEME_LIGHT : THEME_DARK;
    screen_set_theme(s, s->wanted);
    return s->theme != before;
}

// Asks for the colour of the background. A terminal nearby answers before the first screen is
// drawn, which then need not change. The answer of a terminal far away comes among the keys.
static void ask_background(struct screen *s)
{
    const char *question = background_question();
    wint_t key;
    define_key(BACKGROUND_ANSWER, BACKGROUND_KEY);
    if (!question || write(STDOUT_FILENO, question, strlen(question)) < 0 || s->wanted)
        return;
    timeout(ANSWER_WAIT);
    int kind = get_wch(&key);
    if (kind == KEY_CODE_YES && key == BACKGROUND_KEY)
        take_background(s);
    else if (kind == KEY_CODE_YES)
        ungetch((int)key);
    else if (kind == OK)
        unget_wch((wchar_t)key);
}

struct screen *screen_open(enum colour colour, enum theme theme, bool ascii)
{
    const char *why;
    setlocale(LC_CTYPE, ""); // curses and nl_langinfo below need to know whether UTF-8 is used
    if (terminal.taken || !screen_possible(&why) || tcgetattr(STDIN_FILENO, &terminal.before) != 0)
        return NULL;
    bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
    terminal.asked_end = 0;
    catch_signals(); // before curses, which then leaves them alone
    struct screen *s = &terminal.screen;
    *s = (struct screen){.automatic = background_guess_light() ? THEME_LIGHT : THEME_DARK,
                         .curses = newterm(NULL, stdout, stdin),
                         .ascii = ascii || !utf8};
    if (!s->curses) {
        release_signals();
        return NULL;
    }
    terminal.restore_size = 0;
    keep_bytes("\033[?1000l\033[?1006l"); // mouse reports off
    keep_bytes(exit_attribute_mode);
    keep_bytes(orig_pair);
    keep_bytes(cursor_normal);
    keep_bytes(keypad_local);
    keep_bytes(exit_ca_mode);
    terminal.taken = 1;
    static bool registered;
    if (!registered)
        registered = !atexit(restore_at_exit);
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    set_escdelay(
        25); // milliseconds after which an ESC is the key Esc, not the start of another key
    mouseinterval(0);
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    s->colours = colours_of(colour);
    screen_set_theme(s, theme);
    ask_background(s);
    return s;
}

void screen_close(struct screen *s)
{
    if (!terminal.taken)
        return;
    terminal.taken = 0;
    endwin();
    delscreen(s->curses);
    release_signals();
    if (terminal.asked_end && terminal.asked_end != SIGINT)
        // Who sent the signal sees from our status that it ended us. Ctrl-C is only a way to quit.
        raise(terminal.asked_end);
}

// ---- showing

void screen_size(const struct screen *s, int *rows, int *columns)
{
    (void)s;
    getmaxyx(stdscr, *rows, *columns);
}

// `is_last`: the cell is the last one of its row.
static cchar_t terminal_cell(const struct screen *s, const struct cell *cell, bool is_last)
{
    struct style style = theme_style((enum role)cell->role, s->theme, s->colours);
    bool mono = s->colours < 8 || s->theme == THEME_MONO;
    u8 on = cell->attributes | style.attributes;
    if (mono && (cell->attributes & style.attributes & ATTRIBUTE_REVERSE))
        on &= (u8)~ATTRIBUTE_REVERSE; // reversed twice is not reversed
    attr_t attributes = (on & ATTRIBUTE_BOLD ? A_BOLD : 0) |
                        (on & ATTRIBUTE_REVERSE ? A_REVERSE : 0) |
                        (on & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0);
    cchar_t to;
    wchar_t glyph[2] = {(wchar_t)cell->glyph, 0};
    // Curses may erase the end of a row instead of writing spaces, and not every terminal paints
    // the background of erased cells: bars would stop half-way. A no-break space is always written.
    bool painted = style.background >= 0 || on & ATTRIBUTE_REVERSE;
    if (is_last && painted && cell->glyph == ' ' && !s->ascii)
        glyph[0] = 0xa0;
    setcchar(&to, glyph, attributes, mono ? 0 : (short)(cell->role + 1), NULL);
    return to;
}

void screen_show(struct screen *s, struct cells *c)
{
    int rows, columns;
    screen_size(s, &rows, &columns);
    if (s->ascii)
        cells_to_ascii(c);
    if (c->columns < columns)
        columns = c->columns;
    cchar_t line[CELLS_SIDE_MAX];
    for (int row = 0; row < rows && row < c->rows; row++) {
        for (int column = 0; column < columns; column++)
            line[column] =
                terminal_cell(s, &c->at[row * c->columns + column], column == columns - 1);
        mvadd_wchnstr(row, 0, line, columns);
    }
    bool cursor = c->cursor_row >= 0 && c->cursor_row < rows && c->cursor_column < columns;
    curs_set(cursor);
    move(cursor ? c->cursor_row : rows - 1, cursor ? c->cursor_column : 0);
    refresh();
}

void screen_redraw(struct screen *s)
{
    (void)s;
    clearok(stdscr, TRUE);
}

// ---- keys

static const struct {
    int from, to;
} key_names[] = {
    {KEY_UP, KEY_OF_UP},         {KEY_DOWN, KEY_OF_DOWN},
    {KEY_LEFT, KEY_OF_LEFT},     {KEY_RIGHT, KEY_OF_RIGHT},
    {KEY_HOME, KEY_OF_HOME},     {KEY_END, KEY_OF_END},
    {KEY_PPAGE, KEY_OF_PAGE_UP}, {KEY_NPAGE, KEY_OF_PAGE_DOWN},
    {KEY_BTAB, KEY_OF_BACK_TAB}, {KEY_BACKSPACE, KEY_OF_BACKSPACE},
    {KEY_DC, KEY_OF_DELETE},     {KEY_ENTER, KEY_OF_ENTER},
    {KEY_F(1), KEY_OF_HELP},     {KEY_RESIZE, KEY_OF_RESIZE},
};

static int mouse_key(struct screen *s)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return KEY_NONE;
    s->mouse_row = event.y;
    s->mouse_column = event.x;
    if (event.bstate & BUTTON4_PRESSED)
        return KEY_OF_WHEEL_UP;
    return event.bstate & BUTTON5_PRESSED ? KEY_OF_WHEEL_DOWN : KEY_OF_CLICK;
}

void screen_mouse(const struct screen *s, int *row, int *column)
{
    *row = s->mouse_row;
    *column = s->mouse_column;
}

static bool terminal_is_gone(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static int key_of_character(int character)
{
    if (character == '\r' || character == '\n')
        return KEY_OF_ENTER;
    return character == 0x7f ? KEY_OF_BACKSPACE : character;
}

int screen_key(struct screen *s, int milliseconds)
{
    if (terminal.asked_end)
        return KEY_OF_HANGUP;
    wint_t key = 0;
    timeout(milliseconds);
    int kind = get_wch(&key);
    if (terminal.asked_end)
        return KEY_OF_HANGUP;
    if (kind == ERR)
        return terminal_is_gone() ? KEY_OF_HANGUP : KEY_NONE;
    if (kind == OK)
        return key_of_character((int)key);
    if (key == KEY_MOUSE)
        return mouse_key(s);
    if (key == BACKGROUND_KEY)
        return take_background(s) ? KEY_OF_RESIZE : KEY_NONE;
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++)
        if ((wint_t)key_names[i].from == key)
            return key_names[i].to;
    return KEY_NONE;
}
