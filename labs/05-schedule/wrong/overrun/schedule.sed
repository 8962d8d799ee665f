s/slot->slice = slice_of(t, g);/slot->slice = 8 * slice_of(t, g);/
