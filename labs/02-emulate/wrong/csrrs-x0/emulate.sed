# csrrs and csrrc write with x0, too.
s/bool writes = .*/bool writes = true;/
