s/return (p->control & 1) && /return /
