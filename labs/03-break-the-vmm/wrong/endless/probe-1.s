again:  j    again
