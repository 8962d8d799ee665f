$a mpa page_alloc(struct turn *t);\nmpa page_alloc(struct turn *t)\n{\n    (void)t;\n    return 0;\n}
