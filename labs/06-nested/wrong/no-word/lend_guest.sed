/stval is the word/d; /l.cause == CAUSE_ILLEGAL/d
