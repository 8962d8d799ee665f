# sret goes on behind sepc.
s/        return JUMP;/        return ADVANCE;/
