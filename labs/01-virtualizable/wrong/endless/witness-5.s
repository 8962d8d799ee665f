        li     a2, 1
        house5 a0, zero, a2
here:   j      here
