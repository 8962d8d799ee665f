s/^bool shadow_fill(/bool shadow_fill(int too many words/
