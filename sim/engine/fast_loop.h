// The interpreter itself. sim/engine/fast.c includes this text twice: direct threading wants all
// handlers in one function, and there are two such functions.
//
//     LOOP_NAME run_free,    COUNTED 0    `stop` is not inside the page: a handler jumps to the
//                                         next one by the address in its record
//     LOOP_NAME run_counted, COUNTED 1    `stop` is inside the page: before every instruction r
//                                         is compared with it; where control arrives by a jump,
//                                         host code is looked for
//
// There is one label for each row of isa.def and for each of fast.def, and a row without one does
// not compile. The macros are local to this file. They are macros because a computed goto cannot
// leave a function.
//
// LOOP_NAME(NULL) returns its handlers by enum op. LOOP_NAME(f) begins at f->r, and executes that
// record itself: host code was looked for already. It returns its handlers if f is to go on at once
// in the other loop; fast_resume must not be asked again then, since it may have walked, and time
// has passed with that. It returns NULL if the run is over (f has no page) or if fast_resume has to
// be asked.
// Read next: sim/engine/fast_deadline.h.

#define X(field) x[r->field]

#if COUNTED
#define CHECK_STOP            \
    if ((uintptr_t)r == stop) \
    goto suspend
#define DISPATCH               \
    do {                       \
        CHECK_STOP;            \
        goto *handlers[r->op]; \
    } while (0)
#define ARRIVE                          \
    do {                                \
        CHECK_STOP;                     \
        if (r->handler != usual[r->op]) \
            goto special;               \
        goto *handlers[r->op];          \
    } while (0)
#else
#define CHECK_STOP     \
    if (stop < f->end) \
    goto suspend
#define DISPATCH goto * r->handler
#define ARRIVE      \
    do {            \
        CHECK_STOP; \
        DISPATCH;   \
    } while (0)
#endif

#define NEXT      \
    do {          \
        r++;      \
        DISPATCH; \
    } while (0)

// A jump inside the page: r and stop move alike, and the jump itself is the step that is used up.
#define JUMP                                                        \
    do {                                                            \
        intptr_t way = (i32)r->imm;                                 \
        r = (struct record *)((uintptr_t)(r + 1) + (uintptr_t)way); \
        stop += (uintptr_t)way;                                     \
        ARRIVE;                                                     \
    } while (0)

// A jump to an address that was computed just now. More often than not it is inside the page.
#define JUMP_TO(target)                                                                      \
    do {                                                                                     \
        if ((target ^ PC) & ~(PAGE_SIZE - 1))                                                \
            goto leave_page;                                                                 \
        uintptr_t there = (uintptr_t)f->page->record + target % PAGE_SIZE * (sizeof *r / 4); \
        stop += there - (uintptr_t)(r + 1);                                                  \
        r = (struct record *)there;                                                          \
        ARRIVE;                                                                              \
    } while (0)

#define PC ((u32)((uintptr_t)r >> 2) + f->bias)

#define COMPUTE(name, value)          \
    do_##name : X(rd) = (u32)(value); \
    NEXT;

#define BRANCH(name, condition)                       \
    do_##name : if (condition) JUMP;                  \
    NEXT;                                             \
    do_##name##_far : if (condition) goto branch_far; \
    NEXT;

// The comparison takes in the low bits of the address, too, so a misaligned access misses.
#define FIND(kind, size)                                                     \
    const struct tlb_entry *e =                                              \
        &entry[kind * TLB_ENTRIES + (va >> PAGE_SHIFT & (TLB_ENTRIES - 1))]; \
    if (e->tag != (va & ~(PAGE_SIZE - (u32)size)))                           \
        goto reach;                                                          \
    void *at = (void *)(f->ram + (u32)(va + e->delta))

#define LOAD(name, type)                  \
    do_##name:                            \
    {                                     \
        va = X(rs1) + r->imm;             \
        FIND(ACCESS_READ, sizeof(type));  \
        type value;                       \
        memcpy(&value, at, sizeof value); \
        X(rd) = (u32)value;               \
        NEXT;                             \
    }

#define STORE(name, type)                 \
    do_##name:                            \
    {                                     \
        va = X(rs1) + r->imm;             \
        FIND(ACCESS_WRITE, sizeof(type)); \
        type value = (type)X(rs2);        \
        memcpy(at, &value, sizeof value); \
        NEXT;                             \
    }

#define AMO(name, value)              \
    do_##name:                        \
    {                                 \
        va = X(rs1);                  \
        FIND(ACCESS_WRITE, 4);        \
        u32 old, new, b = X(rs2);     \
        memcpy(&old, at, sizeof old); \
        new = value;                  \
        memcpy(at, &new, sizeof new); \
        if (r->rd)                    \
            X(rd) = old;              \
        NEXT;                         \
    }

// It is not quick here, but it makes its entry quick, for host code.
#define RESERVING(name, kind) \
    do_##name:                \
    {                         \
        va = X(rs1);          \
        FIND(kind, 4);        \
        (void)at;             \
        goto generic;         \
    }

// A write to a CSR that is a word of the hart's state.
#define CSR_WRITE(name, operand, value)                            \
    do_##name:                                                     \
    {                                                              \
        if (h->state.mode == MODE_U)                               \
            goto refused;                                          \
        u32 *csr = csr_of(&h->state, r), old = *csr, by = operand; \
        *csr = (value)&r->imm;                                     \
        if (r->rd)                                                 \
            X(rd) = old;                                           \
        if ((r->rs2 & CSR_WATCHED) && *csr != old)                 \
            goto watched;                                          \
        NEXT;                                                      \
    }

#define GENERIC(name) do_##name : goto generic;

static const void *const *LOOP_NAME(struct fast_hart *f)
{
    static const void *const handlers[OP_COUNT] = {
        [INSN_ILLEGAL] = &&do_illegal,
#define INSN(name, ...) [INSN_##name] = &&do_##name,
#include "isa/isa.def"
#undef INSN
#define OP(name) [OP_##name] = &&do_##name,
#include "sim/engine/fast.def"
#undef OP
    };
    if (!f)
        return handlers;
    struct hart *const h = f->hart;
    u32 *const x = h->state.x;
    struct record *r = f->r;
    uintptr_t stop = f->stop;
    const struct tlb_entry *entry = f->set->entry;
#if COUNTED
    const void *const *const usual =
        f->fast->handlers; // what records hold, unless they are special
#endif
    u32 va, target, cause, tval;
    DISPATCH;

    // ---- registers
    COMPUTE(li, r->imm)
    COMPUTE(mv, X(rs1))
    COMPUTE(lui, r->imm)
    COMPUTE(auipc, PC + r->imm)
    COMPUTE(addi, X(rs1) + r->imm)
    COMPUTE(slti, (i32)X(rs1) < (i32)r->imm)
    COMPUTE(sltiu, X(rs1) < r->imm)
    COMPUTE(xori, X(rs1) ^ r->imm)
    COMPUTE(ori, X(rs1) | r->imm)
    COMPUTE(andi, X(rs1) & r->imm)
    COMPUTE(slli, X(rs1) << (r->imm & 31))
    COMPUTE(srli, X(rs1) >> (r->imm & 31))
    COMPUTE(srai, (i32)X(rs1) >> (r->imm & 31))
    COMPUTE(add, X(rs1) + X(rs2))
    COMPUTE(sub, X(rs1) - X(rs2))
    COMPUTE(sll, X(rs1) << (X(rs2) & 31))
    COMPUTE(slt, (i32)X(rs1) < (i32)X(rs2))
    COMPUTE(sltu, X(rs1) < X(rs2))
    COMPUTE(xor, X(rs1) ^ X(rs2))
    COMPUTE(srl, X(rs1) >> (X(rs2) & 31))
    COMPUTE(sra, (i32)X(rs1) >> (X(rs2) & 31))
    COMPUTE(or, X(rs1) | X(rs2))
    COMPUTE(and, X(rs1) & X(rs2))
    COMPUTE(mul, X(rs1) * X(rs2))
    COMPUTE(mulh, (u64)((i64)(i32)X(rs1) * (i32)X(rs2)) >> 32)
    COMPUTE(mulhsu, (u64)((i64)(i32)X(rs1) * (i64)X(rs2)) >> 32)
    COMPUTE(mulhu, (u64)X(rs1) * X(rs2) >> 32)
    COMPUTE(div, divide_signed(X(rs1), X(rs2)))
    COMPUTE(divu, divide(X(rs1), X(rs2)))
    COMPUTE(rem, remainder_signed(X(rs1), X(rs2)))
    COMPUTE(remu, remainder_of(X(rs1), X(rs2)))

do_nop:
do_fence:
do_fence_i:
    NEXT;

    // ---- jumps and branches
do_j:
    JUMP;
do_jal:
    X(rd) = PC + 4;
    JUMP;
do_jal_far:
    target = PC + r->imm;
    if (target & 3)
        goto misaligned;
    if (r->rd)
        X(rd) = PC + 4;
    goto leave_page;
do_jalr:
    target = (X(rs1) + r->imm) & ~1u;
    if (target & 3)
        goto misaligned;
    X(rd) = PC + 4;
    JUMP_TO(target);
do_jr:
    target = (X(rs1) + r->imm) & ~1u;
    if (target & 3)
        goto misaligned;
    JUMP_TO(target);
do_beqz:
    if (X(rs1) == 0)
        JUMP;
    NEXT;
do_bnez:
    if (X(rs1) != 0)
        JUMP;
    NEXT;
    BRANCH(beq, X(rs1) == X(rs2))
    BRANCH(bne, X(rs1) != X(rs2))
    BRANCH(blt, (i32)X(rs1) < (i32)X(rs2))
    BRANCH(bge, (i32)X(rs1) >= (i32)X(rs2))
    BRANCH(bltu, X(rs1) < X(rs2))
    BRANCH(bgeu, X(rs1) >= X(rs2))
branch_far:
    target = PC + r->imm;
    if (target & 3)
        goto misaligned;
    goto leave_page;

    // ---- memory
    LOAD(lb, i8)
    LOAD(lh, i16)
    LOAD(lw, u32)
    LOAD(lbu, u8)
    LOAD(lhu, u16)
    STORE(sb, u8)
    STORE(sh, u16)
    STORE(sw, u32)
    AMO(amoswap_w, b)
    AMO(amoadd_w, old + b)
    AMO(amoxor_w, old ^ b)
    AMO(amoand_w, old & b)
    AMO(amoor_w, old | b)
    AMO(amomin_w, (i32)old < (i32)b ? old : b)
    AMO(amomax_w, (i32)old > (i32)b ? old : b)
    AMO(amominu_w, old < b ? old : b)
    AMO(amomaxu_w, old > b ? old : b)
    RESERVING(lr_w, ACCESS_READ)
    RESERVING(sc_w, ACCESS_WRITE)

    // ---- the system
do_ecall:
    if (h->state.mode == MODE_K && !h->state.virt)
        goto generic;
    cause = h->state.mode == MODE_U ? CAUSE_ECALL_U : CAUSE_ECALL_VK;
    tval = 0;
    goto trap;
do_csr_read:
    if (h->state.mode == MODE_U)
        goto refused;
    X(rd) = *csr_of(&h->state, r);
    NEXT;
    CSR_WRITE(csr_swap, X(rs1), by)
    CSR_WRITE(csr_set, X(rs1), old | by)
    CSR_WRITE(csr_clear, X(rs1), old & ~by)
    CSR_WRITE(csr_swapi, r->rs1, by)
    CSR_WRITE(csr_seti, r->rs1, old | by)
    CSR_WRITE(csr_cleari, r->rs1, old & ~by)
watched:
    settle(f, r + 1, stop);
    goto resume;
do_sfence_vma:
    if (h->state.mode == MODE_U || guest_is_held(h, HSTATUS_VTVM))
        goto refused;
    if (!fast_fence(f, r))
        goto watched;
    NEXT;
do_csrrw:
do_csrrs:
do_csrrc:
do_csrrwi:
do_csrrsi:
do_csrrci:
    settle(f, r, stop);
    switch (fast_csr(f, r)) {
    case CSR_DONE:
        NEXT;
    case CSR_CHANGED:
        settle(f, r + 1, stop);
        goto resume;
    case CSR_REFUSED:
        cause = f->cause;
        tval = word_of(f, r);
        goto trap;
    }
do_sret:
    if (h->state.mode == MODE_U || guest_is_held(h, HSTATUS_VTSR))
        goto refused;
    settle(f, r + 1, stop);
    trap_return_charged(h, h->state.retired);
    goto resume;
    GENERIC(ebreak)
    GENERIC(wfi)
    GENERIC(rdmode)
    GENERIC(pushst)
    GENERIC(popst)
    GENERIC(jrst)
    GENERIC(hfence_vvma)
    GENERIC(hfence_gvma)
    GENERIC(hlv_b)
    GENERIC(hlv_bu)
    GENERIC(hlv_h)
    GENERIC(hlv_hu)
    GENERIC(hlv_w)
    GENERIC(hlvx_hu)
    GENERIC(hlvx_wu)
    GENERIC(hsv_b)
    GENERIC(hsv_h)
    GENERIC(hsv_w)
    GENERIC(house0)
    GENERIC(house1)
    GENERIC(house2)
    GENERIC(house3)
    GENERIC(house4)
    GENERIC(house5)
    GENERIC(house6)
    GENERIC(house7)
    GENERIC(house8)
    GENERIC(house9)
    GENERIC(house10)
    GENERIC(house11)
    GENERIC(generic)

    // ---- where control comes often. The handler of the record is one of these, and its operation
    // still says what the record does; the counted loop goes by the operation.

#if COUNTED
special: // the record has another handler than that of its operation
    if (r->handler == usual[OP_native])
        goto do_native;
#endif
do_warm:
    jit_arrival(f->fast, f->page, (u32)(r - f->page->record), f->steps - steps_left(r, stop));
    goto *handlers[r->op];
do_native:
    r = run_native(f, r, &stop);
    if (!r)
        goto resume;
    CHECK_STOP;
    if (r->handler == f->fast->handlers[OP_warm])
        goto do_warm;
    goto *handlers[r->op];

do_undecoded:
    decode(f, r);
    DISPATCH;

    // ---- what is not quick

do_page_end: // this is no instruction: it stands behind the last one of the page
    target = PC;
    r--;
leave_page: // the jump at r goes to `target`
    r = fast_enter(f, r, &stop, target);
    if (!r)
        goto resume;
    ARRIVE;

reach: // the access of r to `va` was not quick
    switch (fast_reach(f, r, va)) {
    case REACHED:
        DISPATCH;
    case REACHED_NOT:
        goto generic;
    case REACH_FAULTS:
        cause = f->cause;
        tval = va;
        goto trap;
    }

do_watched : {
    struct decoded d = decoded_of(f, r);
    settle(f, r, stop);
    if (!watch_insn(h, &d))
        return NULL;
    goto generic;
}

generic:
    settle(f, r, stop);
    exec_step(h, decoded_of(f, r));
    goto resume;

refused: // this instruction is not allowed here; what that means for a guest, the slow way knows
    if (h->state.virt)
        goto generic;
do_illegal:
    cause = CAUSE_ILLEGAL;
    tval = word_of(f, r);
    goto trap;
misaligned:
    cause = CAUSE_FETCH_MISALIGNED;
    tval = target;
trap:
    settle(f, r, stop);
    if (!trap_take_quietly(h, cause, tval))
        trap_take_openly(h, cause, tval, word_of(f, r));

resume:
    if (!resume_quickly(f, h) && !fast_resume(f))
        return NULL;
    if (is_counted(f) != COUNTED)
        return handlers;
    r = f->r;
    stop = f->stop;
    entry = f->set->entry;
    ARRIVE;

suspend:
#if COUNTED
    settle(f, r, stop);
    return NULL;
#else // the deadline is near, but not here: the other loop counts from now on
    f->r = r;
    f->stop = stop;
    return handlers;
#endif
}

#undef X
#undef DISPATCH
#undef CHECK_STOP
#undef ARRIVE
#undef NEXT
#undef JUMP
#undef JUMP_TO
#undef PC
#undef COMPUTE
#undef BRANCH
#undef FIND
#undef LOAD
#undef STORE
#undef AMO
#undef RESERVING
#undef CSR_WRITE
#undef GENERIC
#undef LOOP_NAME
#undef COUNTED
