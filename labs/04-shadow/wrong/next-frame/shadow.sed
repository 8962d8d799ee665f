s/mpa target = ram->at/mpa target = PAGE_SIZE + ram->at/
