s/d->address_high || //
