s/\.ran = l.ran}/.ran = limit}/
