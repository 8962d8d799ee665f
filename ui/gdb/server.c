// The packets of gdb's remote serial protocol. Each kind of packet is a row of a table at the end
// of this file. What a packet says is only a claim: whatever is not understood is answered with an
// error, and nothing is done. Read ui/gdb/server.h first.
#include "ui/gdb/server.h"

#include "ui/gdb/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool session_has_thread(struct session *s, u32 thread)
{
    struct observed_vcpu v;
    return target_vcpu(s->world, thread, &v);
}

// ---- why the run has halted

static void tell_halt(struct session *s, const struct halted *h)
{
    static const char *const watch_names[] = {
        [POINT_WRITE] = "watch", [POINT_READ] = "rwatch", [POINT_ACCESS] = "awatch"};
    if (h->thread && session_has_thread(s, h->thread))
        s->thread = h->thread;
    if (!session_has_thread(s, s->thread)) // its VM does not exist yet at this moment
        s->thread = target_next_thread(s->world, 0);
    s->step_thread = s->thread;
    char why[64] = "";
    if (h->why == HALT_BREAKPOINT)
        snprintf(why, sizeof why, "hwbreak:;");
    if (h->why == HALT_WATCHPOINT)
        snprintf(why, sizeof why, "%s:%" PRIx32 ";", watch_names[h->point.kind], h->address);
    if (h->why == HALT_BEGIN || h->why == HALT_END)
        snprintf(why, sizeof why, "replaylog:%s;", h->why == HALT_BEGIN ? "begin" : "end");
    snprintf(s->answer, sizeof s->answer, "T%02xthread:%" PRIx32 ";%s",
             h->why == HALT_ASKED ? 2 : 5, s->thread, why);
}

static void moved(struct session *s, struct halted h)
{
    fflush(stdout); // what the guest has printed meanwhile
    tell_halt(s, &h);
}

static void on_why(struct session *s, const char *text)
{
    (void)text;
    tell_halt(s, &(struct halted){.why = HALT_STEP, .thread = s->thread});
}

// ---- moving

static void on_continue(struct session *s, const char *text)
{
    (void)text;
    moved(s, motion_continue(&s->motion));
}

static void on_step(struct session *s, const char *text)
{
    (void)text;
    moved(s, motion_step(&s->motion, s->step_thread));
}

static void on_step_back(struct session *s, const char *text)
{
    (void)text;
    moved(s, motion_step_back(&s->motion, s->step_thread));
}

static void on_continue_back(struct session *s, const char *text)
{
    (void)text;
    moved(s, motion_continue_back(&s->motion, s->thread));
}

static void on_actions_asked(struct session *s, const char *text)
{
    (void)text;
    session_answer(s, "vCont;c;C;s;S");
}

// The thread behind an action: ":THREAD"; 0 and -1 stand for the chosen one, and so does nothing.
// False: there is no such thread.
static bool read_action_thread(struct session *s, const char **text, u32 *thread)
{
    *thread = s->thread;
    if (**text != ':')
        return true;
    (*text)++;
    if (!strncmp(*text, "-1", 2)) {
        *text += 2;
        return true;
    }
    if (!packet_hex(text, thread))
        return false;
    if (!*thread)
        *thread = s->thread;
    return session_has_thread(s, *thread);
}

// One action, ";s:THREAD" or ";c:THREAD". S and C name a signal, too, which no guest has a use for.
// False: it is none of these.
static bool read_action(struct session *s, const char **text, bool *steps, u32 *thread)
{
    if (**text != ';' || !(*text)[1] || !strchr("sScC", (*text)[1]))
        return false;
    *steps = (*text)[1] == 's' || (*text)[1] == 'S';
    *text += 1 + strcspn(*text + 1, ":;");
    return read_action_thread(s, text, thread) && (!**text || **text == ';');
}

// vCont;ACTION[:THREAD]...: a thread that steps decides, for all others run as they come.
static void on_actions(struct session *s, const char *text)
{
    bool steps;
    u32 thread;
    do {
        if (!read_action(s, &text, &steps, &thread)) {
            session_answer(s, "E01");
            return;
        }
    } while (!steps && *text);
    moved(s, steps ? motion_step(&s->motion, thread) : motion_continue(&s->motion));
}

// ---- points

static bool read_point(const char *text, struct point *point)
{
    u32 kind = (u32)(*text - '0'), length;
    if (*text < '0' || *text > '4' || text[1] != ',')
        return false;
    text += 2;
    if (!packet_hex(&text, &point->address) || *text++ != ',' || !packet_hex(&text, &length))
        return false;
    point->kind = (u8)kind;
    point->length = length;
    return length > 0;
}

static void on_point_set(struct session *s, const char *text)
{
    struct point point;
    bool good = read_point(text, &point) && motion_add(&s->motion, point);
    session_answer(s, good ? "OK" : "E01");
}

static void on_point_clear(struct session *s, const char *text)
{
    struct point point;
    bool good = read_point(text, &point) && motion_remove(&s->motion, point);
    session_answer(s, good ? "OK" : "E01");
}

// ---- threads

static void on_thread_chosen(struct session *s, const char *text)
{
    char what = *text;
    u32 thread = s->thread;
    // 0 is any thread, -1 is all of them: the chosen one is among them.
    bool good = (what == 'g' || what == 'c') &&
                (text++, *text == '-' || packet_hex(&text, &thread)) &&
                (!thread || session_has_thread(s, thread));
    if (!good) {
        session_answer(s, "E01");
        return;
    }
    if (thread && what == 'g')
        s->thread = thread;
    if (thread && what == 'c')
        s->step_thread = thread;
    session_answer(s, "OK");
}

static void on_thread_alive(struct session *s, const char *text)
{
    u32 thread;
    bool alive = packet_hex(&text, &thread) && session_has_thread(s, thread);
    session_answer(s, alive ? "OK" : "E01");
}

static void on_thread_asked(struct session *s, const char *text)
{
    (void)text;
    snprintf(s->answer, sizeof s->answer, "QC%" PRIx32, s->thread);
}

// The threads that the answers before have not named, as many as fit into a packet. "l": that was
// all.
static void on_more_threads(struct session *s, const char *text)
{
    (void)text;
    session_answer(s, "l");
    for (size_t used = 0; used + 12 < sizeof s->answer;) {
        u32 thread = target_next_thread(s->world, s->listed);
        if (!thread)
            break;
        const char *format = used ? ",%" PRIx32 : "m%" PRIx32;
        used += (size_t)snprintf(s->answer + used, sizeof s->answer - used, format, thread);
        s->listed = thread;
    }
}

static void on_threads(struct session *s, const char *text)
{
    s->listed = 0;
    on_more_threads(s, text);
}

static void on_thread_described(struct session *s, const char *text)
{
    char description[128] = "";
    u32 thread;
    if (packet_hex(&text, &thread))
        target_describe(s->world, thread, description, sizeof description);
    packet_bytes(s->answer, description, strlen(description));
}

// ---- what the server can do

static void on_supported(struct session *s, const char *text)
{
    (void)text;
    snprintf(s->answer, sizeof s->answer,
             "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;vContSupported+;hwbreak+;"
             "ReverseStep+;ReverseContinue+",
             PACKET_SIZE);
}

static void on_no_ack(struct session *s, const char *text)
{
    (void)text;
    packet_send(&s->line, "OK");
    s->line.no_ack = true;
}

// target.xml:OFFSET,LENGTH: a part of the description; "l" before the last part, "m" before others.
static void on_description(struct session *s, const char *text)
{
    u32 offset, length;
    const char *name = "target.xml:";
    if (strncmp(text, name, strlen(name))) {
        session_answer(s, "E00");
        return;
    }
    text += strlen(name);
    if (!packet_hex(&text, &offset) || *text++ != ',' || !packet_hex(&text, &length)) {
        session_answer(s, "E01");
        return;
    }
    size_t size = strlen(s->xml);
    size_t left = offset < size ? size - offset : 0;
    size_t most = length < PACKET_SIZE - 8 ? length : PACKET_SIZE - 8;
    size_t count = left < most ? left : most;
    snprintf(s->answer, sizeof s->answer, "%c%.*s", count < left ? 'm' : 'l', (int)count,
             s->xml + (left ? offset : 0));
}

static void on_attached(struct session *s, const char *text)
{
    (void)text;
    session_answer(s, "1"); // gdb came to a run that was there: at its end it detaches
}

static void on_detach(struct session *s, const char *text)
{
    (void)text;
    s->leave = LEAVE_DETACHED;
    session_answer(s, "OK");
}

// To `k` gdb wants no answer, to `vKill` it wants one.
static void on_kill(struct session *s, const char *text)
{
    (void)text;
    s->leave = LEAVE_KILLED;
    session_answer(s, "OK");
}

// ---- all packets

static void serve(struct session *s, const char *packet)
{
    // The longest beginning stands first where one is a part of another.
    static const struct {
        const char *begins;
        void (*act)(struct session *s, const char *rest);
    } packets[] = {
        {"vCont?", on_actions_asked},
        {"vCont", on_actions},
        {"vKill", on_kill},
        {"qSupported", on_supported},
        {"qXfer:features:read:", on_description},
        {"QStartNoAckMode", on_no_ack},
        {"qfThreadInfo", on_threads},
        {"qsThreadInfo", on_more_threads},
        {"qThreadExtraInfo,", on_thread_described},
        {"qRcmd,", session_monitor},
        {"qAttached", on_attached},
        {"qC", on_thread_asked},
        {"?", on_why},
        {"g", session_registers},
        {"G", session_set_registers},
        {"p", session_register},
        {"P", session_set_register},
        {"m", session_memory},
        {"M", session_set_memory},
        {"X", session_set_binary},
        {"Z", on_point_set},
        {"z", on_point_clear},
        {"H", on_thread_chosen},
        {"T", on_thread_alive},
        {"c", on_continue},
        {"s", on_step},
        {"bs", on_step_back},
        {"bc", on_continue_back},
        {"D", on_detach},
        {"k", on_kill},
    };
    *s->answer = 0; // an empty answer says that the packet is not known
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        size_t length = strlen(packets[i].begins);
        if (strncmp(packet, packets[i].begins, length))
            continue;
        packets[i].act(s, packet + length);
        break;
    }
}

static bool is_interrupted(void *context)
{
    struct session *s = context;
    return packet_interrupts(&s->line);
}

// A guest inside a guest is there only when the VMM above it has begun. Runs until then.
static void await_guest(struct session *s, u32 guest)
{
    u32 thread = target_thread(guest, 0);
    while (!session_has_thread(s, thread))
        if (machine_run(s->world->machine, 100) != STOP_STEPS)
            break;
    s->thread = s->step_thread = session_has_thread(s, thread) ? thread : 1;
}

// ---- a conversation, from the first packet to the last

static bool begin(struct session *s, struct world *w, u32 guest)
{
    s->world = w;
    s->xml = target_xml(w);
    await_guest(s, guest);
    s->motion = (struct motion){
        .world = w, .only = (int)guest, .interrupted = is_interrupted, .context = s};
    return s->xml && past_begin(&s->motion.past, w->machine);
}

static void converse(struct session *s)
{
    s->leave = LEAVE_NOT;
    motion_clear(&s->motion); // a gdb that comes sets its own points
    while (!s->leave) {
        if (!packet_receive(&s->line)) {
            s->leave = LEAVE_GONE;
            return;
        }
        bool quiet = !strncmp(s->line.packet, "QStartNoAckMode", 15) || *s->line.packet == 'k';
        serve(s, s->line.packet);
        if (!quiet && !packet_send(&s->line, s->answer) && !s->leave)
            s->leave = LEAVE_GONE;
    }
}

// Without gdb the run goes on from where it was at the furthest: what was printed on the way there
// is not printed again.
static enum gdb_end end(struct session *s)
{
    bool detached = s->leave == LEAVE_DETACHED;
    if (detached)
        motion_go_furthest(&s->motion);
    past_end(&s->motion.past);
    return detached ? GDB_DETACHED : GDB_KILLED;
}

enum gdb_end gdb_answer(struct world *w, u32 guest, int peer)
{
    struct session *s = calloc(1, sizeof *s);
    enum gdb_end how = GDB_FAILED;
    if (!s)
        return how;
    s->line = (struct packet_line){.listener = -1, .peer = peer};
    if (begin(s, w, guest)) {
        converse(s);
        how = end(s);
    }
    free(s->xml);
    free(s);
    return how;
}

// Serves one gdb after another, until one detaches from the run or kills it. The line listens.
static enum gdb_end serve_all(struct session *s, struct world *w, u32 guest)
{
    fprintf(stderr,
            "trapeze boot: gdb can connect: gdb-multiarch KERNEL.elf -ex 'target remote :%" PRIu32
            "'\n",
            s->line.port);
    if (!packet_accept(&s->line) || !begin(s, w, guest))
        return GDB_FAILED;
    converse(s);
    while (s->leave == LEAVE_GONE) {
        fprintf(stderr,
                "trapeze boot: gdb has gone, and the run waits for the next one: 'target remote "
                ":%" PRIu32 "'\n",
                s->line.port);
        packet_hang_up(&s->line);
        if (!packet_accept(&s->line))
            break;
        converse(s);
    }
    return end(s);
}

enum gdb_end gdb_serve(struct world *w, u32 guest, u32 port)
{
    struct session *s = calloc(1, sizeof *s);
    enum gdb_end how = GDB_FAILED;
    if (s && packet_listen(&s->line, port)) {
        how = serve_all(s, w, guest);
        packet_close(&s->line);
        free(s->xml);
    }
    free(s);
    return how;
}
