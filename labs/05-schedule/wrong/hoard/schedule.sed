s/g->credit = g->credit > 0 ? pay : g->credit + pay;/g->credit += pay;/
